"""Pictures of a cold start run: methods side by side, click rate against reach, worth of columns, exploration."""

import pandas as pd

from pages.components.charts.plain import Drawing, Spec, by_role, layer, number, paint, words
from pages.components.charts.theme import DASHED, SMALL_HEIGHT

_DOT: Spec = {"type": "point", "size": 120, "opacity": 1, "filled": True}
EXPLORED_HEIGHT, AXIS_HEIGHT = 112, 36
_PLAIN_AXIS: Spec = {"title": None, "labelLimit": 170, "labelPadding": 8, "grid": False, "ticks": False}
PERCENT: Spec = {"format": "~%", "tickCount": 5}


def methods(rows: pd.DataFrame, title: str) -> Drawing:
    """Draw [label, role, value, low, high, said]: one row a method, a dot with its interval, best first."""
    y = words("label", sort=list(rows["label"]), axis=_PLAIN_AXIS)
    axis = PERCENT if float(rows["high"].max()) <= 1 and title.endswith("rate") else {"tickCount": 5}
    x = number("value", title=title, scale={"zero": True, "nice": True}, axis=axis)
    tooltip = [
        words("label", title="method"),
        number("value", title=title, format=".4f"),
        number("low", title="95 % from", format=".4f"),
        number("high", title="to", format=".4f"),
    ]
    base: Spec = {"y": y, "color": by_role("role"), "tooltip": tooltip}
    layers = [
        layer(
            "rows",
            {"type": "rule", "strokeWidth": 3},
            base | {"x": number("low", title=title), "x2": {"field": "high"}},
        ),
        layer("rows", _DOT, base | {"x": x}, "datum.role == 'model'"),
        layer(
            "rows",
            {**_DOT, "filled": False, "strokeWidth": 2, "shape": "square"},
            base | {"x": x},
            "datum.role != 'model'",
        ),
        layer(
            "rows",
            {"type": "text", "dy": -14, "fontWeight": "bold"},
            {"y": y, "x": x, "text": words("said"), "color": paint("text")},
        ),
    ]
    return Drawing(layers, {"rows": rows}, SMALL_HEIGHT)


def trade_off(rows: pd.DataFrame) -> Drawing:
    """Draw [label, role, reach, rate]: share of new items that reach anybody against click rate, labelled dots."""
    edge = 0.62
    rows = rows.assign(left=rows["reach"] > edge)
    x = number(
        "reach", title="new items that anybody is shown", scale={"domain": [0, 1.05], "nice": False}, axis=PERCENT
    )
    y = number("rate", title="click rate", scale={"zero": True, "nice": True}, axis=PERCENT)
    tooltip = [
        words("label", title="method"),
        number("reach", title="new items shown", format=".1%"),
        number("rate", title="click rate", format=".1%"),
    ]
    base: Spec = {"x": x, "y": y, "color": by_role("role"), "tooltip": tooltip}
    text = {"type": "text", "fontSize": 12}
    others = "(datum.role != 'model' || datum.reach < 0.3)"  # ours stands beside its dot: two methods are often alike
    label: Spec = {"x": x, "y": y, "text": words("label"), "color": paint("text")}
    layers = [
        layer("rows", _DOT, base, "datum.role == 'model'"),
        layer("rows", {**_DOT, "filled": False, "strokeWidth": 2, "shape": "square"}, base, "datum.role != 'model'"),
        layer("rows", text | {"align": "left", "dx": -4, "dy": -11}, label, f"!datum.left && {others}"),
        layer("rows", text | {"align": "right", "dx": 4, "dy": -11}, label, f"datum.left && {others}"),
        layer("rows", text | {"align": "right", "dx": -10, "dy": 4}, label, f"!({others})"),
    ]
    return Drawing(layers, {"rows": rows}, SMALL_HEIGHT)


def worth(rows: pd.DataFrame) -> Drawing:
    """Draw [label, gain, low, high, said, clear]: bars of gain in click rate over random, with intervals."""
    y = words("label", sort=list(rows["label"]), axis=_PLAIN_AXIS)
    x = number("gain", title="click rate above random", axis=PERCENT, scale={"nice": True})
    tooltip = [
        words("label", title="columns"),
        number("gain", title="gain", format="+.2%"),
        number("low", title="95 % from", format="+.2%"),
        number("high", title="to", format="+.2%"),
    ]
    layers = [
        layer(
            "rows",
            {"type": "bar", "height": 16, "opacity": 0.7},
            {"y": y, "x": x, "color": by_role("role"), "tooltip": tooltip},
        ),
        layer(
            "rows",
            {"type": "rule", "strokeWidth": 2},
            {"y": y, "x": number("low"), "x2": {"field": "high"}, "color": paint("text"), "tooltip": tooltip},
        ),
        layer(
            "rows",
            {"type": "text", "align": "left", "dx": 6},
            {"y": y, "x": number("high"), "text": words("said"), "color": paint("text")},
        ),
    ]
    return Drawing(layers, {"rows": rows}, max(110, 46 + 30 * len(rows)))


def exploration(measured: pd.DataFrame, now: pd.DataFrame, title: str, *, last: bool) -> Drawing:
    """Draw [weight, value] as a line, a dot for each measured weight; now: [weight, value, said, hollow], one row."""
    name = "explorationWeight" if last else None  # two pictures over one axis
    x = number("weight", title=name, scale={"domain": [0, 1], "nice": False}, axis={"tickCount": 5, "labels": last})
    y = number("value", title=title, scale={"zero": True, "nice": True}, axis={"tickCount": 4, "minExtent": 40})
    point: Spec = {"x": x, "y": y, "tooltip": [number("weight"), number("value", title=title, format=".2f")]}
    mark: Spec = {"type": "point", "size": 200, "opacity": 1, "strokeWidth": 3}
    layers = [
        layer("now", {"type": "rule", "strokeDash": DASHED}, {"x": x, "color": paint("chance")}),
        layer("measured", {"type": "line", "strokeWidth": 2}, point | {"color": paint("model")}),
        layer("measured", {**_DOT, "size": 70}, point | {"color": paint("model")}),
        layer("now", {**mark, "filled": False}, point | {"color": paint("model")}, "datum.hollow"),
        layer("now", {**mark, "filled": True}, point | {"color": paint("model")}, "!datum.hollow"),
        layer(
            "now",
            {"type": "text", "dy": -16, "fontWeight": "bold", "fontSize": 13},
            {"x": x, "y": y, "text": words("said"), "color": paint("text")},
        ),
    ]
    return Drawing(layers, {"measured": measured, "now": now}, EXPLORED_HEIGHT + (AXIS_HEIGHT if last else 0))
