"""Home when there is data: a stage with the story, faces to click, what is new, and the inventory under one line."""

from typing import Literal

import streamlit as st

from pages.components import navigation, panels, process
from pages.components.home import faces, hero, inventory, later, since, story
from pages.components.keys import Widget
from pages.components.markdown import escaped
from services.demo.runner import DemoRunner
from services.demo.state import DemoState
from services.demo.steps import GROUP
from services.screens.home import overview
from services.screens.home.overview import Overview


def draw(group: str, runner: DemoRunner, state: DemoState) -> None:
    """Draw it; for the film demo's group, also the background steps that are not done."""
    view = overview.overview(process.backend(), group)
    if view is None:
        panels.head("Home", f"The data set group {group} was deleted in another window.")
        return
    hero.draw()
    panels.head("Home", view.headline(), " · ".join(part for part in (group, view.note) if part))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        told = story.buttons(group, first=view.ready)
        _next_step(view, first=not (told and view.ready))
        navigation.link("try_it")
    since.draw(group, view)
    if group == GROUP and state.finished:
        later.draw(runner, state)
    faces.draw(group)
    story.draw(group)
    inventory.draw(view)


def _next_step(view: Overview, *, first: bool) -> None:
    """Draw the button of the next step; it is the screen's main one where there is no story, or something to do."""
    step = view.next_step
    kind: Literal["primary", "secondary"] = "primary" if first else "secondary"
    if st.button(escaped(step.label), type=kind, icon=":material/arrow_forward:", key=Widget.NEXT_STEP):
        navigation.open_screen(step.screen)
    if first:
        st.caption(escaped(f"Next step: {step.why}"))
