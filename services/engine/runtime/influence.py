"""rankingInfluence: how much popularity and freshness count in the order of related items, besides relatedness.

AWS offers it for aws-semantic-similarity and does not publish how (API reference, CampaignConfig). Here an item's place
among the listed ones by relatedness, by popularity and by freshness, each from 0 to 1, are added: (1 - the greater of
both influences) x relatedness + POPULARITY x popularity + FRESHNESS x freshness.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.engine.errors import InvalidInput
from services.engine.recipes.base import Floats

Doubles = NDArray[np.float64]

POPULARITY, FRESHNESS = "POPULARITY", "FRESHNESS"


@dataclass(frozen=True)
class Influence:
    """What is added to relatedness."""

    weight: float
    """0 to 1: 0 leaves the order as it is, 1 leaves relatedness out."""
    bonus: Floats
    """float32 (n_items,)."""

    def ordered(self, scores: Floats) -> Floats:
        """Return values in the new order for the items with a score, float32 (..., n_items); -inf for the others."""
        values = np.full(scores.shape, -np.inf, np.float32)
        for row, out in zip(np.atleast_2d(scores), np.atleast_2d(values), strict=True):
            listed = np.flatnonzero(np.isfinite(row))
            out[listed] = (1 - self.weight) * places(row[listed]) + self.bonus[listed]
        return values


def parse_influence(config: Mapping[str, float] | None) -> dict[str, float]:
    """Return the influences above 0. Raises InvalidInput for a value outside 0 to 1."""
    for name, value in (config or {}).items():
        if name not in (POPULARITY, FRESHNESS) or not 0 <= value <= 1:
            raise InvalidInput(f"rankingInfluence {name} is {value}; give {POPULARITY} and {FRESHNESS} from 0 to 1.")
    return {name: float(value) for name, value in (config or {}).items() if value > 0}


def influence_of(given: Mapping[str, float], popularity: Doubles, creation: Doubles | None) -> Influence:
    """Return the influence of a configuration; popularity and creation (epoch seconds, NaN if unknown): (n_items,)."""
    bonus = given.get(POPULARITY, 0.0) * places(popularity)
    if creation is not None:
        known = np.nan_to_num(creation, nan=float(np.nanmin(creation)) if np.isfinite(creation).any() else 0.0)
        bonus = bonus + given.get(FRESHNESS, 0.0) * places(known)
    return Influence(max(given.values(), default=0.0), bonus.astype(np.float32))


def places(values: Doubles | Floats) -> Floats:
    """Return the place of each value among all, 0 for the least to 1 for the greatest; equal values share one."""
    if not len(values):
        return np.empty(0, np.float32)
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    below = np.cumsum(counts) - counts
    return (below[inverse] / max(len(values) - 1, 1)).astype(np.float32)
