"""Checks of data before its import: rules, fixes, figures, insights."""
