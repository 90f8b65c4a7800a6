"""What a model knows of a person's past, read in one place: the events of its training."""

import numpy as np

from services.engine.jobs.artifacts import Artifact
from services.engine.recipes.base import Ints, Longs
from services.engine.runtime.answers import HistoryEvent


def known_history(artifact: Artifact, user_id: str) -> tuple[Ints, Longs]:
    """Return item_index and timestamp of every event of a user, oldest first; empty for unknown users."""
    user_index = artifact.users.index_of(user_id)
    if user_index is None:
        return np.empty(0, np.int32), np.empty(0, np.int64)
    return artifact.histories.of(user_index)


def known_events(artifact: Artifact, user_id: str) -> tuple[HistoryEvent, ...]:
    """Return the same with external ids."""
    items, timestamps = known_history(artifact, user_id)
    return as_events(artifact, items, timestamps)


def as_events(artifact: Artifact, items: Ints, timestamps: Longs) -> tuple[HistoryEvent, ...]:
    """Return events with external ids from item_index and timestamp."""
    return tuple(map(HistoryEvent, artifact.items.ids(items), timestamps.tolist()))
