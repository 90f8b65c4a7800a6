"""Lists for many users at once, for batch jobs.

The answers are those of recommend_for_user; one matrix product scores a block of users.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Bools, Floats, UserModel
from services.engine.recipes.exploration import Exploration
from services.engine.recipes.registry import find
from services.engine.recipes.top_items import top_items
from services.engine.runtime.inference import Ranked, only, scores_of
from services.engine.runtime.known import known_state

BLOCK_SCORES = 1_000_000
"""Scores in memory at a time: 4 MB, which fits into the processor's cache and is faster than more."""


AllowedAt = Callable[[int], Bools] | None
"""The items that a filter allows for the line at a position, bool (n_items,); None without a filter."""


def only_at(scores: Floats, allowed: AllowedAt, start: int) -> Floats:
    """Return scores, (b, n_items), of the lines from start on, with -inf for items that are not allowed."""
    if allowed is None or not len(scores):
        return scores
    return only(scores, np.stack([allowed(start + row) for row in range(len(scores))]))


def recommend_for_users(
    artifact: Artifact,
    user_ids: Sequence[str],
    n: int,
    exploration: Exploration | None = None,
    allowed: AllowedAt = None,
) -> Iterator[Ranked]:
    """Yield at most n items for each user, in the order of user_ids; unknown users get the list of a new user.

    exploration: an itemExplorationConfig with a seed, for recipes that explore; None: no exploration. allowed: what a
    filter allows for the user at a position.
    """
    model = artifact.model
    if not isinstance(model, UserModel):
        raise TypeError(f"{artifact.recipe} does not answer for users")
    has_scores = find(artifact.recipe).recipe_class.has_scores
    block = max(1, BLOCK_SCORES // max(model.n_items, 1))
    for start in range(0, len(user_ids), block):
        states = [known_state(artifact, user_id) for user_id in user_ids[start : start + block]]
        scores = only_at(scores_of(model, states, exploration, start), allowed, start)
        for row, best in zip(scores, top_items(scores, n), strict=True):
            best = best[best >= 0]
            yield Ranked(best, np.exp(row[best]) if has_scores else None)
