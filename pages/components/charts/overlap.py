"""How much of somebody else's list is reached with each event, beside its ceiling and what does not listen."""

import pandas as pd

from pages.components.charts.plain import Drawing, by_role, layer, number, paint, words
from pages.components.charts.theme import DASHED, SMALL_HEIGHT

FLAT_LABEL = "no change until retrained"
APART = 2.4
"""Least distance of names at the right edge, in items of 25 at the small height."""


def overlap(
    line: pd.DataFrame,
    others: pd.DataFrame,
    ends: pd.DataFrame,
    step: int,
    n: int,
    deepest: int,
    x_title: str,
) -> Drawing:
    """Draw shared items by events sent.

    line: [step, shared] of the model up to the present step. others: [step, shared, line, role] dashed: the ceiling, a
    third person, recipes that do not listen. ends: [step, shared, y, words, role], the names at the right of each
    line. step is marked by an upright rule; n is the last one, deepest the list's length.
    """
    room = max(1.0, 0.66 * n)
    x = number("step", title=x_title, scale={"domain": [0, n + room], "nice": False}, axis=_axis(n))
    y = number("shared", title="shared", scale={"domain": [0, deepest], "nice": False}, axis={"tickCount": 5})
    tooltip = [words("line", title="line"), number("step", title="events"), number("shared", title="shared")]
    base = {"x": x, "y": y}
    layers = [
        layer(
            "others",
            {"type": "line", "strokeDash": DASHED, "strokeWidth": 1.6, "interpolate": "linear"},
            base | {"color": by_role("role"), "detail": words("line"), "tooltip": tooltip},
        ),
        layer("now", {"type": "rule", "strokeWidth": 1}, {"x": x, "color": paint("text")}),
        layer("line", {"type": "line", "strokeWidth": 3}, base | {"color": paint("model")}),
        layer(
            "line",
            {"type": "point", "filled": True, "size": 46, "opacity": 1},
            base | {"color": paint("model"), "tooltip": tooltip[1:]},
        ),
        layer(
            "ends",
            {"type": "text", "align": "left", "baseline": "middle", "dx": 8},
            {"x": x, "y": {**y, "field": "y"}, "text": words("words"), "color": by_role("role")},
        ),
    ]
    now = pd.DataFrame({"step": [step]})
    return Drawing(layers, {"line": line, "others": others, "ends": ends, "now": now}, SMALL_HEIGHT)


def spread(values: pd.Series, low: float, high: float, apart: float = APART) -> list[float]:
    """Return heights for names so that no two stand closer than `apart`, in the order of their values."""
    order = values.sort_values(kind="stable").index
    found: dict[object, float] = {}
    last = low - apart
    for at in order:
        last = found[at] = max(float(values[at]), last + apart)
    over = last - high
    if over > 0:
        bound = high
        for at in reversed(order):
            found[at] = min(found[at], bound)
            bound = found[at] - apart
    return [found[at] for at in values.index]


def _axis(n: int) -> dict[str, object]:
    every = 1 if n <= 10 else 5 if n <= 40 else max(10, n // 50 * 10)
    return {"values": list(range(0, n + 1, every)), "grid": False, "format": "d"}
