"""Negatives for the sampled softmax: drawn by smoothed popularity, each at most once, with their chance to be drawn.

The correction of the loss must be the probability that an item takes part at all (TensorFlow's notes on candidate
sampling; Jean et al. 2015), not the expected number of draws: with that, popular items, drawn several times over, would
be learned too low. With as many draws as it takes to see everything this becomes the full softmax; a test says so.
"""

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Longs

_POWER = 0.75
"""Of popularity (word2vec, Mikolov et al. 2013); counts start at one, so that every item can be drawn."""


class NegativeSampler:
    """Draws items for one batch after the other."""

    def __init__(self, counts: NDArray[np.int64], n_draws: int, rng: np.random.Generator) -> None:
        """counts, (n_items,): how often each item is a target."""
        chances = (counts + 1.0) ** _POWER
        chances /= chances.sum()
        self._cumulative = np.cumsum(chances)
        self._n_draws, self._rng = n_draws, rng
        self.log_inclusion: Floats = np.log(-np.expm1(n_draws * np.log1p(-chances))).astype(np.float32)
        """float32 (n_items,): log of the probability that an item is among those drawn."""

    def draw(self) -> Longs:
        """Return the items drawn, int64 (at most n_draws,), ascending, none twice."""
        places = np.searchsorted(self._cumulative, self._rng.random(self._n_draws))
        drawn: Longs = np.unique(places.clip(max=len(self._cumulative) - 1))
        return drawn
