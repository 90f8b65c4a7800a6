"""Text from data inside Markdown: nothing in a title may turn into a list, a formula, a colour or a link."""

import re

from services.language.phrases import listed

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
COLORS = {"A": "blue", "B": "orange", "C": "violet", "D": "yellow"}
"""Markdown's names for the colours of people A to D; .streamlit/config.toml says how they look."""


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def badge(letter: str) -> str:
    """Return a person's letter on its colour."""
    return f":{COLORS[letter]}-badge[{letter}]"


def badges(letters: str) -> str:
    """Return several letters."""
    return " ".join(badge(letter) for letter in letters)


def quiet(text: str) -> str:
    """Return small grey text of words that are escaped already."""
    return f":small[:gray[{text}]]" if text else ""


def others(names: list[str]) -> str:
    """Return "Nora, Ben and Mia", escaped."""
    return listed([escaped(name) for name in names])
