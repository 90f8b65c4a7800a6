"""A catalogue as a map: items in the plane, names of regions, users' histories as paths and lists as lights.

Plotly, because WebGL draws 60,000 items that can be moved and zoomed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from pages.components.charts.plotly_look import HALO, INK, PAPER, role_colour

HEIGHT, PRESENTED_HEIGHT = 640, 690
EDGE = 1.06
"""Half a side of the picture, in the map's units; the shading is as large."""
MARGIN = 0.07
PATH_OPACITY = (0.18, 0.9)
"""Of the oldest and of the newest part of a path."""
CROWD = 5_000
ITEM = "%{text}<extra></extra>"
CONFIG = {
    "scrollZoom": True,
    "displaylogo": False,
    "modeBarButtonsToRemove": ["select2d", "autoScale2d", "toImage", "toggleSpikelines", "zoomIn2d", "zoomOut2d"],
}


@dataclass(frozen=True)
class Group:
    """The items of one category."""

    name: str
    colour: str
    items: pd.DataFrame
    """x, y, size, title, and row: the item's row in the map."""


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
) -> go.Figure:
    """Draw the map. labels have x, y and name; chosen and marked are items with x, y, title and row.

    The first traces are the groups, in their order; a point's number is its row there.
    """
    figure = go.Figure()
    n_items = sum(len(group.items) for group in groups)
    opacity = 0.62 if lit and n_items <= CROWD else 0.5
    for group in groups:
        figure.add_trace(_items(group, opacity))
    for one in lit:
        _add(figure, one)
    if len(marked):
        figure.add_trace(_rings(marked, INK, 9, 1.2, "marked"))
    if len(chosen):
        figure.add_trace(_rings(chosen, INK, 24, 2.5, "chosen"))
    for row in labels.itertuples():
        figure.add_annotation(
            x=row.x,
            y=row.y,
            text=escape(str(row.name)),
            showarrow=False,
            font={"size": 14, "weight": 650, "color": INK, "shadow": HALO},
            captureevents=False,
        )
    figure.add_layout_image(
        source=ground,
        xref="x",
        yref="y",
        x=-EDGE,
        y=EDGE,
        sizex=2 * EDGE,
        sizey=2 * EDGE,
        sizing="stretch",
        layer="below",
    )
    axis = {"visible": False, "showgrid": False, "zeroline": False}
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 0, "t": 4, "b": 4},
        xaxis=axis | {"range": _range(groups, "x")},
        yaxis=axis | {"range": _range(groups, "y"), "scaleanchor": "x"},
        dragmode="pan",
        hovermode="closest",
        showlegend=True,
        legend={"orientation": "h", "y": 0, "yanchor": "top", "x": 0, "itemsizing": "constant", "font": {"size": 12}},
        uirevision="map",  # zoom and place stay while users and lists change
    )
    return figure


def _range(groups: Sequence[Group], axis: str) -> list[float]:
    """Return from where to where an axis goes: as far as there are items, and some room for halos."""
    held = pd.concat([group.items[axis] for group in groups])
    return [float(held.min()) - MARGIN, float(held.max()) + MARGIN]


def _items(group: Group, opacity: float) -> go.Scattergl:
    items = group.items
    return go.Scattergl(
        x=items["x"],
        y=items["y"],
        mode="markers",
        name=group.name,
        text=items["title"],
        customdata=items["row"],
        hovertemplate=ITEM,
        marker={"size": items["size"], "color": group.colour, "opacity": opacity, "line": {"width": 0}},
        unselected={"marker": {"opacity": opacity * 0.5}},
        selected={"marker": {"opacity": 1}},
    )


def _add(figure: go.Figure, one: Lit) -> None:
    colour = role_colour(one.role)
    if len(one.earlier):
        figure.add_trace(_points(one.earlier, colour, 4, 0.75, f"{one.who}: history"))
    weakest, strongest = PATH_OPACITY
    for place, part in enumerate(one.parts):
        share = (place + 1) / len(one.parts)
        figure.add_trace(
            go.Scattergl(
                x=part["x"],
                y=part["y"],
                mode="lines",
                hoverinfo="skip",
                showlegend=False,
                opacity=weakest + (strongest - weakest) * share,
                line={"color": colour, "width": 1 + 2 * share},
            )
        )
    if len(one.stops):
        figure.add_trace(_points(one.stops, colour, 6, 0.95, f"{one.who}: history"))
    lights = pd.concat([one.lights, one.came]) if len(one.came) else one.lights
    if len(lights):
        figure.add_trace(_points(lights, colour, 28, 0.14, "", silent=True))
        figure.add_trace(_points(lights, colour, 19, 0.26, "", silent=True))
        figure.add_trace(_points(lights, colour, 11, 1.0, f"{one.who}: list", edge=PAPER))
    if len(one.came) and len(one.pull):
        figure.add_trace(_threads(one.came, one.pull, colour))
    if len(one.came):
        figure.add_trace(_rings(one.came, colour, 22, 3, f"{one.who}: new in the list"))
    if len(one.went):
        figure.add_trace(_rings(one.went, colour, 12, 1.6, f"{one.who}: left the list"))


def _points(
    frame: pd.DataFrame, colour: str, size: int, opacity: float, name: str, *, edge: str = "", silent: bool = False
) -> go.Scattergl:
    line = {"width": 1.5 if edge else 0, "color": edge or colour}
    return _marks(frame, name, {"size": size, "color": colour, "opacity": opacity, "line": line}, silent=silent)


def _rings(frame: pd.DataFrame, colour: str, size: int, width: float, name: str) -> go.Scattergl:
    line = {"width": width, "color": colour}
    return _marks(frame, name, {"size": size, "symbol": "circle-open", "color": colour, "line": line})


def _marks(frame: pd.DataFrame, name: str, marker: dict[str, Any], *, silent: bool = False) -> go.Scattergl:
    """Return one mark an item; silent ones show no title under the pointer."""
    return go.Scattergl(
        x=frame["x"],
        y=frame["y"],
        mode="markers",
        name=name,
        text=frame["title"],
        customdata=frame["row"],
        hovertemplate=None if silent else ITEM,
        hoverinfo="skip" if silent else None,
        showlegend=False,
        marker=marker,
        unselected={"marker": {"opacity": marker.get("opacity", 1)}},
    )


def _threads(came: pd.DataFrame, pull: pd.DataFrame, colour: str) -> go.Scattergl:
    """Return lines from what pulls to everything that came."""
    start = pull.iloc[0]
    x = [at for end in came["x"] for at in (start["x"], end, None)]
    y = [at for end in came["y"] for at in (start["y"], end, None)]
    line = {"color": colour, "width": 1.5, "dash": "dot"}
    return go.Scattergl(x=x, y=y, mode="lines", hoverinfo="skip", showlegend=False, opacity=0.7, line=line)
