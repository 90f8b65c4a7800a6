"""The film demo's background steps on Home: those that run and those that failed."""

import streamlit as st

from pages.components import changing, panels, process
from pages.components.keys import Widget
from pages.components.markdown import escaped
from services.changes import may_change
from services.demo.runner import DemoRunner
from services.demo.state import DemoState
from services.money.sentences import before_going_on
from services.progress import StepState


def draw(runner: DemoRunner, state: DemoState) -> None:
    """Draw them, refreshed while they run; draw nothing when all are done, or when none can be started."""
    if state.later_sentence() and may_change():
        panels.auto_refresh(state.active, lambda: _body(runner), key=Widget.DEMO_LATER, seconds=1.0)


def steps(state: DemoState) -> None:
    """Draw the list under its one line, collapsed."""
    sentence = state.later_sentence()
    if sentence:
        with st.expander(escaped(sentence), icon=":material/hourglass_empty:" if state.active else ":material/info:"):
            panels.step_list(state.later)


def _body(runner: DemoRunner) -> bool:
    state = runner.state()
    if not state.finished or not state.later_sentence():
        return state.active
    line, button = st.columns([6, 1])
    with line:
        steps(state)
        if not state.active:
            changing.costs(before_going_on(process.backend()))
    with button:
        if state.active:
            changing.button(
                "Cancel",
                key=Widget.CANCEL_LATER,
                help="Keeps what is finished.",
                on_click=runner.cancel,
                width="stretch",
            )
        else:
            failed = any(step.state == StepState.FAILED for step in state.later)
            changing.button(
                "Try again" if failed else "Prepare",
                key=Widget.START_LATER,
                help="Goes on where the demo was left; what is finished stays as it is.",
                on_click=runner.start,
                width="stretch",
            )
    return state.active
