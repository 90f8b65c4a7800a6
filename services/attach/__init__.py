"""Explore a data set group that was made elsewhere: its data is read back from where it was imported, or exported."""
