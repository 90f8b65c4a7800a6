"""Prepares the film demo in a workspace, step by step, resumable."""
