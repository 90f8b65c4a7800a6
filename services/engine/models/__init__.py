"""Trained models as folders: what is stored beside each solution version, and how it is read."""
