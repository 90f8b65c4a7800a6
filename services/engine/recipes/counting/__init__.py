"""Recipes that count interactions: aws-popularity-count and aws-sims."""
