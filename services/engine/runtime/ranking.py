"""Personalized rankings: a list of items in the order of a user's interest.

Documented (Amazon Personalize developer guide, "Getting a personalized ranking"; scores: "How recommendation scoring
works"): known items come first, and their scores are the softmax over them and sum to 1; unknown items follow in the
order of the input, without scores. Our choices where AWS's documentation is silent: an item that occurs twice is ranked
once; an unknown user gets the order of popularity; items that the user already has are ranked like all others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Floats, UserModel, UserState
from services.engine.runtime.known import known_state


@dataclass(frozen=True)
class RankedItem:
    """One item of a ranked list."""

    item_id: str
    score: float | None
    """Share of the user's interest within the list; None for an unknown item."""


def rank_for_user(artifact: Artifact, user_id: str, item_ids: Sequence[str]) -> list[RankedItem]:
    """Return the distinct items of a list, best first for a user; items with equal scores keep their order."""
    return rank_for_state(artifact, known_state(artifact, user_id), item_ids)


def rank_for_state(artifact: Artifact, state: UserState, item_ids: Sequence[str]) -> list[RankedItem]:
    """Return the distinct items of a list, best first for a user state."""
    return rank_by_scores(artifact, unmasked_scores(artifact, [state])[0], item_ids)


def unmasked_scores(artifact: Artifact, states: Sequence[UserState]) -> Floats:
    """Return log-scores of the whole catalogue, float32 (len(states), n_items), without hidden items.

    A model may hide items that its user already has, but a list to rank may contain them.
    """
    model = artifact.model
    if not isinstance(model, UserModel):
        raise TypeError(f"{artifact.recipe} does not answer for users")
    return model.item_scores([replace(state, seen=np.empty(0, np.int32)) for state in states])


def rank_by_scores(artifact: Artifact, scores: Floats, item_ids: Sequence[str]) -> list[RankedItem]:
    """Return the distinct items of a list by log-scores of the whole catalogue, float32 (n_items,)."""
    distinct = list(dict.fromkeys(item_ids))
    indices = artifact.items.indices_of(distinct)
    values: Floats = np.where(indices >= 0, scores[np.maximum(indices, 0)], np.float32(-np.inf))
    known = np.flatnonzero(np.isfinite(values))
    order = known[np.argsort(-values[known], kind="stable")]
    shares = _softmax(values[order])
    ranked = [RankedItem(distinct[i], share) for i, share in zip(order.tolist(), shares.tolist(), strict=True)]
    return ranked + [RankedItem(distinct[i], None) for i in np.flatnonzero(~np.isfinite(values)).tolist()]


def _softmax(values: Floats) -> Floats:
    """Return the softmax of finite values, best first; empty for none."""
    if not len(values):
        return values
    powers = np.exp((values - values[0]).astype(np.float64))
    shares: Floats = powers / powers.sum()
    return shares
