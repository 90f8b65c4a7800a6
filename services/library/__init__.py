"""Loaded data and its indexes: what this machine knows of a data set group's users, items and interactions."""
