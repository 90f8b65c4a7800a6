"""Answers of the runtime beyond the API, as plain data: reasons, and lists for hypothetical histories."""

from dataclasses import dataclass
from typing import Literal

from services.engine.recipes.base import Floats, Ints, Longs


@dataclass(frozen=True)
class HistoryEvent:
    """One interaction of a history, real or hypothetical."""

    item_id: str
    timestamp: int
    """Epoch seconds."""


@dataclass(frozen=True)
class HypotheticalEvent(HistoryEvent):
    """An event with what PutEvents would send of it, for the question what would follow."""

    event_type: str
    event_value: float | None = None


@dataclass(frozen=True)
class HistoryList:
    """The recommendations for a history."""

    item_ids: tuple[str, ...]
    """Best first."""
    scores: tuple[float, ...] | None
    """As in GetRecommendations; None for recipes without scores."""
    ignored: tuple[str, ...]
    """Items of the history that the model does not know."""


@dataclass(frozen=True)
class Reasons:
    """The effect of each recent event of a user, or of each group of them, on each item of a list; ranks start at 1.

    A column of strengths and ranks_without is an event of events, or a group where groups were asked about.
    """

    kind: Literal["left out", "counts", "popularity"]
    """The method: leaving each event out once; counting the users of both items; counting the users of the item."""
    item_ids: tuple[str, ...]
    """The n requested items, in the order of the request."""
    events: tuple[HistoryEvent, ...]
    """The m events considered, oldest first; () for popularity."""
    ranks: Ints
    """int32 (n,): rank with the complete history; 0 for an item that is not shown to this user."""
    strengths: Floats
    """float32 (n, m): the log-score that the item loses without the event, negative where it gains; for counts the
    similarity of the two items, 0 if they are not neighbours."""
    ranks_without: Ints
    """int32 (n, m): rank without the event, 0 where the item is not shown; for counts the unchanged ranks."""
    n_people: Longs | None = None
    """int64 (n,): number of users of the item, for methods that count."""
    n_both: Longs | None = None
    """int64 (n, m): number of users of both the item and the event's item, for the method "counts"."""
