"""Ranks by the number of events sent: a line an item, few of them coloured and named, the rest in the background."""

import pandas as pd

from pages.components.charts.plain import Drawing, by_role, layer, number, paint, words
from pages.components.charts.theme import MAIN_HEIGHT

ROOM = 0.48
"""Space for names on both sides, as a share of the columns' width."""


def bump(
    lines: pd.DataFrame,
    names: pd.DataFrame,
    crosses: pd.DataFrame,
    steps: tuple[int, ...],
    deepest: int,
    band: float,
    *,
    x_title: str,
    height: int = MAIN_HEIGHT,
) -> Drawing:
    """Draw ranks, 1 at the top, and a band under the last one for what lies below it.

    Frames as services/screens/live_events/bump.py gives them: lines [item, title, column, step, place, role, words],
    names with y beside the place, crosses where an item was itself sent. steps are the numbers under the columns.
    """
    last = max(1, len(steps) - 1)
    room = ROOM * last + 0.15
    x = number("column", axis=None, scale={"domain": [-room, last + room], "nice": False})
    y = number("place", axis=None, scale={"domain": [band + 1.9, 0.2], "nice": False})
    tooltip = [words("title", title="item"), words("words", title="rank")]
    here = {"x": x, "y": y, "tooltip": tooltip, "color": by_role("role")}
    line = here | {"detail": words("item"), "order": number("column")}
    loud, quiet = "datum.role != 'quiet'", "datum.role == 'quiet'"
    text = {"x": x, "y": y, "text": words("words"), "color": paint("text")}
    layers = [
        layer("band", {"type": "rule", "strokeWidth": 1, "strokeDash": [2, 4]}, {"y": y, "color": paint("quiet")}),
        layer("lines", {"type": "line", "strokeWidth": 1, "opacity": 0.8}, line, quiet),
        layer("lines", {"type": "line", "strokeWidth": 2.6}, line, loud),
        layer("lines", {"type": "point", "filled": True, "size": 40, "opacity": 1}, here, loud),
        layer("crosses", {"type": "point", "shape": "cross", "size": 110, "angle": 45, "filled": True}, here),
        layer("labels", {"type": "text", "baseline": "middle"}, text),
        layer("sides", {"type": "text", "baseline": "middle", "align": "left", "fontStyle": "italic"}, text),
        layer(
            "crosses",
            {"type": "text", "align": "left", "dx": 9, "baseline": "middle"},
            {"x": x, "y": y, "text": {"value": "watched"}, "color": by_role("role")},
        ),
    ]
    where = {**y, "field": "y"}
    for side, align, dx in (("left", "right", -9), ("right", "left", 9)):
        mark = {"type": "text", "baseline": "middle", "align": align, "dx": dx}
        name = {"x": x, "y": where, "text": words("words"), "color": by_role("role"), "tooltip": tooltip[:1]}
        layers.append(layer("names", mark, name, f"datum.side == '{side}'"))
    labels = pd.DataFrame({"column": range(len(steps)), "place": band + 1.2, "words": [f"{step}" for step in steps]})
    sides = pd.DataFrame(
        {"column": [-room, -room], "place": [band, band + 1.2], "words": [f"below {deepest}", x_title]}
    )
    data = {"lines": lines, "names": names, "crosses": crosses, "labels": labels, "sides": sides}
    data["band"] = pd.DataFrame({"place": [deepest + 0.8]})
    return Drawing(layers, data, height)
