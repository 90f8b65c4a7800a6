"""A list for a history that nobody has: one without some of its events, or one that a person made up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from services.engine.errors import InvalidInput
from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import UserModel
from services.engine.recipes.registry import find
from services.engine.recipes.top_items import top_items
from services.engine.runtime.answers import HistoryEvent, HistoryList
from services.engine.runtime.history import past_of


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
    """
    model = artifact.model
    if not isinstance(model, UserModel):
        raise InvalidInput(f"Recipe {artifact.recipe} answers for an item and looks at no history; use another one.")
    past = past_of(artifact, model, user_id, events, also_had)
    state = replace(model.advance(past.start, past.items, past.timestamps), seen=past.had)
    scores = model.item_scores([model.in_context(state, context or {})])
    best = top_items(scores, n)[0]
    best = best[best >= 0]
    has_scores = find(artifact.recipe).recipe_class.has_scores
    return HistoryList(
        item_ids=tuple(artifact.items.ids(best)),
        scores=tuple(np.exp(scores[0, best]).tolist()) if has_scores else None,
        ignored=past.ignored,
    )
