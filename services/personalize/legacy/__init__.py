"""Recipes that AWS no longer has, and what stands in for them."""
