"""Lists for many users at once, for batch jobs.

The answers are those of recommend_for_user; one matrix product scores a block of users.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import UserModel
from services.engine.recipes.exploration import Exploration
from services.engine.recipes.registry import find
from services.engine.recipes.top_items import top_items
from services.engine.runtime.inference import Ranked, known_state, scores_of

BLOCK_SCORES = 1_000_000
"""Scores in memory at a time: 4 MB, which fits into the processor's cache and is faster than more."""


def recommend_for_users(
    artifact: Artifact, user_ids: Sequence[str], n: int, exploration: Exploration | None = None
) -> Iterator[Ranked]:
    """Yield at most n items for each user, in the order of user_ids; unknown users get the list of a new user.

    exploration: an itemExplorationConfig with a seed, for recipes that explore; None: no exploration.
    """
    model = artifact.model
    if not isinstance(model, UserModel):
        raise TypeError(f"{artifact.recipe} does not answer for users")
    has_scores = find(artifact.recipe).recipe_class.has_scores
    block = max(1, BLOCK_SCORES // max(model.n_items, 1))
    for start in range(0, len(user_ids), block):
        states = [known_state(artifact, user_id) for user_id in user_ids[start : start + block]]
        scores = scores_of(model, states, exploration, start)
        for row, best in zip(scores, top_items(scores, n), strict=True):
            best = best[best >= 0]
            yield Ranked(best, np.exp(row[best]) if has_scores else None)
