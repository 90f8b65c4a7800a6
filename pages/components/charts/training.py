"""Pictures of training: versions against their baselines, and how far a job is."""

from typing import Any

import altair as alt
import pandas as pd

from pages.components.charts.plain import NAMES
from pages.components.charts.theme import DASHED, MAIN_HEIGHT, by_role, finish, paint
from services.language.phrases import percent

ROW_HEIGHT = 44
STAGES_HEIGHT = 60
NARROWEST_STAGE = 0.12
"""Least part of the bar's width that a stage gets: its name has to stand under it."""


def dot_plot(rows: pd.DataFrame, chance: float | None, metric: str) -> Any:
    """Draw one row per solution version: model dot with its 95 % bar, popularity as a hollow square.

    rows: [label, role, value, low, high, popularity], best first, role "model" or "popularity"; low, high and
    popularity may be missing. chance is the value of random lists, a dashed line; metric is the short name, "MRR@25".
    """
    rows = rows.assign(words=[f"{value:.3f}" for value in rows["value"]])
    axis = alt.Axis(labelLimit=260, labelPadding=8, grid=False, **NAMES)
    y = alt.Y("label:N", sort=list(rows["label"]), title=None, axis=axis)
    tooltip = [
        alt.Tooltip("label:N", title="version"),
        alt.Tooltip("value:Q", title=metric, format=".4f"),
        alt.Tooltip("low:Q", title="95 % from", format=".4f"),
        alt.Tooltip("high:Q", title="to", format=".4f"),
        alt.Tooltip("popularity:Q", title="bestsellers", format=".4f"),
    ]
    base = alt.Chart(rows).encode(y=y, tooltip=tooltip)
    models = alt.Chart(rows[rows["role"] == "model"]).encode(y=y, tooltip=tooltip)
    x = alt.X("value:Q", title=metric, scale=alt.Scale(zero=True, nice=True))
    low = alt.X("low:Q", title=metric)
    square = alt.X("popularity:Q", title=metric)
    layers = [
        base.mark_rule(strokeWidth=3).encode(x=low, x2="high:Q", color=by_role("role")),
        base.mark_point(shape="square", filled=False, size=110, strokeWidth=2, opacity=1).encode(
            x=square, color=paint("popularity")
        ),
        models.mark_point(filled=True, size=130, opacity=1).encode(x=x, color=paint("model")),
        base.mark_text(align="center", dy=-14, fontWeight="bold").encode(x=x, text="words:N", color=paint("text")),
        alt.Chart(rows.head(1).dropna(subset=["popularity"]).assign(word="bestsellers"))
        .mark_text(align="center", dy=16)
        .encode(y=y, x=square, text="word:N", color=paint("popularity")),
    ]
    if chance is not None:
        line = alt.Chart(pd.DataFrame({"chance": [chance], "word": ["random"]})).encode(
            x=alt.X("chance:Q", title=metric), color=paint("chance")
        )
        word = line.mark_text(align="left", dx=5, baseline="top").encode(y=alt.value(0), text="word:N")
        layers = [line.mark_rule(strokeDash=DASHED, strokeWidth=2), word, *layers]
    return finish(alt.layer(*layers), dot_plot_height(len(rows)))


def dot_plot_height(n_rows: int) -> int:
    """Return the height of the picture in pixels: what its rows need, at most the main picture's."""
    return min(MAIN_HEIGHT, 90 + ROW_HEIGHT * n_rows)


def stage_bar(stages: pd.DataFrame) -> Any:
    """Draw the stages of a job as one bar, each filled as far as it is done and named below.

    stages: [stage, share, fraction], shares of the whole job and fractions of the stage from 0 to 1. A short stage is
    drawn wider than its share, so that its name fits.
    """
    width = stages["share"].clip(lower=NARROWEST_STAGE)
    width = width / width.sum()
    end = width.cumsum()
    start = end - width
    frame = stages.assign(
        start=start,
        end=end,
        done_until=start + width * stages["fraction"],
        middle=start + width / 2,
        done=[percent(fraction) for fraction in stages["fraction"]],
    )
    base = alt.Chart(frame).encode(tooltip=[alt.Tooltip("stage:N", title="stage"), alt.Tooltip("done:N", title="done")])
    x = alt.X("start:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=None)
    bar = base.mark_bar(height=22, cornerRadius=0, opacity=0.25)
    empty = bar.encode(x=x, x2="end:Q", y=alt.value(13), color=paint("quiet"))
    bar = base.mark_bar(height=22, cornerRadius=0, opacity=0.8)
    filled = bar.encode(x=x, x2="done_until:Q", y=alt.value(13), color=paint("model"))
    edges = base.mark_tick(thickness=2, size=22, orient="vertical").encode(x=x, y=alt.value(13), color=paint("quiet"))
    words = base.mark_text().encode(x="middle:Q", y=alt.value(38), text="stage:N", color=paint("text"))
    return finish(empty + filled + edges + words, STAGES_HEIGHT)
