"""The guided story on Home: the buttons that start it, and its steps at a glance."""

import streamlit as st

from pages.components import presenting
from pages.components.keys import Widget
from pages.components.markdown import escaped
from pages.components.story import steps
from services.language.phrases import counted

MAX_BESIDE = 5
"""Steps beside each other; narrower titles would be a word a line."""


def buttons(group: str, *, first: bool) -> bool:
    """Draw the buttons and return True; draw nothing and return False for data without a story.

    first: the story is what to do first, so that its button is the main one.
    """
    story = steps.steps(group)
    if not story:
        return False
    start = st.button(
        "Start the story",
        type="primary" if first else "secondary",
        icon=":material/play_arrow:",
        key=Widget.STORY_START,
    )
    presents = st.button(
        "Present it",
        icon=":material/slideshow:",
        key=Widget.STORY_START_PRESENTING,
        help="Uses the whole window, with large type, and shows notes in a second window. Page Up and Page Down change "
        "the step.",
    )
    if start or presents:
        presenting.present(presents)
        steps.go(group, story, 1)
    return True


def draw(group: str) -> None:
    """Draw the steps in a card; draw nothing for data without a story."""
    story = steps.steps(group)
    if not story:
        return
    with st.container(border=True, key=Widget.STORY_CARD):
        title, reset = st.columns([10, 3], vertical_alignment="center")
        title.markdown(f"##### Guided story · {counted(len(story), 'step', 'steps')}")
        if reset.button(
            "Reset the story",
            icon=":material/restart_alt:",
            key=Widget.STORY_CARD_RESET,
            type="tertiary",
            help="Forget what was picked here.",
            width="stretch",
        ):
            steps.reset_dialog()
        n_rows = -(-len(story) // MAX_BESIDE)
        columns = [column for _ in range(n_rows) for column in st.columns(-(-len(story) // n_rows))]
        for number, (column, step) in enumerate(zip(columns, story, strict=False), 1):
            with column:
                waits = "" if step.number else f"  \n:small[:gray[{escaped(step.missing)}]]"
                st.markdown(f"**{number}. {escaped(step.title)}**{waits}")  # the numbers are for the steps to show
