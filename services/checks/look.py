"""Everything that the Data screen shows of a data set, computed once: figures, six pictures' frames, insights."""

from dataclasses import dataclass

import pandas as pd

from services.checks import figures
from services.checks.insights import insights
from services.library.prepared import PreparedData
from services.library.store import LoadedData


@dataclass(frozen=True)
class Look:
    """The figures of one data set; frames as services/checks/report.py describes them."""

    summary: figures.Summary
    activity: pd.DataFrame
    concentration: pd.DataFrame
    history_lengths: pd.DataFrame
    time_gaps: pd.DataFrame
    session_gap_s: float | None
    categories: pd.DataFrame
    drift: pd.DataFrame
    insights: pd.DataFrame


def look(data: PreparedData) -> Look:
    """Compute all figures; about a second for a million events."""
    return Look(
        summary=figures.summary(data),
        activity=figures.activity_by_week(data),
        concentration=figures.concentration(data),
        history_lengths=figures.history_lengths(data),
        time_gaps=figures.time_gaps(data),
        session_gap_s=figures.session_gap(data),
        categories=figures.category_shares(data),
        drift=figures.drift(data),
        insights=insights(data),
    )


def from_loaded(data: LoadedData) -> PreparedData:
    """Return what was kept in the library as data that can be checked, looked at or added to."""
    return PreparedData(
        name=data.name,
        interactions=data.interactions(),
        items=data.items(),
        users=data.users(),
        schemas=data.schemas,
        roles=data.roles,
        words=data.words,
        source=data.source,
        note=data.note,
        licence=data.licence,
        personas=data.personas,
        event_type=data.event_type,
    )


def added(old: PreparedData, new: PreparedData) -> PreparedData:
    """Return the old data with the new rows behind it; an item or user that is in both has the new values."""
    return PreparedData(
        name=old.name,
        interactions=pd.concat([old.interactions, new.interactions], ignore_index=True),
        items=_upserted(old.items, new.items, "ITEM_ID"),
        users=_upserted(old.users, new.users, "USER_ID"),
        schemas={**new.schemas, **old.schemas},
        roles=old.roles,
        words=old.words,
        source=old.source,
        note=old.note,
        licence=old.licence,
        personas=old.personas,
        event_type=old.event_type,
    )


def _upserted(old: pd.DataFrame | None, new: pd.DataFrame | None, key: str) -> pd.DataFrame | None:
    if old is None or new is None:
        return old if new is None else new
    return pd.concat([old, new], ignore_index=True).drop_duplicates(key, keep="last", ignore_index=True)
