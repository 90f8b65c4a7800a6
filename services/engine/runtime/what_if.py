"""Lists for hypothetical histories: without some events, entered by hand, or of a new user who gets events."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from services.engine.errors import InvalidInput
from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Bools, Ints, UserModel, UserState
from services.engine.recipes.registry import find
from services.engine.recipes.top_items import top_items
from services.engine.runtime.answers import HistoryEvent, HistoryList, HypotheticalEvent
from services.engine.runtime.history import history_of
from services.engine.store.live import LiveEvent


def list_for_history(
    artifact: Artifact,
    events: Sequence[HistoryEvent],
    n: int,
    *,
    user_id: str | None = None,
    also_had: Collection[str] = (),
    context: Mapping[str, str] | None = None,
    allowed: Bools | None = None,
) -> HistoryList:
    """Return at most n items for a user with exactly these events, replayed from the first one.

    Events are sorted by time, stable for equal times; events of unknown items are ignored and returned. user_id selects
    the columns of the Users dataset. Items of this history that are not allowed, bool (n_items,), are left out; any
    other item may be listed, since without its events nothing hides it.
    """
    model = artifact.model
    if not isinstance(model, UserModel):
        raise InvalidInput(f"Recipe {artifact.recipe} answers for an item and looks at no history; use another one.")
    history = history_of(artifact, model, user_id, events, also_had)
    state = replace(model.advance(history.start, history.items, history.timestamps), seen=history.seen)
    hidden = None if allowed is None else history.seen[~allowed[history.seen]]
    return _best(artifact, model, model.in_context(state, context or {}), n, history.ignored, hidden)


def list_after_events(
    artifact: Artifact, events: Sequence[HypotheticalEvent], n: int, hides: str | None = None
) -> HistoryList:
    """Return at most n items for a new user after these events, in their order: the list that PutEvents leads to.

    Nothing is stored. The solution's event filters apply. A model that explores does not explore here. hides: items of
    events of this type, in any case, are left out.
    """
    model = artifact.model
    if not isinstance(model, UserModel):
        raise InvalidInput(f"Recipe {artifact.recipe} answers for an item and looks at no history; use another one.")
    state = model.initial_state()
    if artifact.live is not None:
        live = [LiveEvent(0, e.item_id, e.timestamp, e.event_type, e.event_value) for e in events]
        state = artifact.live.after(state, live)
    items = artifact.items.indices_of([event.item_id for event in events])
    ignored = tuple(dict.fromkeys(e.item_id for e, index in zip(events, items, strict=True) if index < 0))
    hidden = [hides is not None and event.event_type.lower() == hides.lower() for event in events]
    return _best(artifact, model, model.in_context(state, {}), n, ignored, items[np.array(hidden, bool) & (items >= 0)])


def _best(
    artifact: Artifact,
    model: UserModel,
    state: UserState,
    n: int,
    ignored: tuple[str, ...],
    hidden: Ints | None = None,
) -> HistoryList:
    scores = model.item_scores([state])
    if hidden is not None and len(hidden):
        scores = scores.copy()
        scores[:, hidden] = -np.inf
    best = top_items(scores, n)[0]
    best = best[best >= 0]
    has_scores = find(artifact.recipe).recipe_class.has_scores
    return HistoryList(
        item_ids=tuple(artifact.items.ids(best)),
        scores=tuple(np.exp(scores[0, best]).tolist()) if has_scores else None,
        ignored=ignored,
    )
