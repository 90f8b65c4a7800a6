"""Trained models as folders: the files of each solution version, and how it is read."""
