"""The metrics of aws-semantic-similarity: what its lists are like, which needs no interactions.

Amazon Personalize developer guide, "Evaluating a solution version with metrics": item popularity, item freshness and
item similarity of the lists, each from 0 to 1; neither keys nor formulae are documented. Here they are means over the
lists of 25 of a sample of items: the place of a listed item among all by its users and by CREATION_TIMESTAMP, 0 for the
least to 1 for the greatest, and the cosine of its text with that of the item asked for, at least 0.
"""

import numpy as np
from numpy.typing import NDArray

from services.engine.jobs.evaluation.metrics import LIST_LENGTH
from services.engine.recipes.base import Longs
from services.engine.recipes.related.semantic import SemanticModel
from services.engine.recipes.top_items import top_items
from services.engine.runtime.influence import places

SAMPLE = 500
"""Items whose lists are measured."""


def text_metrics(model: SemanticModel, unique_users: Longs, creation: Longs | None) -> dict[str, float]:
    """Return the three metrics, rounded to four decimals; 0 without items that have a text."""
    described, _ = model.item_vectors()
    asked = np.random.default_rng(0).permutation(described)[:SAMPLE]
    popular = places(unique_users.astype(np.float64))
    fresh = np.zeros(model.n_items) if creation is None else places(creation.astype(np.float64))
    names = ("item_popularity", "item_freshness", "item_similarity")
    lists: list[NDArray[np.float64]] = []
    for item in asked.tolist():
        scores = model.related_scores(item)
        listed = top_items(scores[None], LIST_LENGTH)[0]
        listed = listed[(listed >= 0) & np.isin(listed, described)]
        if len(listed):
            cosines = np.clip(scores[listed] - 1, 0, 1)
            lists.append(np.array([popular[listed].mean(), fresh[listed].mean(), cosines.mean()]))
    means = np.mean(lists, axis=0) if lists else np.zeros(len(names))
    return {name: round(float(value), 4) for name, value in zip(names, means, strict=True)}
