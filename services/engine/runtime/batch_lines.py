"""Related items and rankings for many lines at once, for batch jobs.

The answers are those of recommend_for_item and rank_for_user; runtime/batch.py has the lists for users. Memory holds
the scores of one block of lines, whatever the number of lines.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np

from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import RelatedItemsModel
from services.engine.recipes.registry import find
from services.engine.recipes.top_items import top_items
from services.engine.runtime.batch import AllowedAt, only_at
from services.engine.runtime.inference import Ranked
from services.engine.runtime.influence import Influence
from services.engine.runtime.known import known_state
from services.engine.runtime.ranking import RankedItem, rank_by_scores, unmasked_scores

Line = TypeVar("Line")

BLOCK_SCORES = 1_000_000
"""Scores in memory at a time: 4 MB, as in runtime/batch.py."""


def recommend_for_items(
    artifact: Artifact,
    item_ids: Sequence[str],
    n: int,
    allowed: AllowedAt = None,
    influence: Influence | None = None,
) -> Iterator[Ranked]:
    """Yield at most n related items for each item, in the order of item_ids; unknown items get popular ones.

    allowed: what a filter allows for the item at a position. influence: as in recommend_for_item.
    """
    model = artifact.model
    if not isinstance(model, RelatedItemsModel):
        raise TypeError(f"{artifact.recipe} does not answer for items")
    has_scores = find(artifact.recipe).recipe_class.has_scores
    done = 0
    for block in _blocks(artifact, item_ids):
        scores = np.stack([model.related_scores(artifact.items.index_of(item_id)) for item_id in block])
        scores = only_at(scores, allowed, done)
        done += len(block)
        order = scores if influence is None else influence.ordered(scores)
        for row, best in zip(scores, top_items(order, n), strict=True):
            best = best[best >= 0]
            yield Ranked(best, np.exp(row[best]) if has_scores else None)


def rank_for_users(artifact: Artifact, lists: Sequence[tuple[str, Sequence[str]]]) -> Iterator[list[RankedItem]]:
    """Yield the ranking of each (user_id, item_ids), equal to that of rank_for_user, in order."""
    for block in _blocks(artifact, lists):
        scores = unmasked_scores(artifact, [known_state(artifact, user_id) for user_id, _ in block])
        for row, (_, item_ids) in zip(scores, block, strict=True):
            yield rank_by_scores(artifact, row, item_ids)


def _blocks(artifact: Artifact, lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    size = max(1, BLOCK_SCORES // max(artifact.model.n_items, 1))
    for start in range(0, len(lines), size):
        yield lines[start : start + size]
