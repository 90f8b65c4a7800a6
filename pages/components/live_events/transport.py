"""Reset, back, step, play and the slider of Live events; sending in the background; what is shown when it stops."""

import streamlit as st

from pages.components import panels, presenting, process
from pages.components.keys import Key, Widget
from pages.components.live_events import controls, state
from pages.components.live_events.view import ReplayView
from pages.components.markdown import escaped
from services.sandbox.replay import Replay
from services.screens.live_events import sentences

PLAY_KEY = "Space"


def send(replay: Replay, step: int, timeout_s: float) -> None:
    """Send a replay: all of it in the background here, up to this step on AWS, where every event costs a call."""
    if replay.error is not None:
        return
    if process.backend().capabilities is None:
        if len(replay.steps) <= step:
            with st.spinner("Sent; waiting for the list to change."):
                replay.advance(step)
        return
    replay.start()
    replay.wait(step, timeout_s)


def draw(view: ReplayView) -> None:
    """Draw the transport and the presets."""
    chosen, replay, step, n = view.chosen, view.replay, view.step, view.n_requested
    buttons, slider, pairs = st.columns([7.1, 3.6, 11], vertical_alignment="center", gap="small")
    with buttons, st.container(horizontal=True, gap="xsmall"):
        panels.icon_button(
            "Reset",
            ":material/restart_alt:",
            key=Widget.LIVE_RESET,
            help="Reset: a fresh copy, from the start",
            on_click=state.again,
            args=(replay, view.third),
        )
        panels.icon_button(
            "Back",
            ":material/skip_previous:",
            key=Widget.LIVE_BACK,
            disabled=step == 0,
            on_click=state.go,
            args=(step - 1,),
        )
        st.button(
            "Step",
            icon=":material/skip_next:",
            key=Widget.LIVE_STEP,
            type="primary",
            disabled=step >= n,
            on_click=state.go,
            args=(step + 1,),
        )
        st.button(
            "Pause" if state.playing() else "Play",
            key=Widget.LIVE_PLAY,
            shortcut=PLAY_KEY,
            icon=":material/pause:" if state.playing() else ":material/play_arrow:",
            on_click=state.play,
            args=(step, n),
        )
    with slider:
        st.session_state[Key.LIVE_STEP_PICK] = step
        st.slider(
            "Events sent",
            0,
            n,
            key=Key.LIVE_STEP_PICK,
            label_visibility="collapsed",
            on_change=_slid,
        )
    with pairs, panels.one_row(Widget.LIVE_PRESET, "right"):
        for place, preset in enumerate(chosen.presets):
            chosen_now = (preset.one, preset.other) == (chosen.copied, chosen.sender)
            st.button(
                f"**{escaped(preset.name)}**" if chosen_now else escaped(preset.name),
                key=f"{Widget.LIVE_PRESET}_{place}",
                type="tertiary",
                on_click=controls.use,
                args=(preset,),
            )


def _slid() -> None:
    """Show the slider's step; nothing where the story has just left the screen and forgotten its choices."""
    if Key.LIVE_STEP_PICK in st.session_state:
        state.slide(int(st.session_state[Key.LIVE_STEP_PICK]))


def failed(replay: Replay) -> None:
    """Draw what stopped a replay, and offer to continue."""
    with panels.failed(sentences.refused(replay), title="Stopped"):
        st.button("Continue", key=Widget.LIVE_CONTINUE, type="primary", on_click=_continue, args=(replay,))


def follow(view: ReplayView) -> None:
    """Refresh while a replay runs in the background, so that its end is shown: in the table of every step.

    Presenter mode has no such table, and a redraw would only stand in the way of the next click; it draws again only
    where the step that is wanted came too late for this run.
    """
    late = view.step < view.wanted
    if not view.outdated or state.playing() or (presenting.presenting() and not late):
        return
    replays = [replay for replay in (view.replay, view.third) if replay is not None]
    panels.auto_refresh(True, lambda: any(r.running for r in replays), key=Widget.LIVE_FOLLOW, seconds=0.5)


def _continue(replay: Replay) -> None:
    if process.backend().capabilities is None:
        replay.advance(len(replay.steps))
    else:
        replay.start()
