"""The network of the v2 recipes, served with numpy alone, and the new items that it tries.

item_scores() ranks the items of the training data only. In an answer of GetRecommendations each place is given, with a
probability of EXPLORED_SHARE, to a new item: one without events that became available in the 30 days before the newest
event. It is the one that the person would like best by its metadata, after noise that lets others have their turn
(Gumbel noise: a draw in proportion to the softmax of the scores). So exploration costs hits in proportion to its share,
whatever the data, and nothing of a list depends on it. AWS's cheat sheet speaks of 0.1 % of all recommended items.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Bools, Floats, Ints, UserState
from services.engine.recipes.exploration import Trial, TryingModel
from services.engine.recipes.hrnn_metadata.model import HrnnMetadataModel

EXPLORED_SHARE = 0.01
"""Share of all listed items that are new ones: one in a list of 25 for every fourth request."""


def no_new_items(width: int) -> dict[str, Any]:
    """Return the arrays of a model without new items."""
    return {
        "new_items": np.empty(0, np.int32),
        "new_vectors": np.empty((0, width), np.float32),
        "new_bias": np.empty(0, np.float32),
    }


class PersonalizationV2Model(HrnnMetadataModel, TryingModel):
    """HrnnMetadataModel with new_items, int32 (n,), and their predicted new_vectors (n, d) and new_bias (n,)."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> None:
        super().__init__(arrays, config)
        none = no_new_items(self.width)
        self._new: dict[str, Any] = {name: arrays.get(name, empty) for name, empty in none.items()}

    @property
    def width(self) -> int:
        """Length of an item's vector."""
        return int(self._w["items"].shape[1])

    def trials(self, state: UserState, n: int, rng: np.random.Generator, allowed: Bools | None = None) -> list[Trial]:
        places = np.flatnonzero(rng.random(n) < EXPLORED_SHARE)
        items: Ints = self._new["new_items"]
        usable = np.ones(len(items), np.bool_) if allowed is None else allowed[items]
        usable &= ~np.isin(items, state.seen)
        if not len(places) or not usable.any():
            return []
        logits = self.new_item_logits([state])[1][0, usable]
        drawn = items[usable][np.argsort(-(logits + rng.gumbel(size=len(logits))), kind="stable")]
        return [Trial(place, item) for place, item in zip(places.tolist(), drawn.tolist(), strict=False)]

    def new_item_logits(self, states: Sequence[UserState]) -> tuple[Ints, Floats]:
        """Return the new items, int32 (n,), and what each person thinks of them, float32 (n_states, n)."""
        logits: Floats = self._outputs(self._vectors(states)) @ self._new["new_vectors"].T + self._new["new_bias"]
        return self._new["new_items"], logits

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return super().to_arrays() | self._new
