"""A cold start run without a result: the four steps as a picture with one button, their progress, why one failed."""

import streamlit as st

from pages.components import changing, lab_run, process
from pages.components.cold_start import new_run
from pages.components.cold_start.controls import Selection
from pages.components.cold_start.new_run import LAB
from pages.components.keys import Widget
from pages.components.lab_run import Head
from services.laboratory.columns import item_columns
from services.laboratory.context import RUNNING
from services.language.phrases import in_seconds
from services.library.store import LoadedData
from services.screens.cold_start import plan, run, run_sentences
from services.screens.cold_start.parameters import Parameters

ICONS = {
    "hold_out": ":material/content_cut:",
    "import": ":material/database:",
    "train": ":material/model_training:",
    "measure": ":material/rule:",
}
EXPLAINED = {
    "hold_out": "Half of the items, at random, lose every event. What is known of them stays.",
    "import": "The rest becomes a data set group of its own; yours is not touched.",
    "train": "The recipe learns from the known half what kind of item each person likes.",
    "measure": "1,000 people are asked for 25 items they cannot have seen; what they really took is known.",
}


def draw(selection: Selection) -> None:
    """Draw the newest run while it has no result, and the picture of a run where there is none."""
    latest, head = selection.runs.latest, selection.head
    if latest is None:
        _empty(selection.group, selection.opened.data, head)
    elif latest.state == RUNNING:
        if selection.shown is None:
            words = selection.opened.data.words
            head.draw(f"Measuring: who would like {words.nouns} that nobody has {words.past} yet?")
        lab_run.follow(LAB, latest.id)
    elif lab_run.has_stopped(latest):
        if selection.shown is None:
            head.draw(f"The run {latest.name} did not finish.")
        lab_run.stopped(LAB, latest, run_sentences.stopped_words(latest))


def _empty(group: str, data: LoadedData, head: Head) -> None:
    parameters = Parameters(group)
    head.draw(f"Who would like {data.words.nouns} that nobody has {data.words.past} yet? Nothing is measured yet.")
    problem = "" if item_columns(data) else "The items of this data have no columns to learn from."
    problem = problem or run_sentences.problem(data, parameters)
    with st.container(border=True, key=Widget.COLD_EMPTY):
        for column, step in zip(st.columns(4, gap="small"), run.STEPS, strict=True):
            with column:
                st.markdown(f"### {ICONS[step.key]}\n**{step.label}**")
                st.caption(EXPLAINED[step.key])
        seconds = plan.expected_seconds(process.backend(), data, parameters)
        about = "" if seconds is None else f" · about {in_seconds(seconds)}"
        changing.button(
            f"Measure it{about}",
            type="primary",
            icon=":material/play_arrow:",
            key=Widget.COLD_FIRST,
            disabled=bool(problem),
            on_click=new_run.start,
            args=(parameters,),
        )
        st.caption(problem or run_sentences.aws_words(process.backend(), parameters) or "You may leave this page.")
