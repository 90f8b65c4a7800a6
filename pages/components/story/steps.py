"""The story's steps for a data set group, and the way from one to the next."""

from typing import NoReturn

import streamlit as st

from pages.components import navigation, presenting
from pages.components.keys import Key, Widget
from pages.components.story import cache
from services.story import sentences
from services.story.stage import StoryStep

COUNT = 25
"""Length of the lists that the numbers are of, whatever is shown of them."""


def steps(group: str) -> tuple[StoryStep, ...]:
    """Return the steps of this data whose screens exist; their numbers are their places in it."""
    story = cache.story_steps(group, COUNT)
    return tuple(step for step in story if navigation.exists(step.screen))


def go(group: str, story: tuple[StoryStep, ...], number: int) -> NoReturn:
    """Open a step, from 1, on a clean screen: earlier choices would not fit the step."""
    step = story[number - 1]
    presenting.forget_picks()
    st.session_state[Key.STORY] = str(number)
    navigation.open_screen(step.screen, **{Key.GROUP: group, **step.query})


@st.dialog("Reset this browser?", width="small")
def reset_dialog() -> None:
    """Ask for confirmation, then forget the choices of this browser."""
    st.markdown(sentences.RESET)
    with st.container(horizontal=True):
        if st.button("Reset", type="primary", icon=":material/restart_alt:", key=Widget.RESET_NOW):
            presenting.forget_picks()
            st.query_params.pop(Key.STORY, None)
            navigation.open_screen("home")
        if st.button("Keep everything", key=Widget.RESET_NOT):
            st.rerun()
