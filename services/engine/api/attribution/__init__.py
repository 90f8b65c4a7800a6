"""Metric attributions: what is counted of events, and which recommendations they are owed to."""
