"""The pictures of Live events: the share of each taste in the list as a stream, and the items shared with the other."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd
import streamlit as st

from pages.components import panels, presenting
from pages.components.charts import overlap, stream
from pages.components.keys import Widget
from pages.components.live_events import current_list
from pages.components.live_events.controls import REPLAY
from pages.components.live_events.view import NAME, ReplayView
from pages.components.markdown import escaped
from services.language.phrases import category_noun, cut, listed, possessive
from services.personalize.recipe_names import POPULARITY_COUNT, SIMS
from services.sandbox.states import LENGTH
from services.screens.live_events import figures, sentences, tastes


def pictures(view: ReplayView) -> None:
    """Draw the list that changes, at its left what it is made of and how near it has come."""
    left, right = st.columns([6, 5], gap="medium")
    with left:
        _stream(view)
        if view.chosen.mode == REPLAY and view.step:
            _overlap(view)
        if not presenting.presenting():  # for a room, the lines and the list say it larger
            current_list.left_out(view)
    with right, panels.lead():
        current_list.just_sent(view)
        current_list.the_list(view)


def _stream(view: ReplayView) -> None:
    """Draw the share of each taste, and under it what the model listens to."""
    opened = view.chosen.opened
    past = [event.item_id for event in view.replay.plan.before]
    rows = tastes.stream(view.states, view.step, view.target, opened.tastes)
    if rows.empty:
        return
    st.markdown(f"**What the list is made of**, by {escaped(category_noun(opened.tastes.column))}")
    panels.show(stream.stream(rows, "events sent"), sentences.stream_alt(rows, view.step), key=Widget.LIVE_STREAM)
    follows = tastes.listens(view.states, view.step, past, opened.tastes)
    if line := sentences.listens_line(follows, view.who, opened.data.words):
        st.caption(escaped(line))


def _overlap(view: ReplayView) -> None:
    step = n = view.step  # the axis ends with what was sent, so that nothing is told before
    values = view.shared[: step + 1]
    reason = f", {view.ceiling.reason}" if view.ceiling.reason else ""
    third, controls = view.third_shared, _controls(view)
    rows = [Level(at, view.ceiling.value, f"at most {view.ceiling.value}{reason}", "text") for at in (0, n)]
    ends = [
        Level(step, values[-1], f"{values[-1]}", "model"),
        Level(n, view.ceiling.value, f"at most {view.ceiling.value}{reason}", "text"),
    ]
    if third:
        label = f"{cut(possessive(view.third_who), NAME)} events"
        rows += [Level(at, value, label, "chance") for at, value in enumerate(third)]
        ends.append(Level(n, third[-1], f"{label}: {third[-1]}", "chance"))
    for name, flat in controls.items():
        rows += [Level(at, value, f"{name}, {overlap.FLAT_LABEL}", "popularity") for at, value in enumerate(flat)]
    ends += _control_ends(controls, n)
    panels.show(
        overlap.overlap(
            pd.DataFrame({"step": range(step + 1), "shared": values}),
            pd.DataFrame(rows, columns=["step", "shared", "line", "role"]),
            _spread(ends, n),
            step,
            n,
            LENGTH,
            f"{cut(possessive(view.sender), NAME)} events sent",
        ),
        sentences.alt(
            cut(view.target_name, NAME),
            view.shared,
            step,
            view.ceiling,
            view.third_now,
            sentences.flat_words(controls.get(sentences.SIMILAR), controls.get(sentences.BESTSELLERS), step),
        ),
        key=Widget.LIVE_OVERLAP,
    )


class Level(NamedTuple):
    """A number of shared items at a step; words name the line, or stand at its end."""

    step: int
    shared: float
    words: str
    role: str


def _controls(view: ReplayView) -> dict[str, list[int]]:
    """Return what recipes that do not listen share after each step, by name, of those that were asked."""
    states = view.states[: view.step + 1]
    recipes = {sentences.SIMILAR: SIMS, sentences.BESTSELLERS: POPULARITY_COUNT}
    flat = {name: figures.flat(states, recipe, view.target) for name, recipe in recipes.items()}
    return {name: values for name, values in flat.items() if values}


def _control_ends(controls: Mapping[str, Sequence[int]], n: int) -> list[Level]:
    """Return the words at the ends of the flat lines: one for both where they end together."""
    last = {name: values[-1] for name, values in controls.items()}
    if len(set(last.values())) == 1:
        value = next(iter(last.values()))
        return [Level(n, value, f"{listed(list(last))}: {value}", "popularity")]
    return [Level(n, value, f"{name}: {value}", "popularity") for name, value in last.items()]


def _spread(ends: Sequence[Level], n: int) -> pd.DataFrame:
    """Return the words with y, the number of shared items, moved apart at the right end."""
    frame = pd.DataFrame(ends, columns=["step", "shared", "words", "role"]).astype({"shared": float})
    at_end = frame["step"] == n
    frame["y"] = frame["shared"]
    frame.loc[at_end, "y"] = overlap.spread(frame.loc[at_end, "shared"], 1.0, LENGTH - 0.5)
    return frame
