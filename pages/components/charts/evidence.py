"""Evidence for neighbours: people who had both, out of those who had the neighbour, with what chance would give."""

import pandas as pd

from pages.components.charts.plain import NAMES, ON_A_PHONE, Drawing, by_role, layer, number, paint, words

ROW_HEIGHT = 27
AROUND = 54
"""Pixels of axis and title."""
ROOM_FOR_WORDS = 2.3
"""How much longer than the longest bar the axis is: words stand behind the bars."""

_WORDS = f"{ON_A_PHONE} ? split(datum.words, ' · ')[0] : datum.words"
"""On a phone there is room for the numbers alone."""


def evidence_bars(rows: pd.DataFrame, role: str, title: str, expected: str) -> Drawing:
    """Draw one row per neighbour, in the order of the list.

    rows: [label, both, with_neighbour, expected, words, agrees, thin, sentence], label unique; words stand at the end
    of the bar, bold where the two agree. role is the cause's colour; thin rows are drawn in the background's. title
    names the axis, expected the tick.
    """
    rows = rows.assign(role=["quiet" if thin else role for thin in rows["thin"]])
    longest = max(1.0, float(rows["with_neighbour"].max()), float(rows["expected"].max())) if len(rows) else 1.0
    bold = [str(label) for label in rows.loc[rows["agrees"], "label"]]
    y = words(
        "label",
        sort=list(rows["label"]),
        axis=NAMES
        | {
            "title": None,
            "labelLimit": 184,
            "labelPadding": 6,
            "grid": False,
            "ticks": False,
            "labelOverlap": False,
            "labelFontWeight": {
                "condition": {"test": f"indexof({bold!r}, datum.value) >= 0", "value": 700},
                "value": 400,
            },
        },
    )
    scale = {"domain": [0, ROOM_FOR_WORDS * longest], "nice": False}
    axis = {"values": _ticks(longest), "title": title, "titleAnchor": "end", "labelFlush": False}
    people, both = (number(column, scale=scale, axis=axis) for column in ("with_neighbour", "both"))
    chance = number("expected", scale=scale, axis=axis)
    tooltip = [words("sentence", title="people"), number("expected", title="both, by chance", format=",.1f")]
    bar = {"type": "bar", "height": 16, "cornerRadius": 0}
    end = {"type": "text", "align": "left", "dx": 7, "text": {"expr": _WORDS}}
    text = {"y": y, "x": people, "color": paint("text"), "tooltip": tooltip}
    layers = [
        layer("rows", bar | {"opacity": 0.3}, {"y": y, "x": people, "color": by_role("role"), "tooltip": tooltip}),
        layer("rows", bar | {"opacity": 1}, {"y": y, "x": both, "color": by_role("role"), "tooltip": tooltip}),
        layer(
            "rows",
            {"type": "tick", "thickness": 3, "size": 22, "opacity": 1},
            {"y": y, "x": chance, "color": paint("text"), "tooltip": tooltip},
        ),
        layer("rows", end | {"fontWeight": "bold"}, text, "datum.agrees"),
        layer("rows", end, text, "!datum.agrees"),
        layer(
            "first",
            {"type": "text", "align": "left", "dx": -1, "dy": -16, "fontSize": 11},
            {"y": y, "x": chance, "text": {"value": f"▏{expected}"}, "color": paint("text")},
        ),
    ]
    return Drawing(layers, {"rows": rows, "first": rows.head(1)}, evidence_height(len(rows)))


def evidence_height(n_rows: int) -> int:
    """Return the height of the picture in pixels; ten rows fit the first window."""
    return max(160, AROUND + ROW_HEIGHT * n_rows)


def _ticks(longest: float) -> list[float]:
    """Return some four round numbers up to the longest bar: none stand under the words."""
    step = 1.0
    while longest / step > 4:
        step *= 2.5 if str(step).startswith("2") else 2
    return [step * place for place in range(int(longest // step) + 1)]
