"""Segments: people chosen by the users' columns and by how much they have had, saved by name for several screens."""
