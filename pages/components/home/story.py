"""The guided story on Home: its steps at a glance, and the buttons that start it."""

import streamlit as st

from pages.components import presenting
from pages.components.keys import Widget
from pages.components.markdown import escaped
from pages.components.story import steps
from services.language.phrases import counted


def draw(group: str) -> None:
    """Draw the card; draw nothing for data without a story."""
    story = steps.steps(group)
    if not story:
        return
    with st.container(border=True, key=Widget.STORY_CARD):
        title, buttons = st.columns([7, 5], vertical_alignment="center")
        title.markdown(f"##### Guided story · {counted(len(story), 'step', 'steps')}")
        with buttons, st.container(horizontal=True, horizontal_alignment="right", gap="small"):
            start = st.button("Start the story", icon=":material/play_arrow:", key=Widget.STORY_START)
            presents = st.button(
                "Present it",
                icon=":material/slideshow:",
                key=Widget.STORY_START_PRESENTING,
                help="Uses the whole window, with large type, and shows notes in a second window. Page Up and Page "
                "Down change the step.",
            )
            reset = st.button(
                "Reset", icon=":material/restart_alt:", key=Widget.STORY_CARD_RESET, help="Forget what was picked here."
            )
        for number, (column, step) in enumerate(zip(st.columns(len(story)), story, strict=True), 1):
            with column:
                waits = "" if step.number else f"  \n:small[:gray[{escaped(step.missing)}]]"
                st.markdown(f"**{number}. {escaped(step.title)}**{waits}")  # the numbers are for the steps to show
    if start or presents:
        presenting.present(presents)
        steps.go(group, story, 1)
    if reset:
        steps.reset_dialog()
