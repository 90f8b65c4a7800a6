"""The shared look of plotly's pictures: colours by role, text over marks.

Streamlit paints the temporary colours below in the theme's own (its module for plotly lists them), light or dark, so
that users have the colours of all other charts.
"""

from pages.components.charts.theme import ROLES

INK, PAPER = "#000008", "#000038"
"""Text and background of the theme: the role "text", and Streamlit's BG_COLOR."""
HALO = ", ".join([f"0 0 {blur}px {PAPER}" for blur in (2, 3, 5, 8)])
"""Around names, so that they can be read over marks."""


def role_colour(role: str) -> str:
    """Return Streamlit's temporary colour for a role, which the browser replaces by the theme's."""
    return f"#{ROLES.index(role) + 1:06d}"
