"""A run of Evaluation that is not finished: the button where there is none, its steps, why one stopped."""

import json

import streamlit as st

from pages.components import panels, process
from pages.components.evaluation import controls
from pages.components.evaluation.controls import Chosen, act
from pages.components.keys import Widget
from services.laboratory.runs import RunView
from services.language.phrases import counted
from services.screens.evaluation import run as evaluation
from services.screens.evaluation.sentences import interim_words


def draw(chosen: Chosen) -> None:
    """Draw the newest run while it is not finished, and the way to the first where there is none."""
    latest = chosen.latest
    if latest is None:
        _head(chosen, "Is a recipe better than popularity, for whom and by how much? Nothing is measured yet.")
        with panels.empty(
            "Hold later events out, train on the rest, ask for everybody's list, count what was right.",
            detail="Your data set group is not touched; you may leave the page meanwhile.",
            key=Widget.EVALUATION_EMPTY,
        ):
            controls.form(chosen.group, chosen.opened, chosen.runs)
    elif latest.state == "running":
        _running(chosen, latest.id)
    elif latest.state in ("failed", "cancelled"):
        _stopped(chosen, latest)


def _head(chosen: Chosen, sentence: str) -> None:
    if chosen.result is None:
        with chosen.headline.container():
            panels.head("Evaluation", sentence, chosen.group)


def _running(chosen: Chosen, run_id: str) -> None:
    _head(chosen, "Measuring: who is right for more people, the recipe or popularity?")

    def body() -> bool:
        now = process.lab_runs().find(run_id)
        if now is None or now.state != "running":
            return False
        with st.container(horizontal=True, vertical_alignment="top"):
            with st.container(width="stretch"):
                st.markdown(f"**{now.name}** is being measured; you may leave this page.")
                panels.step_list(now.steps)
                _interim(now)
            st.button(
                "Cancel",
                icon=":material/stop_circle:",
                key=Widget.EVALUATION_STOP,
                on_click=act,
                args=(lambda: process.lab_runs().cancel(run_id),),
            )
        return True

    with st.container(border=True, key=Widget.EVALUATION_RUNNING):
        panels.auto_refresh(True, body, key=Widget.EVALUATION_LIVE, seconds=1.0)


def _stopped(chosen: Chosen, run: RunView) -> None:
    _head(chosen, f"{run.name} did not come to its end.")
    failed = next((step for step in run.steps if step.state == "failed"), None)
    where = f"“{failed.label}” did not work: " if failed is not None and run.state == "failed" else ""
    done = sum(step.state == "done" for step in run.steps)
    reason = run.reason or ("Somebody pressed Cancel." if run.state == "cancelled" else "No reason was given.")
    title = "Cancelled" if run.state == "cancelled" else "The run failed"
    with panels.failed(
        f"{where}{reason} {counted(done, 'step is', 'steps are')} finished.", title=title, key=Widget.EVALUATION_FAILED
    ):
        panels.step_list(run.steps)
        _interim(run)
        with st.container(horizontal=True):
            st.button(
                "Continue",
                type="primary",
                icon=":material/replay:",
                key=Widget.EVALUATION_AGAIN,
                on_click=act,
                args=(lambda: process.lab_runs().resume(run.id),),
            )
            st.button("Remove", key=Widget.EVALUATION_REMOVE, on_click=act, args=(lambda: _remove(run.id),))


def _interim(run: RunView) -> None:
    """Say what stands so far, as such."""
    path = run.folder / "interim.json"
    if path.exists():
        st.caption(interim_words(json.loads(path.read_text(encoding="utf-8"))))


def _remove(run_id: str) -> None:
    evaluation.discard(process.backend(), run_id)
    process.lab_runs().delete(run_id)
