"""Two metrics of several methods against each other, as a plane that can be zoomed; hover tells both.

Plotly, as for the map: a dozen methods stand close together in one corner, and zooming moves them apart. The figure is
plain dictionaries, which Streamlit checks when it draws them, so plotly (half a second, measured) is loaded for the tab
that needs it and not for all of Evaluation.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd

from pages.components.charts.plotly_look import HALO, INK, role_colour
from services.language.phrases import cut

HEIGHT = 340
CONFIG = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "toImage", "toggleSpikelines"],
}
_SYMBOLS = {"model": "circle", "popularity": "square-open", "chance": "circle-open"}
"""The same signs as in all pictures of an evaluation."""
_SIDES = ("top right", "bottom right", "top left", "bottom left", "top center", "bottom center")
_WIDTH, _HEIGHT = 420.0, 260.0
"""The plane in pixels, about: where names go is decided here, and whether the window is a phone's is not known."""
_LETTER, _LINE, _GAP = 6.3, 15.0, 9.0
_LONGEST, _DIGITS = 34, 4
_ROOM = 1.12
"""An axis is longer than its largest value, so that marks keep off the edge."""


def trade_off(rows: pd.DataFrame, x_title: str, y_title: str) -> dict[str, Any]:
    """Draw rows [label, role, x, y]: a mark a method with its name beside it; hover says both values.

    Methods in the same place have one name and one hover text, of them all.
    """
    rows = rows.assign(label=_together(rows))
    wide, high = (max(float(rows[axis].max()) * _ROOM, 1e-6) if len(rows) else 1.0 for axis in ("x", "y"))
    places = [
        (float(x) / wide * _WIDTH, _HEIGHT - float(y) / high * _HEIGHT)
        for x, y in zip(rows["x"], rows["y"], strict=True)
    ]
    names = [cut(str(name), _LONGEST) for name in rows["label"].mask(rows.duplicated("label"), "")]
    shown = rows.assign(name=names, side=_sides(places, names))
    return {
        "data": [_marks(group, str(role), x_title, y_title) for role, group in shown.groupby("role", sort=False)],
        "layout": {
            "height": HEIGHT,
            "margin": {"l": 56, "r": 16, "t": 28, "b": 44},
            "showlegend": False,
            "hovermode": "closest",
            "xaxis": _axis(x_title, wide),
            "yaxis": _axis(y_title, high),
            "uirevision": f"{x_title} {y_title}",  # a zoom stays while methods change, not when an axis does
        },
    }


def _together(rows: pd.DataFrame) -> pd.Series:
    """Return the name of each method, with those of all that have the same values."""
    same = [rows["x"].round(_DIGITS), rows["y"].round(_DIGITS)]
    return rows.groupby(same)["label"].transform(lambda names: " = ".join(map(str, names)))


def _marks(rows: pd.DataFrame, role: str, x_title: str, y_title: str) -> dict[str, Any]:
    colour = role_colour(role)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": rows["x"].astype(float).tolist(),
        "y": rows["y"].astype(float).tolist(),
        "text": [escape(name) for name in rows["name"]],
        "textposition": rows["side"].tolist(),
        "textfont": {"size": 12, "color": INK, "shadow": HALO},
        "customdata": [escape(str(name)) for name in rows["label"]],
        "hovertemplate": (
            f"<b>%{{customdata}}</b><br>{escape(y_title)} %{{y:.4f}}<br>{escape(x_title)} %{{x:.4f}}<extra></extra>"
        ),
        "marker": {"size": 11, "symbol": _SYMBOLS[role], "color": colour, "line": {"width": 2, "color": colour}},
        "cliponaxis": False,
    }


def _axis(title: str, end: float) -> dict[str, Any]:
    """Return an axis from 0; one whose values are shares writes nothing beyond 1."""
    shares = 1.0 < end <= _ROOM
    return {
        "title": {"text": escape(title), "font": {"size": 12, "color": INK}},
        "tickfont": {"size": 12, "color": INK},
        "range": [0, end],
        "zeroline": False,
        "nticks": 6,
        **({"maxallowed": _ROOM, "tickmode": "array", "tickvals": [0, 0.2, 0.4, 0.6, 0.8, 1]} if shares else {}),
    }


def _sides(places: Sequence[tuple[float, float]], names: Sequence[str]) -> list[str]:
    """Return where each name stands beside its mark: on the first side on which it covers nothing and fits."""
    taken = [(x - _GAP, y - _GAP, x + _GAP, y + _GAP) for x, y in places]
    found = []
    for place, name in zip(places, names, strict=True):
        boxes = {side: _box(place, side, len(name) * _LETTER) for side in _SIDES}
        own = (place[0] - _GAP, place[1] - _GAP, place[0] + _GAP, place[1] + _GAP)
        others = [box for box in taken if box != own]
        best = min(_SIDES, key=lambda side: _outside(boxes[side]) + sum(_covered(boxes[side], box) for box in others))
        taken.append(boxes[best])
        found.append(best)
    return found


def _box(place: tuple[float, float], side: str, width: float) -> tuple[float, float, float, float]:
    x, y = place
    upright, level = side.split()
    left = {"right": x + _GAP, "left": x - _GAP - width, "center": x - width / 2}[level]
    top = y - _GAP - _LINE if upright == "top" else y + _GAP
    return left, top, left + width, top + _LINE


def _covered(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    """Return the area that two boxes share."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(wide, 0.0) * max(high, 0.0)


def _outside(box: tuple[float, float, float, float]) -> float:
    """Return the area of a box that lies beside the plane."""
    return (box[2] - box[0]) * (box[3] - box[1]) - _covered(box, (0, -_LINE, _WIDTH, _HEIGHT))
