"""A person's past as a model takes it, read in one place: the events of its training, or events that are made up."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Ints, Longs, UserModel, UserState
from services.engine.runtime.answers import HistoryEvent
from services.engine.runtime.inference import known_state


@dataclass(frozen=True)
class Past:
    """Events, oldest first, and the state that they start from."""

    items: Ints
    """int32 (n,): item_index."""
    timestamps: Longs
    """int64 (n,): epoch seconds."""
    start: UserState
    """Before any event: what is known of the person beside their events."""
    also_had: Ints
    """int32: items that count as had although no event says so; a model that hides what a person had hides them."""
    ignored: tuple[str, ...] = ()
    """Items of made-up events that the model does not know."""

    @property
    def had(self) -> Ints:
        """Everything that counts as had, int32, ascending."""
        return np.union1d(self.items, self.also_had).astype(np.int32)


def past_of(
    artifact: Artifact,
    model: UserModel,
    user_id: str | None,
    events: Sequence[HistoryEvent] | None = None,
    also_had: Collection[str] = (),
) -> Past:
    """Return a person's past; events, in any order, stand in for the known ones, user_id None for a stranger."""
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
    had = artifact.items.indices_of(list(also_had))
    return Past(items, timestamps, start, had[had >= 0], ignored)


def known_history(artifact: Artifact, user_id: str) -> tuple[Ints, Longs]:
    """Return item_index and timestamp of every event of a user, live ones last; empty for unknown users."""
    user_index = artifact.users.index_of(user_id)
    items, timestamps = np.empty(0, np.int32), np.empty(0, np.int64)
    if user_index is not None:
        items, timestamps = artifact.histories.of(user_index)
    if artifact.live is None:
        return items, timestamps
    later_items, later_timestamps = artifact.live.events_of(user_id)
    return np.concatenate([items, later_items]), np.concatenate([timestamps, later_timestamps])


def known_events(artifact: Artifact, user_id: str) -> tuple[HistoryEvent, ...]:
    """Return the same with external ids."""
    return as_events(artifact, *known_history(artifact, user_id))


def as_events(artifact: Artifact, items: Ints, timestamps: Longs) -> tuple[HistoryEvent, ...]:
    """Return events with external ids from item_index and timestamp."""
    return tuple(map(HistoryEvent, artifact.items.ids(items), timestamps.tolist()))
