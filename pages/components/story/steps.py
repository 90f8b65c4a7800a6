"""The story's steps that can be told here, and the ways between them."""

from typing import NoReturn

import streamlit as st

from pages.components import navigation, presenting
from pages.components.keys import Key, Widget
from pages.components.story import cache
from services.story.stage import StoryStep

COUNTS = (10, 25)
"""Length of the lists while presenting, and otherwise."""


def steps(group: str) -> tuple[StoryStep, ...]:
    """Return the steps of this data whose screens exist; their numbers are their places in it."""
    told = cache.story_steps(group, presenting.usual_count(COUNTS))
    return tuple(step for step in told if navigation.exists(step.screen))


def go(group: str, told: tuple[StoryStep, ...], number: int) -> NoReturn:
    """Open a step, from 1, on a clean screen: what was picked before would tell another story."""
    step = told[number - 1]
    presenting.forget_picks()
    st.session_state[Key.STORY] = str(number)
    navigation.open_screen(step.screen, **{Key.GROUP: group, **step.query})


@st.dialog("Reset this browser?", width="small")
def reset_dialog() -> None:
    """Ask, and forget what this browser picked."""
    st.markdown(
        "Forgotten are the people and items picked here, people made up, events supposed gone, and the step of "
        "the story.  \n"
        "**Data, models and campaigns stay as they are, and so does every other browser.**"
    )
    with st.container(horizontal=True):
        if st.button("Reset", type="primary", icon=":material/restart_alt:", key=Widget.RESET_NOW):
            presenting.forget_picks()
            st.query_params.pop(Key.STORY, None)
            navigation.open_screen("home")
        if st.button("Keep everything", key=Widget.RESET_NOT):
            st.rerun()
