"""The bar at the bottom of the screens: the step of the guided story, what to say, click and point at, and the buttons.

It is drawn during the story and while presenting, when it is one line without the words that are for the presenter.
Streamlit 1.67 gives a button its keyboard shortcut, so the keys work wherever the focus is, except in a text field.
"""

import streamlit as st

from pages.components import address, panels, parameters, presenting
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from pages.components.story import stage, steps
from services.language.phrases import counted
from services.story.stage import StoryStep

NEXT_KEY, BACK_KEY = "Alt+Right", "Alt+Left"
PRESENT, LEAVE, RESET = "Presenter mode", "Leave presenter mode", "Reset this browser"


def follow() -> None:
    """Go to the step whose button was pressed; call it before the frame is drawn.

    The step is another screen: what this run drew first would be thrown away, on the server and in the browser.
    """
    ahead = bool(st.session_state.get(Widget.STORY_NEXT)) - bool(st.session_state.get(Widget.STORY_BACK))
    group = address.dataset_group()
    if not ahead or not group:
        return
    story = steps.steps(group)
    number = min(presenting.story_step(), len(story)) + ahead
    if 1 <= number <= len(story):
        steps.go(group, story, number)


def draw() -> None:
    """Draw the bar during the story and while presenting, and follow its menu."""
    number, presents, group = presenting.story_step(), presenting.presenting(), address.dataset_group()
    if not number and not presents:
        return
    story = steps.steps(group) if group else ()
    number = min(number, len(story))
    with st.bottom, st.container(border=True, gap="xxsmall", key=Widget.STORY_BAR):
        words, ways = st.columns([5, 3], vertical_alignment="center")
        if not number:
            words.markdown(_no_step(len(story), group))
        elif presents:
            words.markdown(f":gray[{number} of {len(story)}] **{escaped(story[number - 1].title)}**")
        else:
            words.markdown(_step(story[number - 1], number, len(story)))
        with (
            ways,
            st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"),
        ):
            stage.draw(story, number)
            chosen = _buttons(number, len(story), presents)
        if number and not presents:
            st.markdown(f":gray[Say:] {escaped(story[number - 1].say)}")
    if chosen == RESET:
        steps.reset_dialog()
    elif chosen in (PRESENT, LEAVE):
        presenting.present(chosen == PRESENT)
        st.rerun()


def _step(step: StoryStep, number: int, n_steps: int) -> str:
    return f"**Step {number} of {n_steps}:** {escaped(step.do)} {_point(step)}"


def _point(step: StoryStep) -> str:
    """Return the number to point at, once it is no surprise."""
    if not step.number:
        return f"The number: {escaped(step.missing)}."
    if _played() < step.after_event:
        return ""
    return f"Point at **{escaped(step.number)}**."


def _played() -> int:
    """Return how many events of a replay have been played."""
    return parameters.whole(st.session_state.get(Key.LIVE_STEP), parameters.RANGES[Key.LIVE_STEP]) or 0


def _no_step(n_steps: int, group: str | None) -> str:
    if n_steps:
        return f"**Presenter mode.** The story of {escaped(group or '')} has {counted(n_steps, 'step', 'steps')}."
    return "**Presenter mode.** No story yet: it needs data with histories, loaded on this machine."


def _buttons(number: int, n_steps: int, presents: bool) -> str | None:
    """Draw the buttons and return the entry chosen from the menu; follow() reads those that go to a step."""
    if number:
        panels.icon_button(
            "Back",
            ":material/arrow_back:",
            key=Widget.STORY_BACK,
            shortcut=BACK_KEY,
            disabled=number == 1,
        )
        st.button("Next", key=Widget.STORY_NEXT, type="primary", shortcut=NEXT_KEY, disabled=number == n_steps)
        if not presents:
            st.button("End", key=Widget.STORY_END, on_click=presenting.end_story, help="The screen stays as it is.")
    elif n_steps:
        st.button("Start", key=Widget.STORY_NEXT, type="primary", shortcut=NEXT_KEY)
    leaves = presents and panels.icon_button(LEAVE, ":material/close:", key=Widget.STORY_LEAVE)
    entries = (RESET,) if presents else (PRESENT, RESET)
    chosen = st.menu_button("", entries, icon=":material/more_vert:", key=Widget.STORY_MORE, help="More")
    return LEAVE if leaves else chosen
