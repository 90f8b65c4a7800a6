"""The cold-start network, served with numpy alone: it compares cold items with the mean of a user's outputs.

The output after a user's last event predicts the next item. The mean of the outputs over the whole history represents
the user's taste, which ranks items without history 30 to 60 % better (measured). The state's vector therefore ends with
the sum and the number of the outputs so far, so that a live event still costs one step. A second score comes from two
ridge regressions (two_step_ridge), which represent a user by the set of their items and shrink rare features. The
answer is the mean of both on the network's scale and is better than either, also in its probabilities
(benchmarks/README.md, cold start).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Ints, UserState
from services.engine.recipes.hrnn.model import Inputs
from services.engine.recipes.hrnn.numerics import log_softmax
from services.engine.recipes.hrnn_metadata.model import HrnnMetadataModel

_ARRAYS = ("cold_vectors", "cold_bias", "usual_output", "item_tastes", "cold_tastes")

_MIN_SPREAD = 1e-9
"""Scores with a smaller standard deviation count as equal."""


class HrnnColdStartModel(HrnnMetadataModel):
    """HrnnMetadataModel that answers with cold items only.

    Further arrays: cold_items, int32 ascending, the items that may be recommended; cold_vectors (n_cold, d) and
    cold_bias (n_cold,); usual_output (d,), the output for a user without history; item_tastes (n_trained, r) and
    cold_tastes (n_cold, r) from two_step_ridge.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> None:
        super().__init__(arrays, config)
        self._cold: dict[str, Floats] = {name: arrays[name] for name in _ARRAYS}
        self._cold_items: Ints = arrays["cold_items"]
        self._cold_rows = np.full(self.n_items, -1, np.int32)
        self._cold_rows[self._cold_items] = np.arange(len(self._cold_items), dtype=np.int32)
        self._sums = slice(self._context_part.stop, self._context_part.stop + len(self._w["b_o"]))
        self._first = np.concatenate([self._first, np.zeros(len(self._w["b_o"]) + 1, np.float32)])

    @property
    def state_size(self) -> int:
        return len(self._first)

    def item_scores(self, states: Sequence[UserState]) -> Floats:
        """Return log-probabilities over the cold items that may be shown; -inf for all others."""
        vectors = np.stack([state.vector for state in states]) if states else np.zeros((0, self.state_size), np.float32)
        counts = vectors[:, -1:]
        taste = np.where(counts > 0, vectors[:, self._sums] / np.maximum(counts, 1), self._usual(vectors))
        logits: Floats = taste @ self._cold["cold_vectors"].T + self._cold["cold_bias"]  # (batch, n_cold)
        logits = _combined(logits, self._tastes(states) @ self._cold["cold_tastes"].T)
        if self.masks_seen:
            for row, state in zip(logits, states, strict=True):
                seen = self._cold_rows[state.seen]
                row[seen[seen >= 0]] = -np.inf
        scores = np.full((len(states), self.n_items), -np.inf, np.float32)
        scores[:, self._cold_items] = log_softmax(logits)
        return scores

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return super().to_arrays() | self._cold | {"cold_items": self._cold_items}

    def usual_output(self, vectors: Floats) -> Floats:
        """Return the mean over users of their mean outputs, (d,), from their state vectors, (n, state_size)."""
        known = vectors[vectors[:, -1] > 0]
        if len(known) == 0:
            return self._cold["usual_output"]
        mean: Floats = (known[:, self._sums] / known[:, -1:]).mean(axis=0).astype(np.float32)
        return mean

    def _tastes(self, states: Sequence[UserState]) -> Floats:
        """Return each user's taste: the sum over their items, (batch, r)."""
        table = self._cold["item_tastes"]
        tastes = np.zeros((len(states), table.shape[1]), np.float32)
        for taste, state in zip(tastes, states, strict=True):
            rows = self._rows[state.seen]
            taste += table[rows[rows >= 0]].sum(axis=0)
        return tastes

    def _usual(self, vectors: Floats) -> Floats:
        usual: Floats = self._cold["usual_output"] + self._newcomer_offsets(vectors)
        return usual

    def _advanced(self, vectors: Floats, inputs: Inputs) -> Floats:
        vectors = super()._advanced(vectors, inputs)
        vectors[:, self._sums] += self._outputs(vectors)
        vectors[:, -1] += 1
        return vectors


def _combined(logits: Floats, scores: Floats) -> Floats:
    """Return the mean of logits and scores, both (batch, n), after scaling the scores to the logits' mean and spread.

    A row of equal scores, which has no events or no features, keeps its logits.
    """
    scores = scores - scores.mean(axis=1, keepdims=True)
    spread = scores.std(axis=1, keepdims=True)
    centre = logits.mean(axis=1, keepdims=True)
    scaled = scores * (logits.std(axis=1, keepdims=True) / np.maximum(spread, np.float32(_MIN_SPREAD)))
    mixed: Floats = np.where(spread > _MIN_SPREAD, (logits + centre + scaled) / 2, logits)
    return mixed
