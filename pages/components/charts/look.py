"""Six small pictures of a data set: when, how concentrated, how much, how often, what, how new.

Frames as services/checks/report.py gives them; every function takes a height, so that the same picture serves small in
the grid and large when somebody looks closer.
"""

import pandas as pd

from pages.components.charts.plain import Drawing, Spec, layer, moment, moments, number, paint, words
from pages.components.charts.theme import DASHED, SMALL_HEIGHT
from services.language.phrases import fine_percent

DATA = "a"
"""Data itself is drawn in the one blue."""
SHARE: Spec = {"format": ".0%", "tickCount": 5}
COUNT: Spec = {
    "labelExpr": "abs(datum.value) < 10000 ? format(datum.value, ',') : format(datum.value, '~s')",
    "tickCount": 4,
}
"""Whole numbers as people write them, 500 and 2,000; large ones short, 20k."""
CATEGORY_HEIGHT, AXIS_HEIGHT = 15, 40
"""Least pixels of a category, whose name is written beside it, and of the axis under them."""
YEARS = 4
"""From so many years on, an axis of time shows years alone."""
LINE: Spec = {"type": "line", "strokeWidth": 2}
FEW = 14
"""So many periods are drawn with a dot each."""
DOT: Spec = {"type": "point", "filled": True, "opacity": 1}


def activity(periods: pd.DataFrame, unit: str, height: int = SMALL_HEIGHT) -> Drawing:
    """Draw events by day, week or month, from [start, events, whole]; periods that are not whole are open dots."""
    title = {"day": "day", "week": "week of", "month": "month"}[unit]
    row: Spec = {
        "x": moment("start", title=None, axis=time_axis(periods["start"])),
        "y": number("events", title=f"events a {unit}", axis=COUNT),
        "color": paint(DATA),
        "tooltip": [
            moment("start", title=title, format="%b %Y" if unit == "month" else "%d %b %Y"),
            number("events", title="events", format=","),
            words("cut", title="cut by the data's edge"),
        ],
    }
    shown = moments(periods, "start").assign(cut=periods["whole"].map({True: "no", False: "yes"}).astype("str"))
    few: Spec = LINE | {"point": {"size": 30}} if len(periods) <= FEW else LINE
    layers = [
        layer("periods", {"type": "area", "opacity": 0.3}, row, "datum.whole"),
        layer("periods", few, row, "datum.whole"),
        layer("periods", {"type": "point", "size": 40, "opacity": 1}, row, "!datum.whole"),
    ]
    return Drawing(layers, {"periods": shown}, height)


def time_axis(moments_shown: pd.Series) -> Spec:
    """Return an axis whose labels tell the year where there are several, and the day where there are few weeks."""
    first, last = moments_shown.min(), moments_shown.max()
    axis: Spec = {"labelOverlap": True, "grid": False}
    if pd.isna(first) or pd.isna(last):
        return axis
    years = last.year - first.year
    if years >= YEARS:
        return axis | {"format": "%Y", "tickCount": {"interval": "year", "step": max(1, round(years / 5))}}
    if years:
        return axis | {"format": "%b %Y", "tickCount": 4}
    short = (last - first).days <= 62
    return axis | {"format": "%d %b" if short else "%b %Y", "tickCount": 4}


_WIDE_SHARE = 0.25
"""From here on there is no room in a card for more than the share; the axis says of what."""


def concentration(curve: pd.DataFrame, half_share: float | None, height: int = SMALL_HEIGHT) -> Drawing:
    """Draw the share of events against the share of items, most frequent first, from [item_share, event_share].

    half_share is the share of items that gets half of the events; it is marked.
    """
    place: Spec = {
        "x": number("item_share", title="share of items, most frequent first", axis=SHARE),
        "y": number("event_share", title="share of events", axis=SHARE, scale={"domain": [0, 1]}),
    }
    tooltip = [
        number("item_share", title="items", format=".1%"),
        number("event_share", title="events", format=".1%"),
    ]
    layers = [layer("curve", LINE, place | {"color": paint(DATA), "tooltip": tooltip})]
    if half_share is None:
        return Drawing(layers, {"curve": curve}, height)
    said = f"half: {fine_percent(half_share)}" + (" of items" if half_share < _WIDE_SHARE else "")
    half = pd.DataFrame({"item_share": [half_share], "event_share": [0.5], "words": [said]})
    text: Spec = {"type": "text", "align": "left", "dx": 10, "dy": 5}
    layers += [
        layer("half", DOT | {"size": 60}, place | {"color": paint("text")}),
        layer("half", text, place | {"color": paint("text"), "text": words("words")}),
    ]
    return Drawing(layers, {"curve": curve, "half": half}, height)


def history_lengths(bins: pd.DataFrame, height: int = SMALL_HEIGHT) -> Drawing:
    """Draw how many people have how many events, from [bin, people]."""
    return Drawing([_bars(bins, "people", "events per person", "people")], {"bins": bins}, height)


def time_gaps(gaps: pd.DataFrame, session_gap_s: float | None, height: int = SMALL_HEIGHT) -> Drawing:
    """Draw the time between a person's events, from [bin, low_s, gaps]; the pause that ends a session is marked."""
    layers, data = [_bars(gaps, "gaps", "time to the next event", "pairs of events")], {"bins": gaps}
    if session_gap_s is None:
        return Drawing(layers, data, height)
    first = gaps.loc[gaps["low_s"] >= session_gap_s, ["bin"]].head(1).assign(words="a new session")
    x = words("bin", sort=list(gaps["bin"]), title="time to the next event", bandPosition=0)
    late = len(first) > 0 and first.index[0] >= len(gaps) / 2
    side: Spec = {"align": "right", "dx": -5} if late else {"align": "left", "dx": 5}
    text: Spec = {"type": "text", "dy": -14, "baseline": "top"} | side
    layers += [
        layer("first", {"type": "rule", "strokeDash": DASHED}, {"x": x, "color": paint("text")}),
        layer("first", text, {"x": x, "y": {"value": 0}, "color": paint("text"), "text": words("words")}),
    ]
    return Drawing(layers, data | {"first": first}, height)


def categories(shares: pd.DataFrame, height: int = SMALL_HEIGHT) -> Drawing:
    """Draw each category's share of events (blue) and of items (a tick), from [category, item_share, event_share].

    The first ones that have room for their names are drawn.
    """
    shares = shares.head(max(1, (height - AXIS_HEIGHT) // CATEGORY_HEIGHT))
    axis: Spec = {"labelLimit": 90, "labelOverlap": False, "labelFlush": False, "labelFontSize": 11}
    title = "share of events (bar) and of items (line)"
    row: Spec = {
        "y": words("category", title=None, sort=list(shares["category"]), axis=axis),
        "tooltip": [
            words("category", title="category"),
            number("event_share", title="of events", format=".1%"),
            number("item_share", title="of items", format=".1%"),
        ],
    }
    bar: Spec = {"x": number("event_share", title=title, axis=SHARE), "color": paint(DATA)}
    tick: Spec = {"x": number("item_share", title=title), "color": paint("text")}
    layers = [
        layer("shares", {"type": "bar", "opacity": 0.75}, row | bar),
        layer("shares", {"type": "tick", "thickness": 3, "opacity": 1}, row | tick),
    ]
    return Drawing(layers, {"shares": shares}, height)


def drift(months: pd.DataFrame, height: int = SMALL_HEIGHT) -> Drawing:
    """Draw which share of a month's events went to items new in that month, from [month, share, events]."""
    row: Spec = {
        "x": moment("month", title=None, axis=time_axis(months["month"])),
        "y": number("share", title="events on new items", axis=SHARE, scale={"domainMin": 0}),
        "color": paint(DATA),
        "tooltip": [
            moment("month", title="month", format="%b %Y"),
            number("share", title="on new items", format=".1%"),
            number("events", title="events", format=","),
        ],
    }
    layers = [layer("months", LINE, row), layer("months", DOT | {"size": 30}, row)]
    return Drawing(layers, {"months": moments(months, "month")}, height)


def _bars(frame: pd.DataFrame, count: str, x_title: str, y_title: str) -> Spec:
    """Return upright bars over named bins, in the frame's order."""
    axis: Spec = {"labelAngle": 0, "labelOverlap": True}
    row: Spec = {
        "x": words("bin", title=x_title, sort=list(frame["bin"]), axis=axis),
        "y": number(count, title=y_title, axis=COUNT),
        "color": paint(DATA),
        "tooltip": [words("bin", title=x_title), number(count, title=y_title, format=",")],
    }
    return layer("bins", {"type": "bar"}, row)
