"""Filters: the language of filter expressions, and the items that an expression allows for a user."""
