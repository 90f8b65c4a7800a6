"""Negatives for the sampled softmax, drawn by smoothed popularity, each at most once, and the items that a batch needs.

The correction of the loss must be the probability that an item is included (TensorFlow's notes on candidate sampling;
Jean et al. 2015), not the expected number of draws, which would make the scores of popular items too low. With enough
draws to include every item this equals the full softmax, which a test checks.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Longs

_POWER = 0.75
"""Exponent of the popularity (word2vec, Mikolov et al. 2013); counts start at one, so every item can be drawn."""

NONE = -1
"""Stands for no item."""


class NegativeSampler:
    """Draws the negatives of each batch."""

    def __init__(self, counts: NDArray[np.int64], n_draws: int, rng: np.random.Generator) -> None:
        """counts, (n_items,): number of times that each item is a target."""
        probabilities = (counts + 1.0) ** _POWER
        probabilities /= probabilities.sum()
        self._cumulative = np.cumsum(probabilities)
        self._n_draws, self._rng = n_draws, rng
        self.log_inclusion: Floats = np.log(-np.expm1(n_draws * np.log1p(-probabilities))).astype(np.float32)
        """float32 (n_items,): log of the probability that an item is drawn."""

    def draw(self) -> Longs:
        """Return the items drawn, int64 (at most n_draws,), ascending and distinct."""
        places = np.searchsorted(self._cumulative, self._rng.random(self._n_draws))
        drawn: Longs = np.unique(places.clip(max=len(self._cumulative) - 1))
        return drawn


@dataclass(frozen=True)
class Part:
    """The part of a large catalogue that one batch needs: its rows, and where each of them is among these."""

    rows: Longs
    """int64 (n,): rows among the trained items, ascending and distinct."""

    @classmethod
    def of(cls, *rows: Longs) -> Self:
        """Return the part with these rows, which may repeat and may be NONE."""
        distinct = np.unique(np.concatenate([array.ravel() for array in rows])).astype(np.int64)
        return cls(distinct[distinct != NONE])

    def places(self, rows: Longs) -> Longs:
        """Return where these rows are in the part, int64, NONE for NONE; each of them must be in it."""
        places: Longs = np.where(rows == NONE, NONE, np.searchsorted(self.rows, rows))
        return places
