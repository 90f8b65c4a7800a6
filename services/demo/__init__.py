"""Prepares the film demo in a workspace, in steps that can be resumed."""
