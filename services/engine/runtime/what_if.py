"""A list for a history that nobody has: one without some of its events, or one that a person made up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from services.engine.errors import InvalidInput
from services.engine.jobs.artifacts import Artifact
from services.engine.recipes.base import UserModel, UserState
from services.engine.recipes.registry import find
from services.engine.recipes.top_items import top_items
from services.engine.runtime.answers import HistoryEvent, HistoryList
from services.engine.runtime.inference import known_state


def list_for_history(
    artifact: Artifact,
    events: Sequence[HistoryEvent],
    n: int,
    *,
    user_id: str | None = None,
    also_had: Collection[str] = (),
    context: Mapping[str, str] | None = None,
) -> HistoryList:
    """Return at most n items for somebody with exactly these events, replayed from the first one.

    Events are taken in order of time, those of one moment as given; events of items that the model does not know are
    left out and named. user_id lends what the model knows of a person beside their events (columns of the Users data).
    also_had: items that count as had although no event says so, so that a model which hides those hides them.
    """
    model = artifact.model
    if not isinstance(model, UserModel):
        raise InvalidInput(f"Recipe {artifact.recipe} answers for an item and looks at no history; use another one.")
    ordered = sorted(events, key=lambda event: event.timestamp)
    items = artifact.items.indices_of([event.item_id for event in ordered])
    timestamps = np.array([event.timestamp for event in ordered], np.int64)
    known = items >= 0
    start = first_state(artifact, model, user_id)
    state = model.in_context(model.advance(start, items[known], timestamps[known]), context or {})
    had = artifact.items.indices_of(list(also_had))
    state = replace(state, seen=np.union1d(state.seen, had[had >= 0]).astype(np.int32))
    scores = model.item_scores([state])
    best = top_items(scores, n)[0]
    best = best[best >= 0]
    has_scores = find(artifact.recipe).recipe_class.has_scores
    unknown = dict.fromkeys(event.item_id for event, found in zip(ordered, known, strict=True) if not found)
    return HistoryList(
        item_ids=tuple(artifact.items.ids(best)),
        scores=tuple(np.exp(scores[0, best]).tolist()) if has_scores else None,
        ignored=tuple(unknown),
    )


def first_state(artifact: Artifact, model: UserModel, user_id: str | None) -> UserState:
    """Return the state before any event, of a certain person or of nobody in particular."""
    if user_id is None:
        return model.initial_state()
    return model.without_events(known_state(artifact, user_id))
