"""A run of Evaluation without a result: the form where there is none, its steps, why one stopped."""

import streamlit as st

from pages.components import lab_run, panels
from pages.components.evaluation import new_run
from pages.components.evaluation.controls import Selection
from pages.components.evaluation.new_run import LAB
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.laboratory.context import RUNNING, read_json
from services.laboratory.runs import RunView
from services.screens.evaluation import sentences
from services.screens.evaluation.facts import Interim


def draw(selection: Selection) -> bool:
    """Draw the newest run while it has no result, and the form of the first where there is none.

    Return whether an older result may be drawn below: beside a run that failed only where somebody asks for it.
    """
    latest = selection.runs.latest
    if latest is None:
        _head(
            selection,
            "Are personal recommendations better than bestsellers, for whom and by how much? Nothing is measured yet.",
        )
        with panels.empty(
            "A run holds later events out, trains on the rest, asks for everybody's list and counts what was right.",
            detail="Your data set group is not touched; you may leave the page meanwhile.",
            key=Widget.EVALUATION_EMPTY,
        ):
            new_run.form(selection.group, selection.opened, selection.runs)
    elif latest.state == RUNNING:
        _head(selection, "Measuring: are personal recommendations right for more people than bestsellers?")
        lab_run.follow(LAB, latest.id, details=_interim)
    elif lab_run.has_stopped(latest):
        older = st.session_state.get(Key.EVALUATION_OLDER) == latest.id
        if not older or selection.shown is None:
            selection.head.draw(f"The run {latest.name} did not finish.")
        lab_run.stopped(LAB, latest, sentences.stopped_words(latest), details=_interim)
        if selection.shown is not None and not older:
            st.button(
                escaped(f"Show the result before it: {selection.shown.run.name}"),
                key=Widget.EVALUATION_SHOW_OLDER,
                on_click=_show_older,
                args=(latest.id,),
            )
        return older
    return True


def _show_older(run_id: str) -> None:
    st.session_state[Key.EVALUATION_OLDER] = run_id


def _head(selection: Selection, sentence: str) -> None:
    """Draw the headline unless there is a result, which has its own."""
    if selection.shown is None:
        selection.head.draw(sentence)


def _interim(run: RunView) -> None:
    """Draw what the run has found so far."""
    path = run.folder / "interim.json"
    if path.exists():
        st.caption(escaped(sentences.interim_words(Interim.read(read_json(path)))))
