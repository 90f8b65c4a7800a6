"""Negatives for the sampled softmax, drawn by smoothed popularity, each at most once, with their probabilities.

The correction of the loss must be the probability that an item is included (TensorFlow's notes on candidate sampling;
Jean et al. 2015), not the expected number of draws, which would make the scores of popular items too low. With enough
draws to include every item this equals the full softmax, which a test checks.
"""

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Longs

_POWER = 0.75
"""Exponent of the popularity (word2vec, Mikolov et al. 2013); counts start at one, so every item can be drawn."""


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
