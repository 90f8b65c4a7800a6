"""From a user and a list of items to the same items in the order in which the user would want them.

Documented (developer guide, "Getting a personalized ranking"; scores: "How recommendation scoring works"): items that
the model knows come first, their scores are the softmax over them and sum to 1; items that it does not know follow in
the order of the input, without a score. What AWS leaves open: an item that is given twice is ranked once; a user who is
not known gets the order of popularity; items that the user already has are ranked like all others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Floats, UserModel, UserState
from services.engine.runtime.inference import known_state


@dataclass(frozen=True)
class RankedItem:
    """One item of a ranked list."""

    item_id: str
    score: float | None
    """Share of the user's interest within the list, or None for an item that the model does not know."""


def rank_for_user(artifact: Artifact, user_id: str, item_ids: Sequence[str]) -> list[RankedItem]:
    """Return the items of a list, each once, best first for a user; items that score alike keep their order."""
    return rank_for_state(artifact, known_state(artifact, user_id), item_ids)


def rank_for_state(artifact: Artifact, state: UserState, item_ids: Sequence[str]) -> list[RankedItem]:
    """Return the items of a list, each once, best first for whoever is in this state."""
    return rank_by_scores(artifact, unmasked_scores(artifact, [state])[0], item_ids)


def unmasked_scores(artifact: Artifact, states: Sequence[UserState]) -> Floats:
    """Return log-scores of the whole catalogue, float32 (len(states), n_items), with nothing hidden.

    A model may hide what its user already has; a list to rank may hold it all the same.
    """
    model = artifact.model
    if not isinstance(model, UserModel):
        raise TypeError(f"{artifact.recipe} does not answer for users")
    return model.item_scores([replace(state, seen=np.empty(0, np.int32)) for state in states])


def rank_by_scores(artifact: Artifact, scores: Floats, item_ids: Sequence[str]) -> list[RankedItem]:
    """Return the items of a list, each once, by log-scores of the whole catalogue, float32 (n_items,)."""
    given = list(dict.fromkeys(item_ids))
    indices = artifact.items.indices_of(given)
    values: Floats = np.where(indices >= 0, scores[np.maximum(indices, 0)], np.float32(-np.inf))
    known = np.flatnonzero(np.isfinite(values))
    order = known[np.argsort(-values[known], kind="stable")]
    shares = _softmax(values[order])
    ranked = [RankedItem(given[i], share) for i, share in zip(order.tolist(), shares.tolist(), strict=True)]
    return ranked + [RankedItem(given[i], None) for i in np.flatnonzero(~np.isfinite(values)).tolist()]


def _softmax(values: Floats) -> Floats:
    """Return the softmax of finite values, best first; empty for none."""
    if not len(values):
        return values
    powers = np.exp((values - values[0]).astype(np.float64))
    shares: Floats = powers / powers.sum()
    return shares
