"""Answering with trained models, in numpy from memory-mapped weights."""
