"""Exploration: new items in the lists against hits that are lost, at weights measured beforehand."""

import pandas as pd
import streamlit as st

from pages.components import changing, panels, process
from pages.components.charts import cold_start as charts
from pages.components.cold_start import new_run
from pages.components.cold_start.controls import Selection
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.laboratory.context import RUNNING
from services.laboratory.ranking_metrics import PLACES
from services.language.vocabulary import Words
from services.screens.cold_start import exploration, part_sentences, run_sentences, sentences
from services.screens.cold_start.parameters import Parameters


def draw(selection: Selection) -> None:
    """Draw the slider and its two pictures, or how to get them."""
    words = selection.opened.data.words
    frame = None if selection.shown is None else selection.shown.result.exploration
    if frame is None:
        if selection.shown is not None:
            selection.head.draw(f"What does showing new {words.nouns} cost? This run did not measure exploration.")
        latest = selection.runs.latest
        _unmeasured(selection.group, running=latest is not None and latest.state == RUNNING)
        return
    place = st.empty()
    weight = float(st.slider("explorationWeight", 0.0, 1.0, 0.3, 0.05, key=Key.COLD_WEIGHT, bind="query-params"))
    measured = bool((frame["weight"] - weight).abs().min() < 1e-9)
    shown, taken, lost = (exploration.between(frame, weight, name) for name in ("new_shown", "new_taken", "hits_lost"))
    sentence = part_sentences.exploration_words(weight, shown, taken, lost, words, measured=measured)
    source = part_sentences.exploration_source(selection.group, frame, selection.opened.data.note)
    selection.head.draw(sentence, source)
    with place.container():
        _figures(frame, weight, words)
    st.caption(escaped(part_sentences.exploration_why(words)))
    for column, title in (("new_shown", f"new {words.nouns} of {PLACES}"), ("hits_lost", "hits lost, of 100")):
        _picture(frame, column, title, weight, measured=measured)
    st.caption(escaped(part_sentences.exploration_caption(frame, words)))


def _unmeasured(group: str, *, running: bool) -> None:
    parameters = Parameters(group, exploration=True)
    costs = run_sentences.aws_words(process.backend(), parameters)
    with panels.empty(
        "Exploration is not measured in this run.",
        detail=f"The recipe is trained once and asked at the weights 0, 0.1, 0.3, 0.5 and 1. {costs}".strip(),
        key=Widget.COLD_UNEXPLORED,
    ):
        changing.button(
            "Measure it in a new run",
            type="primary",
            icon=":material/play_arrow:",
            key=Widget.COLD_EXPLORE_START,
            disabled=running,
            on_click=new_run.start,
            args=(parameters,),
        )


def _figures(frame: pd.DataFrame, weight: float, words: Words) -> None:
    shown, taken, hits, lost = (
        exploration.between(frame, weight, name) for name in ("new_shown", "new_taken", "hits", "hits_lost")
    )
    n_new, who = frame["n_new"].iloc[0], sentences.who(words)
    panels.kpi_row(
        [
            panels.Kpi(f"New {words.nouns} of {PLACES}", f"{shown:.1f}", below=f"of {n_new:,.0f} new ones"),
            panels.Kpi(f"Of these {words.past} later", f"{taken:.2f}", below=f"per {who}"),
            panels.Kpi("Hits among known ones", f"{hits:.0f}", below=f"per 100 {who}s"),
            panels.Kpi("Hits lost", f"{lost:.0f}", below=f"per 100 {who}s, to weight 0"),
        ]
    )


def _picture(frame: pd.DataFrame, column: str, title: str, weight: float, *, measured: bool) -> None:
    value = exploration.between(frame, weight, column)
    now = pd.DataFrame([(weight, value, f"{value:.1f}", not measured)], columns=["weight", "value", "said", "hollow"])
    line = frame[["weight", column]].rename(columns={column: "value"})
    alt = ", ".join(f"{w:g}: {v:.1f}" for w, v in zip(frame["weight"], frame[column], strict=True))
    panels.show(
        charts.exploration(line, now, title, last=column == "hits_lost"),
        f"{title} by weight: {alt}.",
        key=f"{Widget.COLD}_{column}",
    )
