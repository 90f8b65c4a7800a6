"""A person's whole history as a strip: one tick per event, one row per taste."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from pages.components.charts import theme


def taste_strip(events: pd.DataFrame, tastes: Sequence[str], other: str) -> Any:
    """Draw events [time, taste, label, event]; rows are the person's tastes, strongest first, then the other."""
    rows = [*tastes, other]
    return theme.finish(
        alt.Chart(events.assign(role=["quiet" if taste == other else "a" for taste in events["taste"]]))
        .mark_tick(thickness=1.5, size=14, opacity=0.8)
        .encode(
            x=alt.X("time:T", title=None, axis=alt.Axis(tickCount=4, grid=False)),
            y=alt.Y("taste:N", title=None, scale=alt.Scale(domain=rows), axis=alt.Axis(ticks=False, labelLimit=90)),
            color=theme.by_role("role"),
            tooltip=[alt.Tooltip("label:N", title="what"), alt.Tooltip("time:T", title="when"), "event:N"],
        ),
        theme.STRIP_HEIGHT,
    )


def strip_alt(events: pd.DataFrame, tastes: Sequence[str], who: str, other: str) -> str:
    """Say how much of the history is in the person's tastes."""
    inside = int((events["taste"] != other).sum())
    if not tastes:
        return f"{len(events)} events of {who}, no clear taste."
    return f"{inside} of {who}'s {len(events)} events are in {', '.join(tastes)}."
