"""What is known of a user: the state and the history, live events included, and the life before the newest session."""

from dataclasses import replace

import numpy as np

from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Ints, Longs, UserModel, UserState
from services.engine.recipes.histories import user_state
from services.engine.recipes.tonight import session_start


def known_state(artifact: Artifact, user_id: str) -> UserState:
    """Return a user's state, live events included; the state of a new user for unknown IDs."""
    model = artifact.model
    if not isinstance(model, UserModel):
        raise TypeError(f"{artifact.recipe} does not answer for users")
    user_index = artifact.users.index_of(user_id)
    if user_index is None:
        trained = model.initial_state()
    else:
        trained = user_state(artifact.histories, artifact.states, user_index)
    return trained if artifact.live is None else artifact.live.advanced(user_id, trained)


def known_history(artifact: Artifact, user_id: str) -> tuple[Ints, Longs]:
    """Return item_index and timestamp of every event of a user, live events last; empty for unknown users."""
    user_index = artifact.users.index_of(user_id)
    items, timestamps = np.empty(0, np.int32), np.empty(0, np.int64)
    if user_index is not None:
        items, timestamps = artifact.histories.of(user_index)
    if artifact.live is None:
        return items, timestamps
    later_items, later_timestamps = artifact.live.events_of(user_id)
    return np.concatenate([items, later_items]), np.concatenate([timestamps, later_timestamps])


def life_state(artifact: Artifact, user_id: str, state: UserState) -> UserState | None:
    """Return the state before the newest session of a user in this state; None without an earlier session.

    What was seen in the newest session stays seen. The earlier events are replayed: some tens of microseconds each.
    """
    model = artifact.model
    items, timestamps = known_history(artifact, user_id)
    start = session_start(timestamps)
    if start == 0 or not isinstance(model, UserModel):
        return None
    before = model.advance(model.without_events(state), items[:start], timestamps[:start])
    return replace(before, seen=state.seen)
