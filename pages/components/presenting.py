"""The story's step, presenter mode, and the length of lists that depends on it."""

from collections.abc import Sequence

import streamlit as st

from pages.components import parameters
from pages.components.keys import KEPT, Key


def forget_picks() -> None:
    """Forget this browser's picks, hypothetical users, assumptions and story step."""
    for key in list(st.session_state):
        if not any(str(key) == name or str(key).startswith(f"{name}_") for name in KEPT):
            del st.session_state[key]
    st.session_state[Key.COUNT_NEXT] = True


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
    """Return whether this browser presents: no menu, short lists, no drawers, the story at the bottom."""
    return st.session_state.get(Key.PRESENT) == "1"


def present(on: bool) -> None:
    """Begin or end presenting; lists return to their usual length."""
    st.session_state[Key.COUNT_NEXT] = True
    if on:
        st.session_state[Key.PRESENT] = "1"
    else:
        st.session_state.pop(Key.PRESENT, None)
        st.query_params.pop(Key.PRESENT, None)


def usual_count(counts: Sequence[int]) -> int:
    """Return the length that lists begin with: the longest, and the shortest while presenting."""
    return min(counts) if presenting() else max(counts)


def default_count(counts: Sequence[int]) -> int | None:
    """Return the default of a screen's Count control; call it right before drawing that.

    Where the usual length has just changed it is put into the control, which a default alone does not move.
    """
    if not st.session_state.pop(Key.COUNT_NEXT, False):
        return usual_count(counts)
    st.session_state[Key.COUNT] = usual_count(counts)
    return None
