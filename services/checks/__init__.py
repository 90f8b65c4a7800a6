"""What is said of data before it is imported: rules, fixes, figures, insights."""
