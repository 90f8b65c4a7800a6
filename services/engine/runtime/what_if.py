"""Lists for hypothetical histories: without some events, or entered by hand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from services.engine.errors import InvalidInput
from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import UserModel
from services.engine.recipes.registry import find
from services.engine.recipes.top_items import top_items
from services.engine.runtime.answers import HistoryEvent, HistoryList
from services.engine.runtime.history import history_of


def list_for_history(
    artifact: Artifact,
    events: Sequence[HistoryEvent],
    n: int,
    *,
    user_id: str | None = None,
    also_had: Collection[str] = (),
    context: Mapping[str, str] | None = None,
) -> HistoryList:
    """Return at most n items for a user with exactly these events, replayed from the first one.

    Events are sorted by time, stable for equal times; events of unknown items are ignored and returned. user_id selects
    the columns of the Users dataset.
    """
    model = artifact.model
    if not isinstance(model, UserModel):
        raise InvalidInput(f"Recipe {artifact.recipe} answers for an item and looks at no history; use another one.")
    history = history_of(artifact, model, user_id, events, also_had)
    state = replace(model.advance(history.start, history.items, history.timestamps), seen=history.seen)
    scores = model.item_scores([model.in_context(state, context or {})])
    best = top_items(scores, n)[0]
    best = best[best >= 0]
    has_scores = find(artifact.recipe).recipe_class.has_scores
    return HistoryList(
        item_ids=tuple(artifact.items.ids(best)),
        scores=tuple(np.exp(scores[0, best]).tolist()) if has_scores else None,
        ignored=history.ignored,
    )
