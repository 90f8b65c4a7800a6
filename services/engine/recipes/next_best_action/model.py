"""The trained next best actions: propensities, their order, and the actions that are tried."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.actions import ActionModel, Person
from services.engine.recipes.base import Bools, Floats, Ints, Longs
from services.engine.recipes.next_best_action.cases import features_of
from services.engine.recipes.next_best_action.propensity import Propensity

EXPLORED_SHARE = 0.1
"""Share of the places that is given to actions of which too little is known, while there are any."""
_FIELDS = ("rates", "means", "scales", "common", "own")


class NextBestActionModel(ActionModel):
    """Propensities of the actions with enough data; the others have 0 and are tried.

    A place that tries an action gives it to the one that comes first in a draw from what is believed of each (Thompson
    1933; a beta distribution of its cases, around the mean rate), so rarely shown actions have their turn.
    """

    def __init__(
        self,
        propensity: Propensity,
        contributions: Floats,
        values: Longs,
        n_taken: Longs,
        n_shown: Longs,
        scored: Bools,
        by_value: bool,
    ) -> None:
        """scored: the actions with enough data, bool (n_actions,). by_value: whether propensity times VALUE orders."""
        self.n_items, self.n_actions = len(contributions), len(values)
        self._propensity, self.contributions, self._values = propensity, contributions, values
        self._n_taken, self._n_shown, self._scored, self._by_value = n_taken, n_shown, scored, by_value

    @property
    def rates(self) -> Floats:
        """float32 (n_actions,): logit of how often each action is taken when it is shown, shrunk."""
        return self._propensity.rates

    def chances(self, actions: NDArray[np.int64], features: NDArray[np.float64]) -> Floats:
        """Return the propensities, float32 (n,), of actions by features, (n, n_features), whatever data they have."""
        return self._propensity.of(actions, features)

    def by_propensity(self, person: Person, now: int) -> NDArray[np.int64]:
        """Return all actions, the most probable first, whatever data they have; for the evaluation."""
        actions = np.arange(self.n_actions)
        chances = self.chances(actions, features_of(person, actions, now, self.contributions))
        return np.argsort(-chances, kind="stable")

    def propensities(self, person: Person, now: int) -> Floats:
        result = np.zeros(self.n_actions, np.float32)
        actions = np.flatnonzero(self._scored)
        if len(actions):
            result[actions] = self.chances(actions, features_of(person, actions, now, self.contributions))
        return result

    def ranked(self, person: Person, now: int, n: int, allowed: Bools | None = None, seed: int = 0) -> Ints:
        usable = np.ones(self.n_actions, np.bool_) if allowed is None else allowed
        chances = self.propensities(person, now)
        worth = chances * self._values if self._by_value else chances
        best = np.lexsort((-self._values, -worth))
        known = [action for action in best.tolist() if usable[action] and self._scored[action]]
        rng = np.random.default_rng(seed)
        mean = (self._n_taken.sum() + 1) / (self._n_shown.sum() + 4)
        drawn = rng.beta(self._n_taken + 4 * mean, np.maximum(self._n_shown - self._n_taken, 0) + 4 * (1 - mean))
        order = np.argsort(-drawn * (self._values if self._by_value else 1), kind="stable")
        untried = [action for action in order.tolist() if usable[action] and not self._scored[action]]
        tries = rng.random(n) < EXPLORED_SHARE
        chosen: list[int] = []
        for place in range(n):
            source = untried if untried and (tries[place] or not known) else known
            if not source:
                break
            chosen.append(source.pop(0))
        return np.array(chosen, np.int32)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        arrays = {name: getattr(self._propensity, name) for name in _FIELDS}
        return arrays | {
            "contributions": self.contributions,
            "values": self._values,
            "n_taken": self._n_taken,
            "n_shown": self._n_shown,
            "scored": self._scored,
        }

    def to_config(self) -> dict[str, Any]:
        return {"by_value": self._by_value}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> "NextBestActionModel":
        propensity = Propensity(*(arrays[name] for name in _FIELDS))
        return cls(
            propensity,
            arrays["contributions"],
            arrays["values"],
            arrays["n_taken"],
            arrays["n_shown"],
            arrays["scored"],
            bool(config["by_value"]),
        )
