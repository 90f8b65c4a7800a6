"""Covers of items and avatars of users, drawn from facts alone as SVG: the same facts always give the same picture.

Nothing here reads data or the network, and no picture shows a real person or an existing poster.
"""
