"""What the runtime tells beyond the API, as plain data: reasons, and lists for histories that nobody has."""

from dataclasses import dataclass
from typing import Literal

from services.engine.recipes.base import Floats, Ints, Longs


@dataclass(frozen=True)
class HistoryEvent:
    """One interaction of a history, real or made up."""

    item_id: str
    timestamp: int
    """Epoch seconds."""


@dataclass(frozen=True)
class HistoryList:
    """What a history is recommended."""

    item_ids: tuple[str, ...]
    """Best first."""
    scores: tuple[float, ...] | None
    """As GetRecommendations gives them; None for recipes without scores."""
    ignored: tuple[str, ...]
    """Items of the history that the model does not know."""


@dataclass(frozen=True)
class Reasons:
    """What each recent event of a person does for each item of a list; ranks count from 1."""

    kind: Literal["left out", "counts", "popularity"]
    """How it was found: every event left out once; people who had both; people who had the item."""
    item_ids: tuple[str, ...]
    """The n items asked for, in the order asked."""
    events: tuple[HistoryEvent, ...]
    """The m events looked at, oldest first; () for popularity, which looks at none."""
    ranks: Ints
    """int32 (n,): rank with the whole history; 0 for an item that cannot be shown to this person."""
    strengths: Floats
    """float32 (n, m): the log-score that the item loses without the event, negative where the event speaks against it;
    for counts the similarity of the two items, 0 for strangers."""
    ranks_without: Ints
    """int32 (n, m): rank without the event, 0 where the item cannot be shown; for counts the ranks as they are."""
    n_people: Longs | None = None
    """int64 (n,): how many people had the item, where that is counted."""
    n_both: Longs | None = None
    """int64 (n, m): how many people had the item and the event's item, where that is counted."""
