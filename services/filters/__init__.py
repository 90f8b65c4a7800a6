"""What screens ask about filters and promotions: named filters, presets, what they take away, what can be written."""
