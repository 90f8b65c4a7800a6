"""The trained network of aws-user-personalization, served with numpy alone: what is known, and Thompson sampling.

item_scores() exploits: the list of a network with metadata over the items that it was trained on. explored_scores()
lets the items in that are not older than the campaign's cut-off, those without any interaction too, each with a
log-score drawn from what is believed of it (exploration_belief): the less is known, the wider the draw. With weight 1
that is Thompson sampling. Below, the width shrinks in proportion, as Chapelle and Li (2011, "An empirical evaluation of
Thompson sampling", posterior reshaping) do to explore less. Items without an event, which weight 0 does not show, then
also start lower: who explores little should be cautious about what is not known (Jeunen and Goethals 2021, "Pessimistic
reward models for off-policy learning in recommendation"). So new items come in gradually from weight 0 on. The softmax
runs over everything that may be shown: scores stay probabilities over the catalogue, and explored items are scored like
the others (AWS).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Ints, Longs, UserState
from services.engine.recipes.exploration import DAY_S, Exploration, ExploringModel
from services.engine.recipes.hrnn.model import log_softmax
from services.engine.recipes.hrnn_metadata.model import HrnnMetadataModel

CAUTION = 0.5
"""Standard deviations by which items without an event start lower near weight 0. On MovieLens 100K with 0, weight 0.05
would show two thirds as many new items as 0.3 does; with 1, weights below 0.3 would show next to none."""
_SCOPES = 4
"""Cut-offs kept ready: campaigns of one version have few."""
_ARRAYS = (
    "untrained_vectors",
    "untrained_bias",
    "untrained_log_counts",
    "belief_shift",
    "belief_width",
    "creation",
)


@dataclass(frozen=True)
class _Scope:
    """What one cut-off lets be explored."""

    items: Longs
    """int64 (n,), ascending; shift and width are theirs."""
    shift: Floats
    width: Floats
    caution: Floats
    """What is taken off the mean near weight 0."""
    untrained: Longs
    """int64 (n_untrained,): those of the items without an event; the rest is theirs."""
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
        self._scopes: dict[float, _Scope] = {}
        self._untrained: Ints = np.flatnonzero(self._rows < 0).astype(np.int32)
        self._log_total = np.float32(np.log(max(float(self._popularity.sum()), 1e-30)))

    def explored_items(self, age_cut_off_days: float) -> Longs:
        """Return the items that are not older than this, int64 ascending."""
        oldest = self._newest - age_cut_off_days * DAY_S
        return np.flatnonzero(self._explored["creation"] >= oldest)

    def explored_scores(self, states: Sequence[UserState], exploration: Exploration, first: int = 0) -> Floats:
        scope = self._scope(exploration.age_cut_off_days)
        if exploration.weight == 0 or len(scope.items) == 0 or not states:
            return self.item_scores(states)
        vectors = self._vectors(states)
        scores = np.full((len(states), self.n_items), -np.inf, np.float32)
        scores[:, self._trained] = self._logits(states, vectors)
        scores[:, scope.untrained] = self._untrained_logits(vectors, scope)
        mean = scope.shift - np.float32(1 - exploration.weight) * scope.caution
        width = np.float32(exploration.weight) * scope.width
        for row, state in enumerate(states):
            drawn = exploration.generator(first + row).standard_normal(len(scope.items), dtype=np.float32)
            scores[row, scope.items] += mean + width * drawn
            if self.masks_seen:
                scores[row, state.seen] = -np.inf
        return log_softmax(scores)

    def outputs_of(self, vectors: Floats) -> Floats:
        """Return what the items are compared with, (n, d), for state vectors, (n, state_size)."""
        return self._outputs(vectors)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return super().to_arrays() | self._explored

    def to_config(self) -> dict[str, Any]:
        return super().to_config() | {"newest": self._newest}

    def _scope(self, age_cut_off_days: float) -> "_Scope":
        found = self._scopes.get(age_cut_off_days)
        if found is None:
            items = self.explored_items(age_cut_off_days)
            untrained = items[self._rows[items] < 0]
            rows = np.searchsorted(self._untrained, untrained)
            e = self._explored
            told = (e[name][rows] for name in ("untrained_vectors", "untrained_bias", "untrained_log_counts"))
            width = e["belief_width"][items]
            caution = np.where(self._rows[items] < 0, np.float32(CAUTION) * width, np.float32(0))
            found = _Scope(items, e["belief_shift"][items], width, caution, untrained, *told)
            if len(self._scopes) >= _SCOPES:
                self._scopes.clear()
            self._scopes[age_cut_off_days] = found
        return found

    def _untrained_logits(self, vectors: Floats, scope: "_Scope") -> Floats:
        """Return scores (n, n_untrained) of the scope's untrained items as features tell, on the scale of _logits()."""
        logits: Floats = self._outputs(vectors) @ scope.vectors.T + scope.bias
        newcomers = self._newcomers(vectors)
        if newcomers.any():
            log_popularity = scope.log_counts - self._log_total
            logits[newcomers] = log_popularity + self._newcomer_colour(vectors[newcomers]) @ scope.vectors.T
        return logits
