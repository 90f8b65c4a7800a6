"""What the film demo prepares in the background while Home can be used already, and what could not be prepared."""

import streamlit as st

from pages.components import panels
from services.demo.runner import TourRunner, TourState


def draw(tour: TourRunner, state: TourState) -> None:
    """Draw it, refreshed while it is being prepared; nothing when all is there."""
    if state.later_sentence():
        panels.auto_refresh(state.active, lambda: _body(tour), key="tour_later", seconds=1.0)


def steps(state: TourState) -> None:
    """Draw the list under its one line, collapsed."""
    sentence = state.later_sentence()
    if sentence:
        with st.expander(sentence, icon=":material/hourglass_empty:" if state.active else ":material/info:"):
            panels.step_list(state.later)


def _body(tour: TourRunner) -> bool:
    state = tour.state()
    if not state.finished or not state.later_sentence():
        return state.active
    line, way_out = st.columns([6, 1])
    with line:
        steps(state)
    with way_out:
        if state.active:
            st.button(
                "Cancel",
                key="cancel_later",
                help="Keeps what is finished.",
                on_click=tour.cancel,
                width="stretch",
            )
        else:
            failed = any(step.state == "failed" for step in state.later)
            st.button(
                "Try again" if failed else "Prepare",
                key="start_later",
                help="Goes on where the demo was left; what is finished stays as it is.",
                on_click=tour.start,
                width="stretch",
            )
    return state.active
