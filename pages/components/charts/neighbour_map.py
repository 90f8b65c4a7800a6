"""A cause in the middle, its neighbours around it in the list's order, clockwise from twelve: nothing ever jumps."""

import math
import textwrap
from collections.abc import Sequence

import pandas as pd

from pages.components.charts.plain import Drawing, Spec, by_role, layer, number, paint, words
from pages.components.charts.theme import MAIN_HEIGHT

PICK = "pick"
"""Name of the selection; it holds [{"item_id": ...}]."""
NAME_LINE = 17
"""Characters of a line of a name."""
WIDTHS = (1.0, 2.6, 5.0)
"""Pixels of a link with few, more and most people in common."""
_X = number("x", axis=None, scale={"domain": [-2.2, 2.2], "nice": False})
_Y = number("y", axis=None, scale={"domain": [-1.25, 1.25], "nice": False})
_SIDEWAYS = 0.35
"""Names beside the circle's left and right are written away from it, those near its top and bottom centred."""
_STYLES = {
    "right": {"align": "left", "dx": 13},
    "left": {"align": "right", "dx": -13},
    "top": {"align": "center", "dy": -16},
    "bottom": {"align": "center", "dy": 19},
    "middle": {"align": "center", "dy": 22, "fontWeight": "bold"},
}


def places(item_ids: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Return where each item stands: the first in the middle, the others on a circle of radius 1."""
    around = item_ids[1:]
    angles = [math.pi / 2 - 2 * math.pi * place / max(1, len(around)) for place in range(len(around))]
    circle = [(math.cos(angle), math.sin(angle)) for angle in angles]
    return dict(zip(item_ids, [(0.0, 0.0), *circle], strict=True)) if item_ids else {}


def step(people: int, most: int) -> int:
    """Return which of the three widths so many people in common get, the most being `most`."""
    return min(len(WIDTHS) - 1, len(WIDTHS) * people // max(1, most)) if people > 0 else 0


def neighbour_map(nodes: pd.DataFrame, links: pd.DataFrame) -> Drawing:
    """Draw nodes [item_id, name, words, agrees], the cause first, and links [one, other, people, words] between them.

    Round nodes have something in common with the cause, square ones have not. A click on a node selects its item_id.
    """
    where = places(list(nodes["item_id"]))
    spots = nodes.assign(
        name=[_written(*where[item_id], name) for item_id, name in zip(nodes["item_id"], nodes["name"], strict=True)],
        x=[where[item_id][0] for item_id in nodes["item_id"]],
        y=[where[item_id][1] for item_id in nodes["item_id"]],
        role=["a" if place == 0 else "text" for place in range(len(nodes))],
        side=[_side(*where[item_id], first=place == 0) for place, item_id in enumerate(nodes["item_id"])],
    )
    tooltip = [words("words", title="item")]
    spot: Spec = {"x": _X, "y": _Y, "tooltip": tooltip}
    point = {"type": "point", "filled": True, "opacity": 1, "size": 170}
    name = {"type": "text", "baseline": "middle", "lineBreak": "\n"}
    hit = {"type": "point", "filled": True, "opacity": 0.001, "size": 1500, "cursor": "pointer"}
    layers = [
        *_links(),
        layer("nodes", point | {"shape": "circle"}, spot | {"color": by_role("role")}, "datum.agrees"),
        layer("nodes", point | {"shape": "square"}, spot | {"color": by_role("role")}, "!datum.agrees"),
        *(
            layer(
                "nodes", name | style, spot | {"text": words("name"), "color": paint("text")}, f"datum.side == '{side}'"
            )
            for side, style in _STYLES.items()
        ),
        layer("nodes", hit, spot, name="hits"),
    ]
    pick = {
        "name": PICK,
        "select": {"type": "point", "fields": ["item_id"], "on": "click"},
        "views": ["hits"],
    }
    return Drawing(layers, {"nodes": spots, "links": _ends(links, where)}, MAIN_HEIGHT, [pick])


def _written(x: float, y: float, name: str) -> str:
    """Return a name in one line above and below the circle, where there is room, else in at most two."""
    if abs(x) <= _SIDEWAYS:
        return textwrap.shorten(name, 2 * NAME_LINE, placeholder="…")
    lines = textwrap.wrap(name, NAME_LINE)
    return "\n".join(lines if len(lines) <= 2 else [lines[0], f"{lines[1]}…"])


def _side(x: float, y: float, *, first: bool) -> str:
    if first:
        return "middle"
    if abs(x) > _SIDEWAYS:
        return "right" if x > 0 else "left"
    return "top" if y > 0 else "bottom"


def _ends(links: pd.DataFrame, where: dict[str, tuple[float, float]]) -> pd.DataFrame:
    most = int(links["people"].max()) if len(links) else 0
    middle = next(iter(where), None)
    return links.assign(
        x=[where[item_id][0] for item_id in links["one"]],
        y=[where[item_id][1] for item_id in links["one"]],
        x2=[where[item_id][0] for item_id in links["other"]],
        y2=[where[item_id][1] for item_id in links["other"]],
        step=[step(int(people), most) for people in links["people"]],
        role=["a" if one == middle else "quiet" for one in links["one"]],
    )


def _links() -> list[Spec]:
    encoding = {
        "x": _X,
        "y": _Y,
        "x2": {"field": "x2"},
        "y2": {"field": "y2"},
        "color": by_role("role"),
        "tooltip": [words("words", title="both")],
    }
    return [
        layer("links", {"type": "rule", "strokeWidth": width, "opacity": 0.8}, encoding, f"datum.step == {place}")
        for place, width in enumerate(WIDTHS)
    ]
