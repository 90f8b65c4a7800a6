"""A catalogue as a map: items in the plane, names of regions, users' histories as paths and lists as lights.

Plotly, because its WebGL draws 60,000 items that can be moved and zoomed. A few are elements of the document: they are
there sooner, and without a graphics card they move at twice the frames a second (benchmarks/map_frames.py).

Traces are plain dictionaries: plotly's own objects check each value of each trace, which took four fifths of a redraw.
tests/pages/test_map.py lets plotly check them.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from pages.components.charts.plotly_look import HALO, INK, PAPER, role_colour

HEIGHT, PRESENTED_HEIGHT = 640, 690
NARROW, AROUND = 480, 130
"""A picture of fewer pixels than NARROW is as high as it is wide, and AROUND for the toolbar and the legend."""
EDGE = 1.06
"""Half a side of the picture, in the map's units; the shading is as large."""
MARGIN = 0.07
PATH_OPACITY = (0.18, 0.9)
"""Of the oldest and of the newest part of a path."""
CROWD = 5_000
MAX_PLAIN = 2_000
"""Items of a map that is drawn without WebGL, each an element of the document. Without it a browser draws no more."""
ITEM = "%{text}<extra></extra>"
Trace = dict[str, Any]
"""A trace of plotly by the names of its JSON."""
CONFIG = {
    "scrollZoom": True,
    "displaylogo": False,
    "modeBarButtonsToRemove": ["select2d", "autoScale2d", "toImage", "toggleSpikelines", "zoomIn2d", "zoomOut2d"],
}


def config(n_items: int) -> dict[str, Any]:
    """Return plotly's settings for a map of so many items.

    Plotly draws four pixels for each of the screen's. Small marks of a crowd need no such edges, and without a graphics
    card a frame takes three fifths of the processor's time with one (benchmarks/map_frames.py).
    """
    return CONFIG if n_items <= CROWD else CONFIG | {"plotGlPixelRatio": 1}


@dataclass(frozen=True)
class Group:
    """The items of one category."""

    name: str
    colour: str
    items: pd.DataFrame
    """x, y, size, title, and row: the item's row in the map."""

    @cached_property
    def trace(self) -> Trace:
        """The items as plotly draws them but for their opacity, made once a version."""
        items = self.items
        return {
            "type": "scattergl",
            "x": _packed(items["x"], "f4"),
            "y": _packed(items["y"], "f4"),
            "mode": "markers",
            "name": self.name,
            "text": items["title"].tolist(),
            "customdata": _packed(items["row"], "i4"),
            "hovertemplate": ITEM,
            "marker": {"size": _packed(items["size"], "f4"), "color": self.colour, "line": {"width": 0}},
            "selected": {"marker": {"opacity": 1}},
        }


def height_for(width: int | None) -> int:
    """Return how high a picture of this width is, both in pixels; None is a width that nobody has measured."""
    return HEIGHT if width is None or width >= NARROW else width + AROUND


def plainly(groups: Sequence[Group]) -> list[Group]:
    """Return the most popular items of each category, together at most as many as a browser draws without WebGL."""
    sizes = [size for group in groups for size in group.items["size"]]
    if len(sizes) <= MAX_PLAIN:
        return list(groups)
    kept = pd.Series(sizes).rank(method="first", ascending=False) <= MAX_PLAIN  # also where many are equally popular
    drawn, start = [], 0
    for one in groups:
        stop = start + len(one.items)
        drawn.append(Group(one.name, one.colour, one.items[kept[start:stop].to_numpy()]))
        start = stop
    return drawn


class Drawn(go.Figure):  # type: ignore[misc]  # plotly has no types
    """A figure that is its dictionary already, so that st.plotly_chart neither checks nor copies it."""

    def __init__(self, spec: dict[str, Any]) -> None:
        """spec has data and layout, as in plotly's JSON. The rest of a figure is not made."""
        self._drawn = spec

    def to_dict(self) -> dict[str, Any]:
        """Return the dictionary itself."""
        return self._drawn


@dataclass(frozen=True)
class Lit:
    """What one user lights up; frames have x, y, title and row."""

    role: str
    who: str
    earlier: pd.DataFrame
    """History before the path."""
    parts: Sequence[pd.DataFrame]
    """Pieces of the path as x and y, oldest first."""
    stops: pd.DataFrame
    """The items that the path joins, oldest first."""
    lights: pd.DataFrame
    """The list in its order."""
    came: pd.DataFrame
    went: pd.DataFrame
    pull: pd.DataFrame
    """x and y of what pulls, the supposed item; empty without one."""


def item_map(
    groups: Sequence[Group],
    labels: pd.DataFrame,
    lit: Sequence[Lit],
    chosen: pd.DataFrame,
    marked: pd.DataFrame,
    ground: str,
    height: int = HEIGHT,
    *,
    plain: bool = False,
    shape: object = None,
) -> Drawn:
    """Draw the map. labels have x, y and name; chosen and marked are items with x, y, title and row.

    The first traces are the groups, in their order; a point's number is its row there. plain draws without
    WebGL as many items as plainly() leaves. A new shape of the window shows the whole map again.
    """
    opacity = 0.62 if lit and sum(len(group.items) for group in groups) <= CROWD else 0.5
    traces = [_items(group, opacity) for group in groups]
    for one in lit:
        traces += _of_user(one)
    if len(marked):
        traces.append(_rings(marked, INK, 9, 1.2, "marked"))
    if len(chosen):
        traces.append(_rings(chosen, INK, 24, 2.5, "chosen"))
    axis = {"visible": False, "showgrid": False, "zeroline": False}
    layout = {
        "template": _template(),
        "annotations": [_name(*row) for row in zip(labels["x"], labels["y"], labels["name"], strict=True)],
        "images": [_ground(ground)],
        "height": height,
        "margin": {"l": 0, "r": 0, "t": 4, "b": 4},
        "xaxis": axis | {"range": _range(groups, "x")},
        "yaxis": axis | {"range": _range(groups, "y"), "scaleanchor": "x"},
        "dragmode": "pan",
        "hovermode": "closest",
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "y": 0,
            "yanchor": "top",
            "x": 0,
            "itemsizing": "constant",
            "font": {"size": 12},
        },
        "uirevision": f"map {shape}",  # zoom and place stay while users and lists change
    }
    if plain:
        traces = [trace | {"type": "scatter"} for trace in traces]
    return Drawn({"data": traces, "layout": layout})


@cache
def _template() -> dict[str, Any]:
    """Return Streamlit's template, which its browser's side paints in the theme's colours."""
    template: dict[str, Any] = go.Figure().to_dict()["layout"]["template"]
    return {"layout": template["layout"]}  # its data is for other kinds of traces


def _name(x: float, y: float, name: str) -> dict[str, Any]:
    return {
        "x": x,
        "y": y,
        "text": escape(name),
        "showarrow": False,
        "font": {"size": 14, "weight": 650, "color": INK, "shadow": HALO},
        "captureevents": False,
    }


def _ground(source: str) -> dict[str, Any]:
    size = {"x": -EDGE, "y": EDGE, "sizex": 2 * EDGE, "sizey": 2 * EDGE, "sizing": "stretch"}
    return {"source": source, "xref": "x", "yref": "y", "layer": "below"} | size


def _packed(values: pd.Series, dtype: str) -> dict[str, str]:
    """Return numbers as plotly's JSON has arrays: bytes instead of text, of little-endian float32 or int32."""
    return {"dtype": dtype, "bdata": base64.b64encode(values.to_numpy(f"<{dtype}").tobytes()).decode()}


def _range(groups: Sequence[Group], axis: str) -> list[float]:
    """Return from where to where an axis goes: as far as there are items, and some room for halos."""
    held = pd.concat([group.items[axis] for group in groups])
    return [float(held.min()) - MARGIN, float(held.max()) + MARGIN]


def _items(group: Group, opacity: float) -> Trace:
    return group.trace | {
        "marker": group.trace["marker"] | {"opacity": opacity},
        "unselected": {"marker": {"opacity": opacity * 0.5}},
    }


def _of_user(one: Lit) -> list[Trace]:
    colour, traces = role_colour(one.role), []
    if len(one.earlier):
        traces.append(_points(one.earlier, colour, 4, 0.75, f"{one.who}: history"))
    weakest, strongest = PATH_OPACITY
    for place, part in enumerate(one.parts):
        share = (place + 1) / len(one.parts)
        line = {"color": colour, "width": 1 + 2 * share}
        traces.append(_line(part["x"].tolist(), part["y"].tolist(), line, weakest + (strongest - weakest) * share))
    if len(one.stops):
        traces.append(_points(one.stops, colour, 6, 0.95, f"{one.who}: history"))
    lights = pd.concat([one.lights, one.came]) if len(one.came) else one.lights
    if len(lights):
        traces.append(_points(lights, colour, 28, 0.14, "", silent=True))
        traces.append(_points(lights, colour, 19, 0.26, "", silent=True))
        traces.append(_points(lights, colour, 11, 1.0, f"{one.who}: list", edge=PAPER))
    if len(one.came) and len(one.pull):
        traces.append(_threads(one.came, one.pull, colour))
    if len(one.came):
        traces.append(_rings(one.came, colour, 22, 3, f"{one.who}: new in the list"))
    if len(one.went):
        traces.append(_rings(one.went, colour, 12, 1.6, f"{one.who}: left the list"))
    return traces


def _points(
    frame: pd.DataFrame, colour: str, size: int, opacity: float, name: str, *, edge: str = "", silent: bool = False
) -> Trace:
    line = {"width": 1.5 if edge else 0, "color": edge or colour}
    return _marks(frame, name, {"size": size, "color": colour, "opacity": opacity, "line": line}, silent=silent)


def _rings(frame: pd.DataFrame, colour: str, size: int, width: float, name: str) -> Trace:
    line = {"width": width, "color": colour}
    return _marks(frame, name, {"size": size, "symbol": "circle-open", "color": colour, "line": line})


def _marks(frame: pd.DataFrame, name: str, marker: dict[str, Any], *, silent: bool = False) -> Trace:
    """Return one mark an item; silent ones show no title under the pointer."""
    return {
        "type": "scattergl",
        "x": frame["x"].tolist(),
        "y": frame["y"].tolist(),
        "mode": "markers",
        "name": name,
        "text": frame["title"].tolist(),
        "customdata": frame["row"].tolist(),
        **({"hoverinfo": "skip"} if silent else {"hovertemplate": ITEM}),
        "showlegend": False,
        "marker": marker,
        "unselected": {"marker": {"opacity": marker.get("opacity", 1)}},
    }


def _line(x: list[float | None], y: list[float | None], line: dict[str, Any], opacity: float) -> Trace:
    drawn = {"type": "scattergl", "x": x, "y": y, "mode": "lines", "line": line, "opacity": opacity}
    return drawn | {"hoverinfo": "skip", "showlegend": False}


def _threads(came: pd.DataFrame, pull: pd.DataFrame, colour: str) -> Trace:
    """Return lines from what pulls to everything that came."""
    start = pull.iloc[0]
    x = [at for end in came["x"] for at in (float(start["x"]), end, None)]
    y = [at for end in came["y"] for at in (float(start["y"]), end, None)]
    return _line(x, y, {"color": colour, "width": 1.5, "dash": "dot"}, 0.7)
