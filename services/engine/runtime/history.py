"""A user's history as input of a model: the known events, or hypothetical ones."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Ints, Longs, UserModel, UserState
from services.engine.runtime.answers import HistoryEvent
from services.engine.runtime.known import known_history, known_state


@dataclass(frozen=True)
class History:
    """Events, oldest first, and the state before them."""

    items: Ints
    """int32 (n,): item_index."""
    timestamps: Longs
    """int64 (n,): epoch seconds."""
    start: UserState
    """State before the first event, with the user's columns."""
    also_had: Ints
    """int32: items that count as seen without an event; a model that hides seen items hides them too."""
    ignored: tuple[str, ...] = ()
    """Items of hypothetical events that the model does not know."""

    @property
    def seen(self) -> Ints:
        """All items that count as seen, int32, ascending."""
        return np.union1d(self.items, self.also_had).astype(np.int32)


def history_of(
    artifact: Artifact,
    model: UserModel,
    user_id: str | None,
    events: Sequence[HistoryEvent] | None = None,
    also_had: Collection[str] = (),
) -> History:
    """Return a user's history; events, in any order, replace the known ones. user_id None is a new user."""
    ignored: tuple[str, ...] = ()
    if events is None:
        items, timestamps = known_history(artifact, user_id or "")
    else:
        ordered = sorted(events, key=lambda event: event.timestamp)
        items = artifact.items.indices_of([event.item_id for event in ordered])
        timestamps = np.array([event.timestamp for event in ordered], np.int64)
        known = items >= 0
        ignored = tuple(dict.fromkeys(event.item_id for event, ok in zip(ordered, known, strict=True) if not ok))
        items, timestamps = items[known], timestamps[known]
    start = model.initial_state() if user_id is None else model.without_events(known_state(artifact, user_id))
    seen = artifact.items.indices_of(list(also_had))
    return History(items, timestamps, start, seen[seen >= 0], ignored)


def known_events(artifact: Artifact, user_id: str) -> tuple[HistoryEvent, ...]:
    """Return a user's known history with external IDs."""
    return as_events(artifact, *known_history(artifact, user_id))


def as_events(artifact: Artifact, items: Ints, timestamps: Longs) -> tuple[HistoryEvent, ...]:
    """Return events with external IDs from item_index and timestamp."""
    return tuple(map(HistoryEvent, artifact.items.ids(items), timestamps.tolist()))
