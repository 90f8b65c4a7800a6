"""Ranks in two to four orders beside each other: a line an item from column to column, the telling ones named.

What an order does not hold lies in a band under the last rank, which is named.
"""

from collections.abc import Sequence

import pandas as pd

from pages.components.charts.plain import Drawing, by_role, layer, number, paint, words

ROW_HEIGHT = 20
CLOSE_ROWS = 14
"""Pixels of a rank where there are more than FEW: names still stand apart, and 20 ranks fit the first window."""
FEW = 15
AROUND = 40
"""Pixels of the headings and the lower edge."""
BAND_GAP = 1.4
"""Rows between the last rank and the band under it."""


def slope(
    segments: pd.DataFrame,
    names: pd.DataFrame,
    columns: Sequence[str],
    deepest: int,
    *,
    below: str | None = None,
    room: float = 0.9,
    height: int | None = None,
) -> Drawing:
    """Draw ranks, 1 at the top.

    segments: [item, words, left, right, left_rank, right_rank, role], left and right being column names, a missing
    rank the band below, words what hovering says; the role "quiet" is drawn thin and under the others. names: [item,
    column, rank, words], written outside the first and the last column and over the points of those between. deepest is
    the largest rank; below names the band; room is the space for names on both sides, in widths between two columns.
    """
    at = {column: float(place) for place, column in enumerate(columns)}
    band = deepest + BAND_GAP
    lines = segments.assign(
        x=[at[column] for column in segments["left"]],
        x2=[at[column] for column in segments["right"]],
        y=segments["left_rank"].astype(float).fillna(band),
        y2=segments["right_rank"].astype(float).fillna(band),
    ).drop(columns=["left", "right", "left_rank", "right_rank"])
    places = [at[column] for column in names["column"]]
    named = names.assign(
        x=places,
        y=names["rank"].astype(float).fillna(band),
        side=["left" if x == 0 else "right" if x == len(columns) - 1 else "over" for x in places],
    )[["item", "words", "x", "y", "side"]]
    heads = pd.DataFrame({"x": list(at.values()), "y": 0.0, "words": list(columns)})
    lowest = band if below is not None else float(deepest)
    x = number("x", axis=None, scale={"domain": [-room, len(columns) - 1 + room], "nice": False})
    y = number("y", axis=None, scale={"domain": [lowest + 0.7, -0.6], "nice": False})
    here = {"x": x, "y": y, "tooltip": [words("item", title="item"), words("words", title="ranks")]}
    there = here | {"x": {**x, "field": "x2"}, "y": {**y, "field": "y2"}}
    layers = []
    for quiet in (True, False):
        where = f"datum.role {'==' if quiet else '!='} 'quiet'"
        line = {"type": "rule", "strokeWidth": 1.2 if quiet else 2.6}
        dot = {"type": "point", "filled": True, "opacity": 1, "size": 26 if quiet else 54}
        color = {"color": by_role("role")}
        layers += [
            layer("lines", line, here | {"x2": {"field": "x2"}, "y2": {"field": "y2"}} | color, where),
            layer("lines", dot, here | color, where),
            layer("lines", dot, there | color, where),
        ]
    text = {"x": x, "y": y, "text": words("words"), "color": paint("text")}
    layers.append(layer("heads", {"type": "text", "fontWeight": "bold", "baseline": "middle"}, text))
    styles = {
        "left": {"align": "right", "dx": -9},
        "right": {"align": "left", "dx": 9},
        "over": {"align": "center", "dy": -10},
    }
    tooltip = {"tooltip": [words("item", title="item")]}
    for side, style in styles.items():
        mark = {"type": "text", "baseline": "middle", **style}
        layers.append(layer("names", mark, text | tooltip, f"datum.side == '{side}'"))
    data = {"lines": lines, "heads": heads, "names": named}
    if below is not None:
        data["band"] = pd.DataFrame({"x": [-room], "y": [band], "words": [below]})
        layers.append(layer("band", {"type": "text", "align": "left", "dx": 4, "fontStyle": "italic"}, text))
    return Drawing(layers, data, height or slope_height(deepest, band=below is not None))


def steps(segments: pd.DataFrame) -> pd.DataFrame:
    """Return what the telling lines say, for charts.rows where there is no room for the picture: [name, said]."""
    telling = segments[segments["role"] != "quiet"]
    return telling.rename(columns={"item": "name", "words": "said"})[["name", "said"]].reset_index(drop=True)


def slope_height(deepest: int, *, band: bool = False) -> int:
    """Return the height of the picture in pixels."""
    return AROUND + (ROW_HEIGHT if deepest <= FEW else CLOSE_ROWS) * (deepest + (2 if band else 0))
