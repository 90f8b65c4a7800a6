"""Exploration: new items in the lists against hits that are lost, at weights measured beforehand."""

import pandas as pd
import streamlit as st

from pages.components import panels
from pages.components.charts import cold_start as charts
from pages.components.cold_start import controls
from pages.components.cold_start.controls import Chosen
from pages.components.keys import Key, Widget
from services.screens.cold_start import exploration, sentences
from services.screens.cold_start.measures import PLACES
from services.screens.cold_start.run import Parameters


def draw(chosen: Chosen) -> None:
    """Draw the slider and its two pictures, or how to get them."""
    words = chosen.opened.data.words
    result = chosen.result
    frame = None if result is None else result.exploration
    if frame is None:
        if result is not None:
            controls.head(chosen, f"What does showing new {words.nouns} cost? This run did not measure exploration.")
        running = chosen.latest is not None and chosen.latest.state == "running"
        with panels.empty(
            "Exploration is not measured in this run.",
            detail="aws-user-personalization is trained once and asked at the weights 0, 0.1, 0.3, 0.5 and 1.",
            key=Widget.COLD_UNEXPLORED,
        ):
            st.button(
                "Measure it in a new run",
                type="primary",
                icon=":material/play_arrow:",
                key=Widget.COLD_EXPLORE_START,
                disabled=running,
                on_click=controls.start,
                args=(Parameters(chosen.group, exploration=True),),
            )
        return
    place = st.empty()
    weight = float(st.slider("explorationWeight", 0.0, 1.0, 0.3, 0.05, key=Key.COLD_WEIGHT, bind="query-params"))
    shown, lost = (exploration.between(frame, weight, name) for name in ("new_shown", "hits_lost"))
    measured = bool((frame["weight"] - weight).abs().min() < 1e-9)
    sentence = sentences.exploration_words(weight, shown, lost, words, measured=measured)
    row = frame.iloc[0]
    said = [
        chosen.group,
        "User personalization",
        f"asked at {len(frame)} weights",
        f"{row['n_people']:,.0f} people asked",
    ]
    controls.head(chosen, sentence, " · ".join([*said, chosen.opened.data.note]).removesuffix(" · "))
    taken = exploration.between(frame, weight, "new_taken")
    hits = exploration.between(frame, weight, "hits")
    with place.container():
        panels.kpi_row(
            [
                panels.Kpi(f"New {words.nouns} of {PLACES}", f"{shown:.1f}", below=f"of {row['n_new']:,.0f} new ones"),
                panels.Kpi(f"Of these {words.past} later", f"{taken:.2f}", below=f"per {sentences.who(words)}"),
                panels.Kpi("Hits among known ones", f"{hits:.0f}", below=f"per 100 {sentences.who(words)}s"),
                panels.Kpi("Hits lost", f"{lost:.0f}", below=f"per 100 {sentences.who(words)}s, to weight 0"),
            ]
        )
    for column, title in (("new_shown", f"new {words.nouns} of {PLACES}"), ("hits_lost", "hits lost, of 100")):
        value = exploration.between(frame, weight, column)
        now = pd.DataFrame(
            [(weight, value, f"{value:.1f}", not measured)], columns=["weight", "value", "said", "hollow"]
        )
        line = frame[["weight", column]].rename(columns={column: "value"})
        alt = ", ".join(f"{w:g}: {v:.1f}" for w, v in zip(frame["weight"], frame[column], strict=True))
        panels.show(
            charts.exploration(line, now, title, last=column == "hits_lost"),
            f"{title} by weight: {alt}.",
            key=f"{Widget.COLD}_{column}",
        )
    st.caption(
        f"Measured at {', '.join(f'{w:g}' for w in frame['weight'])} for {row['n_people']:,.0f} people, one "
        "answer each; between them a straight line, drawn hollow. A tenth of the items was new; hits are known "
        f"{words.nouns} that people {words.past} in the last fifth of the time."
    )
