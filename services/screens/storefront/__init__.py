"""What the Storefront asks for: rows of covers as a customer meets them, and what a click changes in them."""
