"""Hyperparameter optimization and AutoML: the search for the best settings."""
