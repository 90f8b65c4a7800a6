"""A person's whole history as a strip: one tick per event, one row per taste."""

from collections.abc import Sequence

import pandas as pd

from pages.components.charts.look import time_axis
from pages.components.charts.plain import Drawing, Spec, by_role, layer, moment, moments, words
from pages.components.charts.theme import STRIP_HEIGHT

ONE_EVENING = pd.Timedelta(days=1)


def taste_strip(events: pd.DataFrame, tastes: Sequence[str], other: str) -> Drawing:
    """Draw events [time, taste, label, event]; rows are the person's tastes, strongest first, then the other."""
    rows = [*tastes, other]
    tick: Spec = {"type": "tick", "thickness": 1.5, "size": 14, "opacity": 0.8}
    place: Spec = {
        "x": moment("time", title=None, axis=_axis(events["time"])),
        "y": words("taste", title=None, scale={"domain": rows}, axis={"ticks": False, "labelLimit": 90}),
        "color": by_role("role"),
        "tooltip": [words("label", title="what"), moment("time", title="when"), words("event")],
    }
    events = events.assign(role=["quiet" if taste == other else "a" for taste in events["taste"]])
    return Drawing([layer("events", tick, place)], {"events": moments(events, "time")}, STRIP_HEIGHT)


def _axis(times: pd.Series) -> Spec:
    """Return the axis of a history; within one evening it says no hours, which are invented for a made-up person."""
    if len(times) and times.max() - times.min() < ONE_EVENING:
        return {"labels": False, "ticks": False, "grid": False}
    return time_axis(times)


def strip_alt(events: pd.DataFrame, tastes: Sequence[str], who: str, other: str) -> str:
    """Say how much of the history is in the person's tastes."""
    inside = int((events["taste"] != other).sum())
    if not tastes:
        return f"{len(events)} events of {who}, no clear taste."
    return f"{inside} of {who}'s {len(events)} events are in {', '.join(tastes)}."
