"""Pictures of an evaluation: methods with their intervals, who wins, segments, cut-offs, ages."""

import pandas as pd

from pages.components.charts.plain import NAMES, Drawing, Spec, by_role, layer, number, paint, words
from pages.components.charts.theme import SMALL_HEIGHT

ROW = 34
AXIS = 58
BAR_ROW = 34
_WHOLE: Spec = {"labelFlush": False, "labelOverlap": False}
_SHARES: Spec = {"labelExpr": "datum.value > 1.001 ? '' : datum.label"}
"""The room for words behind a share is no share."""
_NAMES: Spec = NAMES | {"labelLimit": 250, "labelPadding": 8, "grid": False, "ticks": False} | _WHOLE
_FITS = "(datum.end - datum.start) * width > {pixels} * length({words}) + 6"
_INSIDE = (
    f"{_FITS.format(pixels=6.5, words='datum.words')} ? datum.words : "
    f"{_FITS.format(pixels=6.5, words='toString(datum.n)')} ? toString(datum.n) : ''"
)
"""What is written in a part of a bar: its words, its number alone, or nothing, as there is room."""
_LAST_ROOM = 0.25
"""Of the axis, for names at the right ends of lines."""


def dots(rows: pd.DataFrame, metric: str) -> Drawing:
    """Draw rows [label, role, value, low, high, words], best first: dot, 95 % bar, the value at the right.

    Our recipes are filled dots, popularity hollow squares, random hollow circles.
    """
    y: Spec = words("label", sort=list(rows["label"]), title=None, axis=_NAMES)
    shown = rows.assign(end=rows[["value", "high"]].max(axis=1))
    tooltip = [
        words("label", title="method"),
        number("value", title=metric, format=".4f"),
        number("low", title="95 % from", format=".4f"),
        number("high", title="to", format=".4f"),
    ]
    row: Spec = {"y": y, "color": by_role("role"), "tooltip": tooltip}
    scale = {"domain": [0, max(float(shown["end"].max()) * 1.22, 1e-6)], "nice": False}
    dot = {"type": "point", "size": 110, "opacity": 1, "strokeWidth": 2}

    def x(column: str) -> Spec:
        return number(column, title=metric, scale=scale, axis=_axis(shown["end"]))

    layers = [
        layer(
            "rows", {"type": "rule", "strokeWidth": 3, "opacity": 0.7}, row | {"x": x("low"), "x2": {"field": "high"}}
        ),
        layer("rows", dot | {"filled": True}, row | {"x": x("value")}, where="datum.role == 'model'"),
        layer(
            "rows",
            dot | {"filled": False, "shape": "square"},
            row | {"x": x("value")},
            where="datum.role == 'popularity'",
        ),
        layer("rows", dot | {"filled": False}, row | {"x": x("value")}, where="datum.role == 'chance'"),
        layer(
            "rows",
            {"type": "text", "align": "left", "dx": 12, "fontWeight": "bold"},
            row | {"x": x("end"), "text": words("words"), "color": paint("text")},
        ),
    ]
    return Drawing(layers, {"rows": shown}, AXIS + ROW * len(rows))


def outcomes(rows: pd.DataFrame) -> Drawing:
    """Draw rows [label, outcome, n, start, end, middle, words]: one stacked bar a comparison, counts in it."""
    roles = {"better": "model", "same": "quiet", "worse": "b"}
    shown = rows.assign(role=[roles[outcome] for outcome in rows["outcome"]])
    y: Spec = words("label", sort=list(dict.fromkeys(rows["label"])), title=None, axis=_NAMES)
    x = number("start", axis=None, scale={"domain": [0, 1], "nice": False})
    tooltip = [words("label", title="comparison"), words("outcome", title="outcome"), number("n", title="people")]
    row: Spec = {"y": y, "tooltip": tooltip}
    layers = [
        layer(
            "rows",
            {"type": "bar", "height": 20, "opacity": 0.3},
            row | {"x": x, "x2": {"field": "end"}, "color": by_role("role")},
        ),
        layer(
            "rows",
            {"type": "bar", "height": 20, "filled": False, "strokeWidth": 1},
            row | {"x": x, "x2": {"field": "end"}, "color": by_role("role")},
        ),
        layer(
            "rows",
            {"type": "text", "text": {"expr": _INSIDE}},
            row | {"x": {**x, "field": "middle"}, "color": paint("text")},
        ),
    ]
    return Drawing(layers, {"rows": shown}, BAR_ROW * max(1, shown["label"].nunique()) + 6)


def segments(rows: pd.DataFrame, metric: str, model: str, other: str) -> Drawing:
    """Draw rows [segment, n, model, other, enough], largest difference first: two dots a segment, n at the right."""
    shown = rows.assign(
        said=[f"n = {n:,}" for n in rows["n"]],
        end=rows[["model", "other"]].max(axis=1),
        role=["model" if enough else "quiet" for enough in rows["enough"]],
        second=["popularity" if enough else "quiet" for enough in rows["enough"]],
    )
    y: Spec = words("segment", sort=list(rows["segment"]), title=None, axis=_NAMES)
    tooltip = [
        words("segment", title="segment"),
        number("n", title="people"),
        number("model", title=model, format=".4f"),
        number("other", title=other, format=".4f"),
        number("difference", title="difference", format="+.4f"),
    ]
    last = max(float(shown["end"].max()) * 1.25, 1e-6)
    scale = {"domain": [0, last], "nice": False}
    dot = {"type": "point", "size": 100, "opacity": 1, "strokeWidth": 2}
    row: Spec = {"y": y, "tooltip": tooltip}

    def x(column: str) -> Spec:
        return number(column, title=metric, scale=scale, axis=_axis(shown["end"]))

    layers = [
        layer("rows", {"type": "rule"}, row | {"x": x("other"), "x2": {"field": "model"}, "color": by_role("role")}),
        layer("rows", dot | {"filled": False, "shape": "square"}, row | {"x": x("other"), "color": by_role("second")}),
        layer("rows", dot | {"filled": True}, row | {"x": x("model"), "color": by_role("role")}),
        layer(
            "rows",
            {"type": "text", "align": "left", "dx": 12},
            row | {"x": x("end"), "text": words("said"), "color": paint("text")},
        ),
        layer(
            "rows",
            {"type": "bar", "opacity": 0.001, "cursor": "pointer"},
            {"y": y, "x": {"datum": 0, "type": "quantitative"}, "x2": {"datum": last}},
            name="hits",
        ),
    ]
    pick = {
        "name": "segment_pick",
        "select": {"type": "point", "fields": ["segment"], "on": "click"},
        "views": ["hits"],
    }
    return Drawing(layers, {"rows": shown}, AXIS + ROW * len(rows), [pick])


def cut_offs(rows: pd.DataFrame, metric: str) -> Drawing:
    """Draw rows [label, role, k, place, value, low, high]: a line a method over the cut-offs, named at its end."""
    shown = rows.assign(key=rows["label"])
    ends = _apart(shown[shown["k"] == shown["k"].max()])
    last = float(shown["place"].max())
    names = [str(k) for k in sorted(set(rows["k"]))]
    axis = {"values": list(range(len(names))), "labelExpr": f"{names}[datum.value]", "grid": False}
    x = number(
        "place", title="cut-off K", axis=axis, scale={"domain": [-0.1, last * (1 + _LAST_ROOM) + 0.6], "nice": False}
    )
    y = number("value", title=metric, scale={"zero": True})
    tooltip = [words("label", title="method"), number("k", title="K"), number("value", title=metric, format=".4f")]
    row: Spec = {"x": x, "y": y, "detail": words("key"), "color": by_role("role"), "tooltip": tooltip}
    band = {
        "x": x,
        "y": {**y, "field": "low"},
        "y2": {"field": "high"},
        "detail": words("key"),
        "color": by_role("role"),
    }
    dashed = {"type": "line", "strokeWidth": 2}
    layers = [
        layer("rows", {"type": "area", "opacity": 0.15}, band),
        layer("rows", dashed, row, where="datum.role == 'model'"),
        layer("rows", dashed | {"strokeDash": [6, 3]}, row, where="datum.role == 'popularity'"),
        layer("rows", dashed | {"strokeDash": [2, 3]}, row, where="datum.role == 'chance'"),
        layer("rows", {"type": "point", "filled": True, "size": 50, "opacity": 1}, row),
        layer(
            "ends",
            {"type": "text", "align": "left", "dx": 10},
            {"x": x, "y": {**y, "field": "at"}, "text": words("label"), "color": by_role("role")},
        ),
    ]
    return Drawing(layers, {"rows": shown, "ends": ends}, 320)


def _axis(ends: pd.Series) -> Spec:
    """Return the axis of a metric, which ends at 1 where no value is more."""
    return _WHOLE | (_SHARES if float(ends.max()) <= 1 else {})


def slopes(rows: pd.DataFrame, metric: str) -> Drawing:
    """Draw rows [seed, side, place, value, mean]: plain to metadata, a line a training, the mean thick."""
    axis = {"values": [0, 1], "labelExpr": "['plain', 'with metadata'][datum.value]", "grid": False}
    x = number("place", title=None, axis=axis, scale={"domain": [-0.3, 1.3], "nice": False})
    y = number("value", title=metric, scale={"zero": False, "padding": 20})
    row: Spec = {"x": x, "y": y, "detail": words("seed"), "color": paint("model")}
    layers = [
        layer("rows", {"type": "line", "opacity": 0.5}, row, where="!datum.mean"),
        layer("rows", {"type": "line", "strokeWidth": 5}, row, where="datum.mean"),
        layer("rows", {"type": "point", "filled": True, "size": 60, "opacity": 1}, row, where="!datum.mean"),
    ]
    return Drawing(layers, {"rows": rows}, SMALL_HEIGHT)


def ages(rows: pd.DataFrame, metric: str) -> Drawing:
    """Draw rows [days, value, low, high]: a line over the age of the training data, with its interval."""
    x = number("days", title="days between the training data and the split", scale={"nice": False, "padding": 16})
    y = number("value", title=metric, scale={"zero": False, "padding": 16})
    tooltip = [
        number("days", title="days", format="d"),
        number("value", title=metric, format=".4f"),
        number("low", title="95 % from", format=".4f"),
        number("high", title="to", format=".4f"),
    ]
    row: Spec = {"x": x, "y": y, "color": paint("model"), "tooltip": tooltip}
    band: Spec = {"x": x, "y": number("low", title=metric), "y2": {"field": "high"}, "color": paint("model")}
    layers = [
        layer("rows", {"type": "area", "opacity": 0.15}, band),
        layer("rows", {"type": "line", "strokeWidth": 2}, row),
        layer("rows", {"type": "point", "filled": True, "size": 70, "opacity": 1}, row),
    ]
    return Drawing(layers, {"rows": rows}, SMALL_HEIGHT)


def gains(rows: pd.DataFrame, metric: str) -> Drawing:
    """Draw rows [column, gain, low, high], largest gain first: a bar from 0 with its 95 % bar."""
    y: Spec = words("column", sort=list(rows["column"]), title=None, axis=_NAMES)
    tooltip = [words("column", title="metadata"), number("gain", title="gain", format="+.4f")]
    row: Spec = {"y": y, "tooltip": tooltip}
    x = number("gain", title=f"{metric}: gain over the plain recipe", scale={"zero": True})
    layers = [
        layer("rows", {"type": "bar", "height": 14, "opacity": 0.7}, row | {"x": x, "color": paint("model")}),
        layer(
            "rows",
            {"type": "rule", "strokeWidth": 2},
            row | {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "color": paint("text")},
        ),
    ]
    return Drawing(layers, {"rows": rows}, AXIS + ROW * len(rows))


def histogram(rows: pd.DataFrame, metric: str) -> Drawing:
    """Draw rows [bin, low, high, n]: how many people have which difference; a click on a bar selects its bin."""
    shown = rows.assign(
        role=[
            "model" if low > 0 else "b" if high < 0 else "quiet"
            for low, high in zip(rows["low"], rows["high"], strict=True)
        ]
    )
    x = number("low", title=f"{metric}: difference of one person", scale={"nice": False})
    y = number("n", title="people", scale={"type": "symlog", "domainMin": 0}, axis={"tickCount": 4, "format": "d"})
    tooltip = [
        number("low", title="from", format="+.3f"),
        number("high", title="to", format="+.3f"),
        number("n", title="people"),
    ]
    row: Spec = {"x": x, "x2": {"field": "high"}, "tooltip": tooltip}
    layers = [
        layer(
            "rows",
            {"type": "bar", "opacity": 0.8, "cursor": "pointer"},
            row | {"y": y, "y2": {"datum": 0}, "color": by_role("role")},
            name="bars",
        ),
        layer("zero", {"type": "rule", "strokeWidth": 2}, {"x": {**x, "field": "at"}, "color": paint("text")}),
    ]
    pick = {"name": "bin_pick", "select": {"type": "point", "fields": ["bin"], "on": "click"}, "views": ["bars"]}
    return Drawing(layers, {"rows": shown, "zero": pd.DataFrame({"at": [0.0]})}, SMALL_HEIGHT, [pick])


def _apart(ends: pd.DataFrame) -> pd.DataFrame:
    """Move names at the ends of lines apart, the lowest first."""
    ends = ends.sort_values("value").assign(at=ends["value"])
    least = max(float(ends["value"].max()), 1e-9) / 18
    places: list[float] = []
    for value in ends["value"]:
        places.append(max(float(value), places[-1] + least) if places else float(value))
    return ends.assign(at=places)
