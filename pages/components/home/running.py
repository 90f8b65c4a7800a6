"""Home while the film demo is being prepared, and when that has failed."""

import streamlit as st

from pages.components import address, changing, navigation, panels, process
from pages.components.charts import curve
from pages.components.home import already, later, start
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.demo.runner import DemoRunner, first_persona
from services.demo.state import DemoState
from services.demo.steps import GROUP, HRNN_SOLUTION, POPULARITY_SOLUTION
from services.personalize.datasets import group_names
from services.progress import StepState
from services.screens.home import sentences


def draw(runner: DemoRunner) -> None:
    """Draw the steps, the learning curve and the buttons, refreshed every two seconds until the demo is ready.

    Each redraw takes time of server and browser from the training, for each browser that watches.
    """
    panels.auto_refresh(True, lambda: _progress(runner), key=Widget.DEMO_PROGRESS)


def draw_failed(runner: DemoRunner, state: DemoState) -> None:
    """Draw the failed step, the finished ones, and the buttons."""
    finished = [step.label.split(",")[0].lower() for step in state.steps if step.state == StepState.DONE]
    panels.head("Home", "The film demo stopped before it was ready.", "What is finished is kept.")
    label = next((step.label for step in state.steps if step.key == state.failed_step), "A step")
    sentence = f"{state.reason or ''} Kept: {', '.join(finished) or 'nothing yet'}.".strip()
    with panels.failed(sentence, title=f"{label} stopped"), st.container(horizontal=True):
        start.start_button(runner, "Try again")
        if state.can_look:
            _look_link("See the bestsellers")
    panels.step_list(state.steps)


def has_landed(state: DemoState) -> bool:
    """Return whether the demo that this browser requested is ready and not shown yet."""
    return state.finished and st.session_state.get(Key.LANDED) is False


def land() -> None:
    """Go to what the first viewer sees."""
    st.session_state[Key.LANDED] = True
    navigation.open_screen("storefront", **_first_viewer(HRNN_SOLUTION))


def _progress(runner: DemoRunner) -> bool:
    state = runner.state()
    if state.can_look and address.dataset_group() is None and group_names(process.backend()):
        st.rerun()  # the sidebar has something to choose now, and a job to follow
    panels.head("Home", state.headline(), "Film demo · simulated data · everything runs on this machine")
    steps, picture = st.columns([5, 6], gap="medium")
    with steps:
        panels.step_list(state.steps)
        done = sum(step.state == StepState.DONE for step in state.steps)
        part = next((step.fraction or 0.0 for step in state.steps if step.state == StepState.RUNNING), 0.0)
        st.progress(min(1.0, (done + part) / len(state.steps)))
        with st.container(horizontal=True):
            if state.can_look:
                _look_link("Look already: the bestsellers are ready")
            changing.button("Cancel", key=Widget.CANCEL_DEMO, help="Keeps what is finished.", on_click=runner.cancel)
        later.steps(state)
    with picture:
        _taught(state)
        if not already.draw(state) or state.training:
            _learning(runner, state)
    return state.active and not state.finished


def _taught(state: DemoState) -> None:
    """Draw what is being learned, in a sentence."""
    step = next((step.key for step in state.steps if step.state == StepState.RUNNING), "")
    if step in sentences.LEARNING:
        st.markdown(f"**{escaped(sentences.LEARNING[step])}**")


def _learning(runner: DemoRunner, state: DemoState) -> None:
    points, baseline = runner.curve()
    if len(points) == 0:
        st.caption("The learning curve appears when the training has read its first events." if state.active else "")
        st.skeleton(curve.HEIGHT)
        return
    passes = baseline is not None and points["value"].iloc[-1] > baseline
    than = "**better than the bestsellers now**" if passes else "beside the bestsellers"
    st.caption(f"Personal recommendations, {than}: people for whom they are right")
    panels.show(curve.learning_curve(points, baseline), curve.curve_alt(points, baseline, "Personal recommendations"))


def _look_link(label: str) -> None:
    navigation.link("recommendations", label, **_first_viewer(POPULARITY_SOLUTION))


def _first_viewer(campaign: str) -> dict[str, str]:
    query = {Key.GROUP: GROUP, Key.CAMPAIGN: campaign}
    viewer = first_persona(process.backend())
    return query | ({Key.USER: viewer} if viewer else {})
