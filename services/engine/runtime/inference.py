"""From a user or an item to a list of items with scores: look up, score, take the best.

Scores are AWS's: the softmax over all items of the catalogue, so they sum to 1 over the catalogue and not over the
list; recipes that have none give none (developer guide, "How recommendation scoring works").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Floats, Ints, RelatedItemsModel, UserModel, UserState
from services.engine.recipes.exploration import Exploration, ExploringModel
from services.engine.recipes.histories import user_state
from services.engine.recipes.registry import find
from services.engine.recipes.top_items import top_items


@dataclass(frozen=True)
class Ranked:
    """A list of items, best first."""

    item_indices: Ints
    """int32 (n,)."""
    scores: Floats | None
    """float32 (n,), or None for recipes without scores."""


def recommend_for_user(
    artifact: Artifact,
    user_id: str,
    n: int,
    context: Mapping[str, str] | None = None,
    exploration: Exploration | None = None,
) -> Ranked:
    """Return at most n items for a user; a user who is not known gets what the model shows to a newcomer.

    context: the request's, text by column name; recipes without context columns do not look at it. exploration: the
    campaign's, with the seed of this answer; None explores nothing.
    """
    model = artifact.model
    if not isinstance(model, UserModel):
        raise TypeError(f"{artifact.recipe} does not answer for users")
    state = model.in_context(known_state(artifact, user_id), context or {})
    return _best(artifact, scores_of(model, [state], exploration), n)


def scores_of(model: UserModel, states: Sequence[UserState], exploration: Exploration | None, first: int = 0) -> Floats:
    """Return log-scores, float32 (len(states), n_items), explored if that is wanted.

    first: position of the first state in its batch; each state's draw depends on the seed and its own position alone.
    Raises TypeError for a model that cannot explore.
    """
    if exploration is None:
        return model.item_scores(states)
    if not isinstance(model, ExploringModel):
        raise TypeError(f"{type(model).__name__} does not explore")
    return model.explored_scores(states, exploration, first)


def recommend_for_item(artifact: Artifact, item_id: str, n: int) -> Ranked:
    """Return at most n items related to an item; an item that is not known gets popular ones."""
    model = artifact.model
    if not isinstance(model, RelatedItemsModel):
        raise TypeError(f"{artifact.recipe} does not answer for items")
    return _best(artifact, model.related_scores(artifact.items.index_of(item_id))[None], n)


def known_state(artifact: Artifact, user_id: str) -> UserState:
    """Return what the model knows of a user, live events included; the state of a newcomer for unknown ids."""
    model = artifact.model
    if not isinstance(model, UserModel):
        raise TypeError(f"{artifact.recipe} does not answer for users")
    user_index = artifact.users.index_of(user_id)
    if user_index is None:
        trained = model.initial_state()
    else:
        trained = user_state(artifact.histories, artifact.states, user_index)
    return trained if artifact.live is None else artifact.live.advanced(user_id, trained)


def _best(artifact: Artifact, scores: Floats, n: int) -> Ranked:
    """Return the best of one row of scores, (1, n_items)."""
    best = top_items(scores, n)[0]
    best = best[best >= 0]
    if not find(artifact.recipe).recipe_class.has_scores:
        return Ranked(best, None)
    return Ranked(best, np.exp(scores[0, best]))
