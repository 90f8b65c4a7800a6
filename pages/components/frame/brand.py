"""The product's name and mark: titles of windows, the logo, the icon of a browser's tab."""

from functools import cache
from pathlib import Path

import streamlit as st

NAME = "Personalize Explorer"
DESCRIPTION = "See what the recipes of Amazon Personalize recommend, to whom, why and how well, on your own data."
FOLDER = Path(__file__).parent


def title(screen: str) -> str:
    """Return the title of the window that shows this screen."""
    return f"{screen} · {NAME}"


def draw() -> None:
    """Draw the logo above the menu; where the menu is closed, only the mark."""
    st.logo(text("logo.svg"), size="large", icon_image=text("mark.svg"))


@cache
def text(name: str) -> str:
    """Return the text of one of the files in this folder."""
    return (FOLDER / name).read_text(encoding="utf-8")
