"""Variety: settings of this engine only that trade hits for less popular items and for lists of more kinds.

Both stand in a campaign's itemExplorationConfig, beside AWS's exploration, and are 0 by default: the list is the
recipe's own.

- popularityDiscount lowers each item's log-score by this many times the log of its share of the users' items, so that 1
  ranks by how much more the user wants an item than everybody does;
- diversity picks the list item by item: an item loses this many times its similarity to the most similar one picked
  before (Carbonell and Goldstein, "The Use of MMR, Diversity-Based Reranking", SIGIR 1998). Scores are put on a scale
  where the spread of the candidates is 1; similarity is the cosine of the model's item vectors, above 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.engine.recipes.base import Floats, HyperParameter, Ints, Longs, Model
from services.engine.recipes.hyperparameters import parse
from services.engine.recipes.top_items import top_items

POPULARITY_DISCOUNT = HyperParameter(
    "popularityDiscount", "float", 0.0, 0.0, 1.0, engine_only=True, description="0 lists what fits, 1 what only fits."
)
DIVERSITY = HyperParameter(
    "diversity", "float", 0.0, 0.0, 1.0, engine_only=True, description="0 lists what fits, 1 no two items alike."
)
CANDIDATES_PER_PLACE = 4
"""Only the best of these many items a place can be picked for a diverse list."""
_PENALTY = 4.0
"""At diversity 1 a copy of a picked item falls by four standard deviations of the candidates' scores."""
SETTINGS = {parameter.name: parameter for parameter in (POPULARITY_DISCOUNT, DIVERSITY)}


@dataclass(frozen=True)
class Variety:
    """How one answer is varied."""

    popularity_discount: float = 0.0
    diversity: float = 0.0

    def __bool__(self) -> bool:
        return self.popularity_discount > 0 or self.diversity > 0


def parse_variety(config: Mapping[str, str] | None) -> Variety:
    """Return the variety of a campaign's itemExplorationConfig; other names are not looked at. Raises InvalidInput."""
    config = config or {}
    given = {name: parse(parameter, config[name]) for name, parameter in SETTINGS.items() if name in config}
    return Variety(given.get(POPULARITY_DISCOUNT.name, 0.0), given.get(DIVERSITY.name, 0.0))


def discounted(scores: Floats, users_of: Longs, discount: float) -> Floats:
    """Return scores (m, n_items) with the log share of each item's users, int64 (n_items,), taken off."""
    if discount == 0:
        return scores
    counts = users_of + 1.0  # an item without users is not infinitely rare
    share = np.log(counts / counts.sum()).astype(np.float32)
    lowered: Floats = scores - np.float32(discount) * share
    return lowered


def varied(model: Model, scores: Floats, users_of: Longs, n: int, variety: Variety) -> Ints:
    """Return the at most n best items of one row of scores, float32 (n_items,), int32 best first."""
    lowered = discounted(scores, users_of, variety.popularity_discount)
    if variety.diversity == 0:
        best: Ints = top_items(lowered[None], n)[0]
        listed: Ints = best[best >= 0]
        return listed
    candidates = top_items(lowered[None], CANDIDATES_PER_PLACE * n)[0]
    candidates = candidates[candidates >= 0]
    return spread_out(candidates, lowered[candidates], item_vectors(model, candidates), n, variety.diversity)


def item_vectors(model: Model, items: Ints) -> Floats:
    """Return the unit vectors (n, d) of these items; items that the model has no vector for are like no other."""
    known = model.item_vectors()
    if known is None or len(known[0]) == 0:
        return np.zeros((len(items), 1), np.float32)
    learned, of_learned = known
    order = np.argsort(learned)
    rows = order[np.minimum(np.searchsorted(learned, items, sorter=order), len(learned) - 1)]
    vectors: Floats = of_learned[rows].astype(np.float32)
    vectors[learned[rows] != items] = 0
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-12))
    return vectors


def spread_out(candidates: Ints, scores: Floats, vectors: Floats, n: int, diversity: float) -> Ints:
    """Return at most n of the candidates, int32 best first, picked one by one.

    scores, (m,), and unit vectors, (m, d), are those of the candidates, best first.
    """
    scale = max(float(scores.std()), 1e-6) if len(scores) else 1.0
    worth = scores / np.float32(scale)
    nearest = np.zeros(len(candidates), np.float32)
    left = np.ones(len(candidates), bool)
    picked: list[int] = []
    for _ in range(min(n, len(candidates))):
        best = int(np.where(left, worth - np.float32(_PENALTY * diversity) * nearest, -np.inf).argmax())
        picked.append(best)
        left[best] = False
        np.maximum(nearest, vectors @ vectors[best], out=nearest)
    chosen: Ints = candidates[picked]
    return chosen
