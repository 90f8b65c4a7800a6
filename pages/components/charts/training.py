"""Pictures of training: versions against their baselines, and how far a job is."""

from typing import Any

import altair as alt
import pandas as pd

from pages.components.charts import plain
from pages.components.charts.plain import Drawing, Spec, layer
from pages.components.charts.theme import DASHED, MAIN_HEIGHT, finish, paint
from services.language.phrases import percent

ROW_HEIGHT = 44
STAGES_HEIGHT = 60
NARROWEST_STAGE = 0.12
"""Least part of the bar's width that a stage gets: its name has to stand under it."""


def dot_plot(rows: pd.DataFrame, chance: float | None, metric: str) -> Drawing:
    """Draw one row per solution version: model dot with its 95 % bar, popularity as a hollow square.

    rows: [label, role, value, low, high, popularity], best first, role "model" or "popularity"; low, high and
    popularity may be missing. chance is the value of random lists, a dashed line; metric is the short name, "MRR@25".
    """
    rows = rows.assign(words=[f"{value:.3f}" for value in rows["value"]])
    axis: Spec = {"labelLimit": 260, "labelPadding": 8, "grid": False, **plain.NAMES}
    numbers = {"value": metric, "low": "95 % from", "high": "to", "popularity": "bestsellers"}
    row: Spec = {
        "y": plain.words("label", sort=list(rows["label"]), title=None, axis=axis),
        "tooltip": [
            plain.words("label", title="version"),
            *(plain.number(column, title=title, format=".4f") for column, title in numbers.items()),
        ],
    }
    x, low, square = (plain.number(column, title=metric) for column in ("value", "low", "popularity"))
    hollow = {"type": "point", "shape": "square", "filled": False, "size": 110, "strokeWidth": 2, "opacity": 1}
    dot, bold = {"type": "point", "filled": True, "size": 130, "opacity": 1}, {"type": "text", "fontWeight": "bold"}
    interval: Spec = {"x": low, "x2": {"field": "high"}, "color": plain.by_role("role")}
    beside: Spec = {"x": square, "color": plain.paint("popularity")}
    layers = [
        layer("rows", {"type": "rule", "strokeWidth": 3}, row | interval),
        layer("rows", hollow, row | beside),
        layer("rows", dot, row | {"x": x, "color": plain.paint("model")}, "datum.role === 'model'"),
        layer("rows", bold | {"dy": -14}, row | {"x": x, "text": plain.words("words"), "color": plain.paint("text")}),
        layer("first", {"type": "text", "dy": 16}, {"y": row["y"], "text": plain.words("words")} | beside),
    ]
    first = rows.head(1).dropna(subset=["popularity"]).assign(words="bestsellers")
    data = {"rows": rows, "first": first}
    if chance is not None:
        data["chance"] = pd.DataFrame({"chance": [chance], "words": ["random"]})
        line: Spec = {"x": plain.number("chance", title=metric), "color": plain.paint("chance")}
        text = {"type": "text", "align": "left", "dx": 5, "baseline": "top"}
        layers = [
            layer("chance", {"type": "rule", "strokeDash": DASHED, "strokeWidth": 2}, line),
            layer("chance", text, line | {"y": {"value": 0}, "text": plain.words("words")}),
            *layers,
        ]
    return Drawing(layers, data, dot_plot_height(len(rows)))


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
