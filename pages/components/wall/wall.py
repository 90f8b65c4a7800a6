"""A wall of pictures, covers or faces, drawn by wall.js: what it is given, and what comes back when one is clicked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from typing import Literal

import streamlit as st

FOLDER = Path(__file__).parent
HTML = '<div class="place"></div>'
NAME = "explorer.wall"


@dataclass(frozen=True)
class Picture:
    """One picture of a wall."""

    id: str
    label: str
    """Its name, also for screen readers."""
    image: str
    """Address of the picture."""
    below: str = ""
    """Words under the picture."""
    badge: str = ""
    """Words at its corner: a number, "new"."""
    badge_label: str = ""
    """The badge for screen readers."""
    pressed: bool | None = None
    """Whether it is picked; None where clicking does not pick."""


def draw(
    pictures: Sequence[Picture],
    *,
    key: str,
    label: str,
    act: Callable[[str], None] | None = None,
    kind: Literal["covers", "faces"] = "covers",
    size_px: int = 104,
    rows: int | None = None,
    numbered: bool = False,
) -> None:
    """Draw a wall that is as wide as its place; act gets the id of what is clicked, without it nothing can be clicked.

    size_px is the least width of a picture; rows cuts the wall after so many, whatever the width.
    """
    data = {
        "kind": kind,
        "label": label,
        "size": size_px,
        "rows": rows or 0,
        "numbered": numbered,
        "clickable": act is not None,
        "pictures": [asdict(picture) for picture in pictures],
    }
    component = st.components.v2.component(NAME, html=HTML, css=_read("wall.css"), js=_read("wall.js"))
    if act is None:
        component(key=key, data=data, width="stretch")
    else:
        known = frozenset(picture.id for picture in pictures)
        component(key=key, data=data, width="stretch", on_act_change=partial(_acted, key, known, act))


def _acted(key: str, known: frozenset[str], act: Callable[[str], None]) -> None:
    """Take what wall.js told; what is not on the wall is left out, since a browser can send what it likes."""
    told = st.session_state[key].get("act")
    clicked = told.get("id") if isinstance(told, Mapping) else None
    if isinstance(clicked, str) and clicked in known:
        act(clicked)


@cache
def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
