"""The trained network of aws-user-personalization, served with numpy alone: exploitation, and Thompson sampling.

item_scores() exploits: it ranks the items of the training data as a network with metadata does. explored_scores() also
ranks the items that are not older than the campaign's cut-off, including those without interactions, each with a
log-score drawn from the belief about it (belief.py): the less is known, the wider the distribution. Weight 1 is
Thompson sampling. A smaller weight shrinks the width in proportion, as Chapelle and Li (2011, "An empirical evaluation
of Thompson sampling", posterior reshaping) do to explore less. It also lowers the mean of items without an event, which
weight 0 does not show: little exploration should be cautious about unknown items (Jeunen and Goethals 2021,
"Pessimistic reward models for off-policy learning in recommendation"). So new items enter the lists gradually as the
weight grows. The softmax covers all items that may be shown: scores remain probabilities over the catalogue, and
explored items are scored like the others (AWS).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Ints, Longs, UserState
from services.engine.recipes.exploration import DAY_S, Exploration, ExploringModel
from services.engine.recipes.hrnn.numerics import log_softmax
from services.engine.recipes.hrnn_metadata.model import HrnnMetadataModel

CAUTION = 0.5
"""Standard deviations by which the mean of items without an event is lower near weight 0. On MovieLens 100K, caution 0
makes weight 0.05 show two thirds as many new items as 0.3 does; caution 1 makes weights below 0.3 show almost none."""
_MAX_CACHED = 4
"""Cut-offs whose candidates are cached; the campaigns of one version have few."""
_ARRAYS = (
    "untrained_vectors",
    "untrained_bias",
    "untrained_log_counts",
    "belief_shift",
    "belief_width",
    "creation",
)


@dataclass(frozen=True)
class _Candidates:
    """The items that one cut-off allows to explore."""

    items: Longs
    """int64 (n,), ascending; shift and width are theirs."""
    shift: Floats
    width: Floats
    caution: Floats
    """Subtracted from the mean near weight 0."""
    untrained: Longs
    """int64 (n_untrained,): those of the items without an event; the following arrays belong to them."""
    vectors: Floats
    bias: Floats
    log_counts: Floats


class ExploringHrnnModel(HrnnMetadataModel, ExploringModel):
    """HrnnMetadataModel that can explore.

    Further arrays: untrained_vectors (n_untrained, d), untrained_bias and untrained_log_counts (n_untrained,) are
    predicted from the features of the items without an event, by item_index; belief_shift and belief_width, float32
    (n_items,), are the mean and standard deviation of the amount added to each explored item's log-score; creation is
    int64 (n_items,), epoch seconds. config["newest"]: epoch seconds of the newest interaction; ages count back from it.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> None:
        super().__init__(arrays, config)
        self._explored = {name: arrays[name] for name in _ARRAYS}
        self._newest = int(config["newest"])
        self._cached_candidates: dict[float, _Candidates] = {}
        self._untrained: Ints = np.flatnonzero(self._rows < 0).astype(np.int32)
        self._log_total = np.float32(np.log(max(float(self._popularity.sum()), 1e-30)))

    def explored_items(self, age_cut_off_days: float) -> Longs:
        """Return the items that are not older than this, int64 ascending."""
        oldest = self._newest - age_cut_off_days * DAY_S
        return np.flatnonzero(self._explored["creation"] >= oldest)

    def explored_scores(self, states: Sequence[UserState], exploration: Exploration, first: int = 0) -> Floats:
        candidates = self._candidates(exploration.age_cut_off_days)
        if exploration.weight == 0 or len(candidates.items) == 0 or not states:
            return self.item_scores(states)
        vectors = self._vectors(states)
        scores = np.full((len(states), self.n_items), -np.inf, np.float32)
        scores[:, self._trained] = self._logits(states, vectors)
        scores[:, candidates.untrained] = self._untrained_logits(vectors, candidates)
        mean = candidates.shift - np.float32(1 - exploration.weight) * candidates.caution
        width = np.float32(exploration.weight) * candidates.width
        for row, state in enumerate(states):
            noise = exploration.generator(first + row).standard_normal(len(candidates.items), dtype=np.float32)
            scores[row, candidates.items] += mean + width * noise
            if self.masks_seen:
                scores[row, state.seen] = -np.inf
        return log_softmax(scores if self._objective is None else scores + self._objective)

    def outputs_of(self, vectors: Floats) -> Floats:
        """Return the output vectors (n, d), which are compared with the items, for state vectors (n, state_size)."""
        return self._outputs(vectors)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return super().to_arrays() | self._explored

    def to_config(self) -> dict[str, Any]:
        return super().to_config() | {"newest": self._newest}

    def _candidates(self, age_cut_off_days: float) -> _Candidates:
        candidates = self._cached_candidates.get(age_cut_off_days)
        if candidates is None:
            items = self.explored_items(age_cut_off_days)
            untrained = items[self._rows[items] < 0]
            rows = np.searchsorted(self._untrained, untrained)
            e = self._explored
            predicted = (e[name][rows] for name in ("untrained_vectors", "untrained_bias", "untrained_log_counts"))
            width = e["belief_width"][items]
            caution = np.where(self._rows[items] < 0, np.float32(CAUTION) * width, np.float32(0))
            candidates = _Candidates(items, e["belief_shift"][items], width, caution, untrained, *predicted)
            if len(self._cached_candidates) >= _MAX_CACHED:
                self._cached_candidates.clear()
            self._cached_candidates[age_cut_off_days] = candidates
        return candidates

    def _untrained_logits(self, vectors: Floats, candidates: _Candidates) -> Floats:
        """Return scores (n, n_untrained) of the untrained candidates, from features, on the scale of _logits()."""
        logits: Floats = self._outputs(vectors) @ candidates.vectors.T + candidates.bias
        newcomers = self._newcomers(vectors)
        if newcomers.any():
            log_popularity = candidates.log_counts - self._log_total
            logits[newcomers] = log_popularity + self._newcomer_offsets(vectors[newcomers]) @ candidates.vectors.T
        return logits
