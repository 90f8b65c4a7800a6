"""A row of covers for one or two users, drawn by row.js: what it is given, and what comes back when one is clicked."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import streamlit as st

from pages.components import tiles
from services.filters.sentences import PROMOTED
from services.library.catalog import Catalog
from services.screens.storefront.changes import Change

FOLDER = Path(__file__).parent
HTML = '<div class="place"></div>'
NAME = "explorer.storefront_row"


@dataclass(frozen=True)
class Half:
    """One user's part of a row."""

    letter: str
    who: str
    title: str
    item_ids: Sequence[str]
    note: str = ""
    changes: Mapping[str, Change] = field(default_factory=dict)
    empty: str = "Nothing here yet."
    promoted: Collection[str] = ()


def draw(
    kind: str,
    halves: Sequence[Half],
    catalog: Catalog,
    *,
    key: str,
    act: Callable[[str, str, str], None],
    link: bool = True,
    clickable: bool = True,
) -> None:
    """Draw a row; act gets what was done ("click", "about"), the user's letter, the item. link marks shared items."""
    shared = set(halves[0].item_ids).intersection(*(half.item_ids for half in halves[1:])) if len(halves) > 1 else set()
    ids = list(dict.fromkeys(item_id for half in halves for item_id in half.item_ids))
    data = {
        "kind": kind,
        "kept": not any(half.changes for half in halves),
        "images": dict(zip(ids, tiles.pictures(catalog.frame(ids), large=True), strict=True)),
        "letters": "".join(half.letter for half in halves),
        "shared": f"shared by {' and '.join(half.who for half in halves)}",
        "people": [_half(half, catalog, shared if link else set(), clickable=clickable) for half in halves],
    }
    component = st.components.v2.component(NAME, html=HTML, css=_read("row.css"), js=_read("row.js"))
    component(key=key, data=data, width="stretch", on_act_change=partial(_acted, key, act))


def _half(half: Half, catalog: Catalog, shared: set[str], *, clickable: bool) -> dict[str, Any]:
    items = []
    for item_id in half.item_ids:
        change = half.changes.get(item_id, Change("", ""))
        items.append(
            {
                "id": item_id,
                "label": catalog.label(item_id),
                "mark": change.mark,
                "why": change.why,
                "shared": item_id in shared,
                "promoted": PROMOTED if item_id in half.promoted else "",
            }
        )
    return {
        "letter": half.letter,
        "who": half.who,
        "title": half.title,
        "note": half.note,
        "empty": half.empty,
        "clickable": clickable,
        "items": items,
    }


def _acted(key: str, act: Callable[[str, str, str], None]) -> None:
    """Take what row.js told; anything of another form is left out, since a browser can send what it likes."""
    told = st.session_state[key].get("act")
    if isinstance(told, Mapping) and all(isinstance(told.get(name), str) for name in ("what", "letter", "item")):
        act(told["what"], told["letter"], told["item"])


@cache
def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
