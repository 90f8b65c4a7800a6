"""The step of Live events in the address, this browser's replays, and the screen without a campaign or users."""

import math
import time

import streamlit as st

from pages.components import address, answers, missing, panels, parameters
from pages.components.keys import Key, Widget
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.changes import may_change
from services.personalize.recipe_names import HRNN
from services.sandbox.replay import Replay
from services.screens.live_events import sentences

FOR = "It reads a person's events in their order and answers again after each."
SETTLED_S = 10.0
"""For this long a run may bring an address that is older than the value last written."""
ECHO_S = 1.0
PLAY_S = 0.68
"""Seconds a step while it plays: 20 events in 14 seconds..."""
MIN_SHOWN_S = 0.2
"""...and for this long at least each list is seen, also on a machine that draws slower than that."""


def step(n: int) -> int:
    """Return the current step, within 0 and n: the one chosen last, or that of a new address.

    A run that began before the browser had the new step in its address still brings the old one; a value
    written a moment ago is therefore not taken for a new address, and while it plays no address is.
    """
    given, stored = st.query_params.get(Key.LIVE_STEP), st.session_state.get(Key.LIVE_STEP)
    own = stored is not None and (given is None or playing() or _just_written(given))
    value = str(stored if own else given or stored or 0)
    number = min(parameters.whole(value, parameters.RANGES[Key.LIVE_STEP]) or 0, n)
    _keep(number)
    return number


def go(number: int) -> None:
    """Show this step from the next run on, and stop playing."""
    _keep(number)
    st.session_state[Key.LIVE_PLAYING] = False


def slide(number: int) -> None:
    """Show the slider's step.

    A timer's run brings the slider's position from the browser, which may be older than the step: while it plays, by
    as long as a slow machine takes.
    """
    if not _just_written(str(number), math.inf if playing() else ECHO_S):
        go(number)


def play(step: int, n: int) -> None:
    """Begin to play, from the start when the end is reached; or pause."""
    if st.session_state.get(Key.LIVE_PLAYING):
        st.session_state[Key.LIVE_PLAYING] = False
        return
    if step >= n:
        _keep(0)
    st.session_state[Key.LIVE_PLAYING] = True
    st.session_state[Key.LIVE_DUE] = time.monotonic() + PLAY_S


def playing() -> bool:
    """Return whether steps advance automatically."""
    return bool(st.session_state.get(Key.LIVE_PLAYING))


def ticker(number: int, n: int) -> None:
    """Advance one step when it is time, while playing; stop at the end."""
    if not playing():
        return

    now = time.monotonic()
    st.session_state[Key.LIVE_DUE] = max(st.session_state.get(Key.LIVE_DUE, 0.0), now + MIN_SHOWN_S)

    @st.fragment(run_every=PLAY_S / 4, key=Widget.LIVE_TICKER)
    def tick() -> None:
        due = st.session_state.get(Key.LIVE_DUE, 0.0)
        if not playing() or time.monotonic() < due:
            return
        # from when the step was due, not from when it came, so that a slow step is caught up; never two at a time
        st.session_state[Key.LIVE_DUE] = due + PLAY_S
        _keep(min(number + 1, n))
        if number + 1 >= n:
            st.session_state[Key.LIVE_PLAYING] = False
        st.rerun()

    tick()


def again(*replays: Replay | None) -> None:
    """Forget replays, so that the next run makes fresh copies, from the start."""
    stored: list[Replay] = st.session_state.get(Key.LIVE_REPLAYS, [])
    for entry in replays:
        if entry in stored:
            stored.remove(entry)
            entry.close()
    go(0)


def agreed(n_events: int, who: str) -> bool:
    """Return whether events may be sent; where they cannot be removed, a confirmation is asked for once."""
    return answers.agreed(sentences.stays_line(n_events, who))


def offer_to_send(replay: Replay) -> None:
    """Draw that nothing was sent for an address that was opened, and the button that sends it."""
    if replay.sends or not may_change():
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        n_events = len(replay.plan.before) + len(replay.plan.events)
        st.caption(escaped(sentences.opened_line(n_events)), width="content")
        st.button("Send to a copy", key=Widget.LIVE_SEND_SHOWN, type="tertiary", on_click=address.act)


def nothing_listens(group: str, opened: OpenData) -> None:
    """Draw the screen where no campaign listens to events."""
    words = opened.data.words
    panels.head("Live events", sentences.nothing_listens_headline(words), group)
    st.caption(sentences.NEEDS_EVENTS)
    missing.recipe(group, opened.data, HRNN, FOR)


def nobody(group: str) -> None:
    """Draw the screen of data without people."""
    missing.people("Live events", group)


def _just_written(value: str, within_s: float = SETTLED_S) -> bool:
    now = time.monotonic()
    return any(value == v and now - at < within_s for v, at in st.session_state.get(Key.LIVE_WRITTEN, []))


def _keep(number: int) -> None:
    """Write the step into the session and the address."""
    value, now = str(number), time.monotonic()
    written = st.session_state.get(Key.LIVE_WRITTEN, [])
    before = st.session_state.get(Key.LIVE_STEP)
    if before != value or not written:
        st.session_state[Key.LIVE_WRITTEN] = [*written[-20:], *([(before, now)] if before else []), (value, now)]
    st.session_state[Key.LIVE_STEP] = value
    if st.query_params.get(Key.LIVE_STEP) != value:
        st.query_params[Key.LIVE_STEP] = value
