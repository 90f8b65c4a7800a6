"""Taste as dumbbells: one row a category, a hollow dot for the history, a filled one for the list, on a log axis."""

import math

import pandas as pd

from pages.components.charts.plain import Drawing, Spec, by_role, layer, number, paint, words
from pages.components.charts.theme import DASHED

PICK = "category_pick"
"""Name of the selection; it holds [{"category": ...}]."""
BOUND = 8.0
"""The axis goes from 1/8 to 8 at least, and on to the power of two beyond every dot."""
SIDE_HEIGHT = 14
"""Pixels of one person within a category's row."""
AXIS_HEIGHT = 44
_LABELS = "datum.value < 1 ? '1/' + format(1 / datum.value, 'd') + '×' : format(datum.value, 'd') + '×'"
_SPACE = 1.2
"""Beyond the last power of two, for the letters."""


def dumbbells(rows: pd.DataFrame) -> Drawing:
    """Draw rows [category, letter, who, history, list], the largest gap first; missing values have no dot.

    A click on a row selects its category.
    """
    order = list(dict.fromkeys(rows["category"]))
    letters = sorted(set(rows["letter"]))
    shown = rows.assign(
        role=rows["letter"].str.lower(),
        past=rows["history"],
        own=rows["list"],
        end=rows[["history", "list"]].max(axis=1),
    )
    low, high = _bounds(rows)
    whole = {"labelFlush": False, "labelOverlap": False}
    names = {"labelLimit": 150, "labelPadding": 8, "grid": False, "ticks": False} | whole
    y: Spec = words("category", sort=order, title=None, axis=names, scale={"paddingInner": 0.25, "paddingOuter": 0.1})
    offset: Spec = words("letter", sort=letters)
    scale = {"type": "log", "base": 2, "domain": [low, high * _SPACE], "nice": False}
    axis = {"values": _powers(low, high), "labelExpr": _LABELS} | whole
    title = "times everybody's share"

    def x(column: str) -> Spec:
        return number(column, scale=scale, axis=axis, title=title)

    tooltip = [
        words("who", title="who"),
        words("category", title="category"),
        number("history", title="history, times", format=".2f"),
        number("list", title="list, times", format=".2f"),
    ]
    row: Spec = {"y": y, "yOffset": offset, "color": by_role("role"), "tooltip": tooltip}
    dot = {"type": "point", "size": 80, "opacity": 1}
    letter = {"type": "text", "align": "left", "dx": 9, "fontWeight": "bold", "fontSize": 11}
    layers = [
        layer("one", {"type": "rule", "strokeDash": DASHED}, {"x": x("at"), "color": paint("chance")}),
        layer("rows", {"type": "rule", "opacity": 0.6}, row | {"x": x("past"), "x2": {"field": "own"}}),
        layer("rows", dot | {"filled": False, "strokeWidth": 2}, row | {"x": x("past")}),
        layer("rows", dot | {"filled": True}, row | {"x": x("own")}),
        layer("rows", letter, row | {"x": x("end"), "text": words("letter")}),
        layer(
            "categories",
            {"type": "bar", "opacity": 0.001, "cursor": "pointer"},
            {"y": y, "x": x("low"), "x2": {"field": "high"}, "tooltip": [words("category", title="show only")]},
            name="hits",
        ),
    ]
    bars = pd.DataFrame({"category": order, "low": low, "high": high * _SPACE})
    pick = {
        "name": PICK,
        "select": {"type": "point", "fields": ["category"], "on": "click"},
        "views": ["hits"],
    }
    height = AXIS_HEIGHT + len(order) * (SIDE_HEIGHT * len(letters) + 10)
    return Drawing(layers, {"rows": shown, "one": pd.DataFrame({"at": [1.0]}), "categories": bars}, height, [pick])


def _bounds(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of the axis: powers of two around all values, 1/8 and 8 at least."""
    values = pd.concat([rows["history"], rows["list"]]).dropna()
    values = values[values > 0]
    least, most = (values.min(), values.max()) if len(values) else (1.0, 1.0)
    return min(1 / BOUND, 2.0 ** math.floor(math.log2(least))), max(BOUND, 2.0 ** math.ceil(math.log2(most)))


def _powers(low: float, high: float) -> list[float]:
    return [2.0**power for power in range(round(math.log2(low)), round(math.log2(high)) + 1)]
