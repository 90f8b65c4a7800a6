"""The Map before it is drawn: the button, the progress with its stop, and what went wrong."""

import streamlit as st

from pages.components import changing, panels, process
from pages.components.keys import Widget
from pages.components.map.controls import Chosen
from pages.components.markdown import escaped
from services.backend import JobView
from services.language.phrases import in_seconds
from services.personalize.states import Status
from services.screens.map import drawing

STAGES = {"read": "reading the model", "draw": "placing", "measure": "measuring what is kept"}
ENDED = (Status.ACTIVE, Status.CREATE_FAILED, Status.CREATE_STOPPED)


def show(chosen: Chosen) -> None:
    """Draw the state of the drawing."""
    words = chosen.opened.data.words
    job = drawing.job(process.backend(), chosen.campaign)
    running = job is not None and job.status not in ENDED
    sentence = "is being drawn" if running else "is not drawn yet"
    with chosen.headline:
        panels.head(
            "Map",
            f"The map of {chosen.opened.catalog.n_items:,} {words.nouns} {sentence}.",
            chosen.source_line(chosen.campaign),
        )
    if running and job is not None:
        _running(chosen)
        return
    if job is not None and job.status == Status.CREATE_FAILED:
        with panels.failed(job.failure_reason or "No reason was given.", title="The drawing failed"):
            _button(chosen, "Draw it again")
        return
    with panels.empty(
        f"The model places each of its {words.nouns} in many dimensions; the map shows them in two.",
        detail="It takes half a minute for a thousand and some minutes for 60,000. It is drawn once for each model.",
        key=Widget.MAP_NOT,
    ):
        _button(chosen, "Draw the map")


def _button(chosen: Chosen, label: str) -> None:
    changing.button(label, type="primary", icon=":material/map:", key=Widget.MAP_DRAW, on_click=_draw, args=(chosen,))


def _draw(chosen: Chosen) -> None:
    with panels.toast_errors():
        drawing.draw(process.backend(), chosen.campaign)


def _running(chosen: Chosen) -> None:
    def body() -> bool:
        job = drawing.job(process.backend(), chosen.campaign)
        if job is None or job.status in ENDED:
            return False
        bar, stop = st.columns([6, 1], vertical_alignment="center")
        bar.progress(min(1.0, max(0.0, job.fraction)), text=escaped(_words(job)))
        with stop:
            panels.stop_button(process.backend(), job.arn, stopping=job.status == Status.CREATE_STOPPING)
        return True

    with st.container(border=True):
        panels.auto_refresh(True, body, key=Widget.MAP_RUNNING, seconds=0.5)
        st.caption("You may leave this page; the drawing goes on.")


def _words(job: JobView) -> str:
    if job.stage is None:
        return "Waiting for its turn"
    note = f" {job.stage.note}" if job.stage.note else ""
    left = "" if job.seconds_left is None else f", ready in about {in_seconds(job.seconds_left)}"
    return f"The map: {STAGES.get(job.stage.name, job.stage.name)}{note}{left}"
