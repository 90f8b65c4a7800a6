"""What Streamlit has no setting for: layouts on a phone, a focus that can be seen, names for screen readers.

look.css says what a phone shows and how the focus looks; look.js, an inline component without a picture, gives elements
of Streamlit the roles and names that they lack. Colours and sizes are in .streamlit/config.toml.
"""

from functools import cache
from pathlib import Path

import streamlit as st

from pages.components.keys import Widget

FOLDER = Path(__file__).parent


def draw() -> None:
    """Dress the window; it takes no room."""
    look = st.components.v2.component(
        "explorer.look", css=_read("look.css"), js=_read("look.js"), html="<span></span>", isolate_styles=False
    )
    look(key=Widget.LOOK, width="content", height="content")


@cache
def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
