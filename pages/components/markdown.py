"""Text from data inside Markdown: nothing in a title may become a list, a formula, a colour or a link."""

import re

from services.language.phrases import listed

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
COLORS = {"A": "blue", "B": "orange", "C": "violet", "D": "yellow"}
"""Markdown's names for the colours of users A to D; .streamlit/config.toml defines them."""


def escaped(text: str) -> str:
    """Return text escaped for Markdown."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def badge(letter: str) -> str:
    """Return a user's letter on its colour."""
    return f":{COLORS[letter]}-badge[{letter}]"


def badges(letters: str) -> str:
    """Return several letters."""
    return " ".join(badge(letter) for letter in letters)


def quiet(text: str) -> str:
    """Return small grey text; the text must be escaped already."""
    return f":small[:gray[{text}]]" if text else ""


def others(names: list[str]) -> str:
    """Return "Nora, Ben and Mia", escaped."""
    return listed([escaped(name) for name in names])
