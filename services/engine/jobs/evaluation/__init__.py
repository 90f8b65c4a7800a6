"""Offline evaluation of solution versions: split, metrics, baselines, intervals."""
