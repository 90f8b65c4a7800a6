"""Six small pictures of a data set: when, how concentrated, how much, how often, what, how new.

Frames as services/checks/report.py gives them; every function takes a height, so that the same picture serves small in
the grid and large when somebody looks closer.
"""

from typing import Any

import altair as alt
import pandas as pd

from pages.components.charts.theme import DASHED, SMALL_HEIGHT, finish, paint
from services.language.phrases import fine_percent

DATA = "a"
"""Data itself is drawn in the one blue."""
SHARE = alt.Axis(format=".0%", tickCount=5)
COUNT = alt.Axis(
    labelExpr="abs(datum.value) < 10000 ? format(datum.value, ',') : format(datum.value, '~s')", tickCount=4
)
"""Whole numbers as people write them, 500 and 2,000; large ones short, 20k."""
CATEGORY_HEIGHT, AXIS_HEIGHT = 15, 40
"""Least pixels of a category, whose name is written beside it, and of the axis under them."""
TIME = alt.Axis(tickCount=5, labelOverlap=True, grid=False)


def activity(weeks: pd.DataFrame, height: int = SMALL_HEIGHT) -> Any:
    """Draw events by week, from [week, events]."""
    x = alt.X("week:T", title=None, axis=TIME)
    y = alt.Y("events:Q", title="events a week", axis=COUNT)
    tooltip = [alt.Tooltip("week:T", title="week of"), alt.Tooltip("events:Q", title="events", format=",")]
    base = alt.Chart(weeks).encode(x=x, y=y, color=paint(DATA), tooltip=tooltip)
    return finish(base.mark_area(opacity=0.3) + base.mark_line(strokeWidth=2), height)


def concentration(curve: pd.DataFrame, half_share: float | None, height: int = SMALL_HEIGHT) -> Any:
    """Draw the share of events against the share of items, most frequent first, from [item_share, event_share].

    half_share is the share of items that gets half of the events; it is marked.
    """
    x = alt.X("item_share:Q", title="share of items, most frequent first", axis=SHARE)
    y = alt.Y("event_share:Q", title="share of events", axis=SHARE, scale=alt.Scale(domain=[0, 1]))
    tooltip = [
        alt.Tooltip("item_share:Q", title="items", format=".1%"),
        alt.Tooltip("event_share:Q", title="events", format=".1%"),
    ]
    line = alt.Chart(curve).mark_line(strokeWidth=2).encode(x=x, y=y, color=paint(DATA), tooltip=tooltip)
    if half_share is None:
        return finish(line, height)
    mark = pd.DataFrame(
        {"item_share": [half_share], "event_share": [0.5], "words": [f"half: {fine_percent(half_share)} of items"]}
    )
    base = alt.Chart(mark).encode(x=x, y=y, color=paint("text"))
    dot = base.mark_point(filled=True, size=60, opacity=1)
    words = base.mark_text(align="left", dx=10, dy=5).encode(text="words:N")
    return finish(line + dot + words, height)


def history_lengths(bins: pd.DataFrame, height: int = SMALL_HEIGHT) -> Any:
    """Draw how many people have how many events, from [bin, people]."""
    return finish(_bars(bins, "bin", "people", "events per person", "people"), height)


def time_gaps(gaps: pd.DataFrame, session_gap_s: float | None, height: int = SMALL_HEIGHT) -> Any:
    """Draw the time between a person's events, from [bin, low_s, gaps]; the pause that ends a session is marked."""
    bars = _bars(gaps, "bin", "gaps", "time to the next event", "pairs of events")
    if session_gap_s is None:
        return finish(bars, height)
    first = gaps.loc[gaps["low_s"] >= session_gap_s, ["bin"]].head(1).assign(words="a new session")
    x = alt.X("bin:N", sort=list(gaps["bin"]), title="time to the next event", bandPosition=0)
    base = alt.Chart(first).encode(x=x, color=paint("text"))
    rule = base.mark_rule(strokeDash=DASHED)
    late = len(first) > 0 and first.index[0] >= len(gaps) / 2
    words = base.mark_text(align="right" if late else "left", dx=-5 if late else 5, dy=-14, baseline="top").encode(
        text="words:N", y=alt.value(0)
    )
    return finish(bars + rule + words, height)


def categories(shares: pd.DataFrame, height: int = SMALL_HEIGHT) -> Any:
    """Draw each category's share of events (blue) and of items (a tick), from [category, item_share, event_share].

    The first ones that have room for their names are drawn.
    """
    shares = shares.head(max(1, (height - AXIS_HEIGHT) // CATEGORY_HEIGHT))
    order = list(shares["category"])
    y = alt.Y("category:N", title=None, sort=order, axis=alt.Axis(labelLimit=90, labelOverlap=False, labelFontSize=11))
    tooltip = [
        alt.Tooltip("category:N", title="category"),
        alt.Tooltip("event_share:Q", title="of events", format=".1%"),
        alt.Tooltip("item_share:Q", title="of items", format=".1%"),
    ]
    base = alt.Chart(shares).encode(y=y, tooltip=tooltip)
    x = alt.X("event_share:Q", title="share of events (bar) and of items (line)", axis=SHARE)
    bars = base.mark_bar(opacity=0.75).encode(x=x, color=paint(DATA))
    ticks = base.mark_tick(thickness=3, opacity=1).encode(
        x=alt.X("item_share:Q", title="share of events (bar) and of items (line)"), color=paint("text")
    )
    return finish(bars + ticks, height)


def drift(months: pd.DataFrame, height: int = SMALL_HEIGHT) -> Any:
    """Draw which share of a month's events went to items new in that month, from [month, share, events]."""
    tooltip = [
        alt.Tooltip("month:T", title="month", format="%b %Y"),
        alt.Tooltip("share:Q", title="on new items", format=".1%"),
        alt.Tooltip("events:Q", title="events", format=","),
    ]
    base = alt.Chart(months).encode(
        x=alt.X("month:T", title=None, axis=TIME),
        y=alt.Y("share:Q", title="events on new items", axis=SHARE, scale=alt.Scale(domainMin=0)),
        color=paint(DATA),
        tooltip=tooltip,
    )
    return finish(base.mark_line(strokeWidth=2) + base.mark_point(filled=True, size=30, opacity=1), height)


def _bars(frame: pd.DataFrame, label: str, count: str, x_title: str, y_title: str) -> Any:
    """Return upright bars over named bins, in the frame's order."""
    axis = alt.Axis(labelAngle=0, labelOverlap=True)
    return (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X(f"{label}:N", title=x_title, sort=list(frame[label]), axis=axis),
            y=alt.Y(f"{count}:Q", title=y_title, axis=COUNT),
            color=paint(DATA),
            tooltip=[alt.Tooltip(f"{label}:N", title=x_title), alt.Tooltip(f"{count}:Q", title=y_title, format=",")],
        )
    )
