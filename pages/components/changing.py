"""What changes something, on screens: drawn where changes are allowed, a quiet line in its place in read-only mode.

services/changes.py refuses the change itself, so a control that is drawn by mistake does nothing either.
"""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components.markdown import escaped
from services.changes import may_change

ANNOUNCEMENT = ":material/lock: Read-only demo: look at everything and try what you like; nothing is stored."
"""The line above every screen."""


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


def costs(sentence: str) -> None:
    """Draw what a button costs at AWS, beside it and before it can be pressed; nothing where nothing costs.

    tests/test_costs_are_said.py finds every button that leads to a call that AWS bills, and asks for this.
    """
    if sentence:
        st.caption(escaped(sentence))
