"""The cold-start network, served with numpy alone: it compares cold items with the mean of a user's outputs.

The output after a user's last event predicts the next item. The mean of the outputs over the whole history represents
the user's taste, which ranks items without history 30 to 60 % better (measured). The state's vector therefore ends with
the sum and the number of the outputs so far, so that a live event still costs one step. A second score comes from two
ridge regressions (two_step_ridge), which represent a user by the set of their items and shrink rare features. The
answer is a mixture of both, as probabilities. The ridge's share is chosen on items that the training did not predict
(share.py), so the answer leans to the better of the two (benchmarks/results/cold-start.md). Several of these networks
answer together (ensemble.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Ints, UserState
from services.engine.recipes.hrnn.model import Inputs
from services.engine.recipes.hrnn.numerics import log_softmax
from services.engine.recipes.hrnn_metadata.model import HrnnMetadataModel

_ARRAYS = ("cold_vectors", "cold_bias", "usual_output", "item_tastes", "cold_tastes")

EQUAL_SHARE = 0.5
"""The ridge's share in versions without one, and where there are too few items to choose one."""
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
        self.ridge_share = float(config.get("ridge_share", EQUAL_SHARE))
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
        return self.answered(self.cold_logits(vectors), states)

    def cold_logits(self, vectors: Floats) -> Floats:
        """Return the network's scores of the cold items, (n, n_cold), from state vectors, (n, state_size)."""
        taste = np.where(vectors[:, -1:] > 0, self.mean_outputs(vectors), self._usual(vectors))
        logits: Floats = taste @ self._cold["cold_vectors"].T + self._cold["cold_bias"]
        return logits

    def answered(self, logits: Floats, states: Sequence[UserState]) -> Floats:
        """Return item_scores() of these states with these scores of the network, (n, n_cold)."""
        logits = combined(logits, self._tastes(states) @ self._cold["cold_tastes"].T, self.ridge_share)
        if self.masks_seen:
            for row, state in zip(logits, states, strict=True):
                seen = self._cold_rows[state.seen]
                row[seen[seen >= 0]] = -np.inf
        scores = np.full((len(states), self.n_items), -np.inf, np.float32)
        scores[:, self._cold_items] = log_softmax(logits)
        return scores

    def item_vectors(self) -> tuple[Ints, Floats]:
        """Return the vectors of the trained items and of the cold ones, which are compared with the same outputs."""
        items, vectors = super().item_vectors()
        new = ~np.isin(self._cold_items, items)
        return (
            np.concatenate([items, self._cold_items[new]]),
            np.concatenate([vectors, self._cold["cold_vectors"][new]]),
        )

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return super().to_arrays() | self._cold | {"cold_items": self._cold_items}

    def to_config(self) -> dict[str, Any]:
        return super().to_config() | {"ridge_share": self.ridge_share}

    def with_ridge_share(self, share: float) -> Self:
        """Return the same model with another share of the ridge, 0 to 1."""
        return type(self)(self.to_arrays(), self.to_config() | {"ridge_share": share})

    def mean_outputs(self, vectors: Floats) -> Floats:
        """Return each user's mean output, (n, d), from their state vectors, (n, state_size); 0 without events."""
        means: Floats = (vectors[:, self._sums] / np.maximum(vectors[:, -1:], 1)).astype(np.float32, copy=False)
        return means

    def usual_output(self, vectors: Floats) -> Floats:
        """Return the mean over users of their mean outputs, (d,), from their state vectors, (n, state_size)."""
        known = vectors[vectors[:, -1] > 0]
        if len(known) == 0:
            return self._cold["usual_output"]
        mean: Floats = self.mean_outputs(known).mean(axis=0).astype(np.float32)
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


def combined(logits: Floats, scores: Floats, share: float) -> Floats:
    """Return the log-probabilities of a mixture of logits and scores, both (batch, n).

    share: weight of the scores, 0 to 1, after they got the spread of the logits. A mixture of probabilities lists what
    either is sure of; the mean of both scores lists what neither rules out, which ranks 1 to 3 % worse where the two
    are unequal. A row of equal scores, which has no events or no features, keeps its logits.
    """
    scores = scores - scores.mean(axis=1, keepdims=True)
    spread = scores.std(axis=1, keepdims=True)
    scaled: Floats = scores * (logits.std(axis=1, keepdims=True) / np.maximum(spread, np.float32(_MIN_SPREAD)))
    of_network: Floats = log_softmax(logits.copy())
    if share == 0:
        return of_network
    of_ridge = log_softmax(scaled)
    mixed = of_ridge
    if share < 1:
        mixed = np.logaddexp(of_network + np.float32(np.log(1 - share)), of_ridge + np.float32(np.log(share)))
    result: Floats = np.where(spread > _MIN_SPREAD, mixed, of_network)
    return result
