"""Turns the bytes of a file into text, rows and names of columns, whatever program wrote it."""
