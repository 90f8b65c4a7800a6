"""Charts as plain Vega-Lite, with the look of theme.py, for pictures of many layers.

Altair copies and checks a chart at every step: half a second for a picture of a dozen layers (measured, altair 6.3),
more than a change of item may take. A Drawing is the same specification as dictionaries, written in a millisecond; its
tests check it against Vega-Lite's schema, which altair brings along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pages.components.charts.theme import LOCALE, ROLES

Spec = dict[str, Any]

TEXT_COLOR = {"expr": "scale('color', 'text')"}
CONFIG: Spec = {
    "view": {"strokeWidth": 0},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "tickCount": 5,
        "domain": False,
        "labelColor": TEXT_COLOR,
        "titleColor": TEXT_COLOR,
    },
    "text": {"fontSize": 12},
    "legend": {"disable": True},
    "locale": LOCALE,
}
ON_A_PHONE = "containerSize()[0] < 400"
"""In Vega's expressions: whether the picture has a phone's width; the server does not know it."""
_BROKEN = "split(replace(datum.label, regexp('(.{9,20}) '), '$1\\n'), '\\n')"
NAMES: Spec = {
    "labelLineHeight": 12,
    "labelExpr": f"{ON_A_PHONE} && length(datum.label) > 22 ? {_BROKEN} : datum.label",
}
"""Of an axis with names: on a phone long ones are broken into two lines, so that the picture keeps its width."""
_SCALE = {"domain": list(ROLES)}
_ROLES = [{"role": role} for role in ROLES]
_ROLES_LAYER: Spec = {
    "data": {"name": "roles"},
    "mark": {"type": "point", "size": 0, "opacity": 0},
    "encoding": {"color": {"field": "role", "type": "nominal", "scale": _SCALE, "legend": None}},
}
"""A colour that is a datum cannot bring its scale, so an invisible layer brings the one of the roles."""


@dataclass(frozen=True)
class Drawing:
    """A layered picture."""

    layers: Sequence[Spec]
    data: Mapping[str, pd.DataFrame]
    """Frames by the name that layers call them."""
    height: int
    params: Sequence[Spec] = field(default=())
    """Selections; each names the layer that it listens to."""

    def to_dict(self) -> Spec:
        """Return the Vega-Lite specification."""
        spec: Spec = {
            "layer": [*self.layers, _ROLES_LAYER],
            "height": self.height,
            "datasets": {name: _records(frame) for name, frame in self.data.items()} | {"roles": _ROLES},
            "config": CONFIG,
        }
        return spec | ({"params": list(self.params)} if self.params else {})


def layer(data: str, mark: Mapping[str, Any], encoding: Mapping[str, Any], where: str = "", name: str = "") -> Spec:
    """Return one layer over a frame; `where` is a Vega expression that rows must fulfil, "datum.thin"."""
    spec: Spec = {"data": {"name": data}, "mark": dict(mark), "encoding": dict(encoding)}
    if where:
        spec["transform"] = [{"filter": where}]
    return spec | ({"name": name} if name else {})


def number(column: str, **more: Any) -> Spec:
    """Return the encoding of a column of numbers."""
    return {"field": column, "type": "quantitative", **more}


def words(column: str, **more: Any) -> Spec:
    """Return the encoding of a column of words."""
    return {"field": column, "type": "nominal", **more}


def moment(column: str, **more: Any) -> Spec:
    """Return the encoding of a column of moments, which moments() has written."""
    return {"field": column, "type": "temporal", **more}


def moments(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the frame with a column of times as the browser reads them; without a zone, a day stays that day."""
    return frame.assign(**{column: pd.to_datetime(frame[column]).dt.strftime("%Y-%m-%dT%H:%M:%S")})


def paint(role: str) -> Spec:
    """Return the colour of a whole layer in one role."""
    if role not in ROLES:
        raise ValueError(f'"{role}" is no role; choose one of {", ".join(ROLES)}')
    return {"datum": role, "type": "nominal"}


def by_role(column: str) -> Spec:
    """Return the colour from a column that holds role names."""
    return {"field": column, "type": "nominal", "scale": _SCALE, "legend": None}


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows with Python's own values; missing ones are None."""
    names = list(frame.columns)
    # only what is missing differs from itself
    columns = [[None if value != value else value for value in frame[name].tolist()] for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
