"""What changes something, on screens: drawn where changes are allowed, a quiet line in its place in read-only mode.

services/changes.py refuses the change itself, so a control that is drawn by mistake does nothing either.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components.markdown import escaped
from services.changes import may_change

ANNOUNCEMENT = ":material/lock: Read-only demo: look at everything and try what you like; nothing is stored."
"""The line above every screen."""
EVERY_ITEM, EVERY_ITEM_ICON = "Train with every item", ":material/lock_open:"


def announce() -> None:
    """Draw the line of the read-only mode; draw nothing where changes are allowed."""
    if not may_change():
        st.caption(ANNOUNCEMENT)


def allowed(label: str, *, place: DeltaGenerator | None = None) -> bool:
    """Return whether changes are allowed; else draw, here or at the place, that what has this label is off."""
    if may_change():
        return True
    sentence = f":material/lock: {label.partition(' · about')[0]} is off"
    if place is None:
        st.caption(sentence, width="content")
    else:
        place.caption(sentence)
    return False


def button(label: str, *, place: DeltaGenerator | None = None, **options: Any) -> bool:
    """Draw the button of a change, here or at the place, and return whether it was pressed."""
    if not allowed(label, place=place):
        return False
    return st.button(label, **options) if place is None else place.button(label, **options)


def every_item(
    hidden: str, costs: str, *, key: str, on_click: Callable[..., None], args: tuple[Any, ...], help: str | None = None
) -> None:
    """Draw what a version keeps out of every list, and the button that trains it once more without these limits."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(escaped(f"{hidden} {costs}".strip()), width="content")
        button(EVERY_ITEM, type="tertiary", icon=EVERY_ITEM_ICON, key=key, on_click=on_click, args=args, help=help)


def confirmed(word: str, label: str, *, typed_key: str, key: str, to: str = "to go ahead") -> bool:
    """Draw a field for a word, and a button that works once it was typed; return whether that was pressed."""
    typed = st.text_input(f"Type **{escaped(word)}** {escaped(to)}", key=typed_key)
    return st.button(label, type="primary", disabled=typed != word, key=key)


def costs(sentence: str) -> None:
    """Draw what a button costs at AWS, beside it and before it can be pressed; nothing where nothing costs.

    tests/test_costs_are_said.py finds every button that leads to a call that AWS bills, and asks for this.
    """
    if sentence:
        st.caption(escaped(sentence))
