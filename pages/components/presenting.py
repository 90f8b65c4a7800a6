"""The story's step, presenter mode, and how many rows of a list it shows."""

import streamlit as st

from pages.components import parameters
from pages.components.keys import KEPT, Key

SHORT = 10
"""Rows of a list while presenting."""


def forget_picks() -> None:
    """Forget this browser's picks, hypothetical users, assumptions and story step."""
    for key in list(st.session_state):
        if not any(str(key) == name or str(key).startswith(f"{name}_") for name in KEPT):
            del st.session_state[key]


def follow_story() -> None:
    """Take story step and presenter mode from the address, or restore them there after a click on the menu."""
    for key in (Key.STORY, Key.PRESENT):
        given, earlier = st.query_params.get(key), st.session_state.get(key)
        if given:
            st.session_state[key] = given
        elif earlier:
            st.query_params[key] = str(earlier)


def story_step() -> int:
    """Return the current step of the story, from 1; 0 outside the story."""
    return parameters.whole(st.session_state.get(Key.STORY), parameters.RANGES[Key.STORY]) or 0


def end_story() -> None:
    """End the story; the screen stays as it is."""
    st.session_state.pop(Key.STORY, None)
    st.query_params.pop(Key.STORY, None)


def presenting() -> bool:
    """Return whether this window presents: no menu, short lists, no drawers, large type, the story at the bottom."""
    return st.session_state.get(Key.PRESENT) == "1"


def notes() -> bool:
    """Return whether this window shows the notes of another window of the browser."""
    return st.query_params.get(Key.NOTES) == "1"


def present(on: bool) -> None:
    """Begin or end presenting."""
    if on:
        st.session_state[Key.PRESENT] = "1"
    else:
        st.session_state.pop(Key.PRESENT, None)
        st.query_params.pop(Key.PRESENT, None)


def shown_rows(n_rows: int) -> int:
    """Return how many rows of a list are drawn: the first ten while presenting; figures are always those of all."""
    return min(n_rows, SHORT) if presenting() else n_rows
