"""The share of each taste in a list by the number of events sent, as a stream that grows with every event."""

import pandas as pd

from pages.components.charts.plain import Drawing, Spec, by_role, layer, number, paint, words
from pages.components.charts.theme import SMALL_HEIGHT
from services.language.phrases import percent

ROOM = 0.34
"""Space for the names at the right, as a share of the steps' width."""
MIN_NAMED = 0.06
"""A band of less than this share has no room for its name."""


def stream(rows: pd.DataFrame, x_title: str, height: int = SMALL_HEIGHT) -> Drawing:
    """Draw rows [step, taste, role, share, order], the shares of each step stacked; at the start, one column.

    The last step is as far as the axis goes: nothing is empty before it.
    """
    last = int(rows["step"].max())
    end = max(1, last)
    shown = rows if last else pd.concat([rows, rows.assign(step=1)], ignore_index=True)
    scale = {"domain": [0, end * (1 + ROOM)], "nice": False}
    axis = {"values": list(range(0, last + 1, max(1, -(-last // 10)))), "format": "d", "grid": False, "ticks": False}
    x = number("step", scale=scale, axis=axis | {"titleAnchor": "start"}, title=x_title)
    half = {"values": [0, 0.5, 1], "format": "%", "grid": False}
    y = number("share", stack="zero", scale={"domain": [0, 1]}, axis=half, title=None)
    tooltip = [words("taste", title="taste"), number("share", title="share of the list", format=".0%")]
    area: Spec = {"x": x, "y": y, "color": by_role("role"), "order": number("order"), "tooltip": tooltip}
    mark = {"type": "area", "interpolate": "monotone", "opacity": 0.85, "line": False}
    text = {"x": x, "y": number("middle", scale={"domain": [0, 1]}), "text": words("words"), "color": paint("text")}
    layers = [
        layer("rows", mark, area | {"detail": words("taste")}),
        layer("names", {"type": "text", "align": "left", "dx": 8, "baseline": "middle"}, text),
    ]
    return Drawing(layers, {"rows": shown, "names": _names(rows, last, end)}, height)


def _names(rows: pd.DataFrame, last: int, end: int) -> pd.DataFrame:
    """Return the names of the last step's tastes at the middle of their bands; thin bands have none."""
    now = rows[rows["step"] == last].sort_values("order")
    middle = now["share"].cumsum() - now["share"] / 2
    names = pd.DataFrame(
        {
            "step": end,
            "middle": middle,
            "words": [f"{taste} {percent(share)}" for taste, share in zip(now["taste"], now["share"], strict=True)],
        }
    )
    return names[now["share"] >= MIN_NAMED].reset_index(drop=True)
