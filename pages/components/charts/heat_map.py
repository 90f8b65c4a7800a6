"""Who is shown what: groups of viewers by category of the new items, how many times as often as chance."""

import math
from collections.abc import Sequence

import pandas as pd

from pages.components.charts.plain import Drawing, Spec, layer, number, paint, words
from pages.components.charts.theme import MAIN_HEIGHT

PICK = "cell_pick"
"""Name of the selection; it holds [{"group": ..., "category": ...}]."""
BOUND = 4.0
"""Colours go from a quarter to four times; beyond they stay."""
STRONGEST = 0.6
"""Opacity of a colour at its bound: the numbers on it stay readable, light and dark."""
ROW_HEIGHT, AXIS_HEIGHT = 25, 44
TOP: Spec = {"orient": "top", "labelAngle": 0, "labelLimit": 92, "titleAnchor": "start", "titlePadding": 6}


def heat_map(cells: pd.DataFrame, column: str, title: str, least: int) -> Drawing:
    """Draw [group, category, n_viewers, n_new, shown, taken, difference] coloured by one of the last three.

    Row and column labels carry their numbers. A group under `least` viewers is grey and says its number instead. The
    diagonal, a group's own category, is outlined. A click picks a cell.
    """
    order = list(dict.fromkeys(cells["group"]))
    value = cells[column].astype(float)
    small = cells["n_viewers"] < least
    shown = cells.assign(
        row=[f"{group} · {n:,}" for group, n in zip(cells["group"], cells["n_viewers"], strict=True)],
        head=[f"{name} · {n:.0f}" for name, n in zip(cells["category"], cells["n_new"], strict=True)],
        value=value,
        shade=STRONGEST * value.clip(1 / BOUND, BOUND).map(math.log2).abs() / math.log2(BOUND),
        above=value >= 1,
        said=[_said(v, n, few) for v, n, few in zip(value, cells["n_viewers"], small, strict=True)],
        own=cells["group"] == cells["category"],
    )
    rows = [f"{name} · {int(_first(cells, 'group', name, 'n_viewers')):,}" for name in order]
    heads = [f"{name} · {_first(cells, 'category', name, 'n_new'):.0f}" for name in order]
    whole = {"labelFlush": False, "labelOverlap": False, "ticks": False, "grid": False, "labelLimit": 140}
    cell: Spec = {
        "y": words("row", sort=rows, title=None, axis=whole | {"labelPadding": 8}),
        "x": words("head", sort=heads, title=title, axis=whole | TOP),
        "tooltip": [
            words("group", title="viewers of taste"),
            words("category", title="new items"),
            number("shown", title="shown, times chance", format=".2f"),
            number("taken", title="taken, times chance", format=".2f"),
            number("n_viewers", title="viewers", format=","),
            number("n_new", title="new items of it", format=".0f"),
        ],
    }
    known, unknown = "isValid(datum.value)", "!isValid(datum.value)"
    rect = {"type": "rect", "cornerRadius": 2}
    shade: Spec = {"field": "shade", "type": "quantitative", "scale": None, "legend": None}
    layers = [
        layer("cells", rect, cell | {"color": paint("a"), "opacity": shade}, f"{known} && datum.above"),
        layer("cells", rect, cell | {"color": paint("b"), "opacity": shade}, f"{known} && !datum.above"),
        layer("cells", rect | {"opacity": 0.18}, cell | {"color": paint("quiet")}, unknown),
        layer(
            "cells",
            rect | {"filled": False, "strokeWidth": 2, "opacity": 1},
            cell | {"color": paint("text")},
            "datum.own",
        ),
        layer("cells", {"type": "text", "fontSize": 12}, cell | {"text": words("said"), "color": paint("text")}),
        layer("cells", rect | {"opacity": 0.001, "cursor": "pointer"}, cell, name="hits"),
    ]
    pick = {
        "name": PICK,
        "select": {"type": "point", "fields": ["group", "category"], "on": "click"},
        "views": ["hits"],
    }
    return Drawing(layers, {"cells": shown}, min(MAIN_HEIGHT, AXIS_HEIGHT + ROW_HEIGHT * max(1, len(order))), [pick])


def own_rows(cells: pd.DataFrame, column: str, least: int) -> pd.DataFrame:
    """Return the diagonal for charts.rows, where there is no room for the map: [name, said, share, below].

    below is the category that the group gets more often than its own, where there is one.
    """
    cells = cells.assign(**{column: cells[column].astype(float)})
    most = max(1.0, float(cells[column].max()))  # 1.0 where nothing is known
    rows = []
    for group, part in cells.groupby("group", sort=False):
        own = part[part["category"] == group]
        if own.empty:
            continue
        n, value = int(own["n_viewers"].iloc[0]), float(own[column].iloc[0])
        top = part.nlargest(1, column)
        highest = float(top[column].iloc[0]) if len(top) else math.nan
        below = f"{top['category'].iloc[0]}: {_said(highest, n, False)}" if n >= least and highest > value else ""
        share = math.nan if n < least else value / most
        rows.append((f"{group} · {n:,}", _said(value, n, n < least), share, below))
    return pd.DataFrame(rows, columns=["name", "said", "share", "below"])


def _first(cells: pd.DataFrame, by: str, name: str, column: str) -> float:
    return float(cells.loc[cells[by] == name, column].iloc[0])


def _said(value: float, n_viewers: int, small: bool) -> str:
    if small:
        return f"n = {n_viewers}"
    if math.isnan(value):
        return "–"
    return f"{value:.0f}×" if value >= 10 else f"{value:.1f}×"


def picked(state: object) -> tuple[str, str] | None:
    """Return (group, category) of a click, from what the chart returned, or None."""
    selection = getattr(state, "selection", None) or {}
    found: Sequence[dict[str, str]] = selection.get(PICK) or []
    return (found[0]["group"], found[0]["category"]) if found else None
