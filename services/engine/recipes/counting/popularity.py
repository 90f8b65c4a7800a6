"""aws-popularity-count: the items with the most users, the same list for every user.

AWS ranks by the number of unique users of an item (Amazon Personalize developer guide, "Popularity-Count recipe"). Ties
are in order of item_index, so that two runs agree. Items without interactions are never shown; items that the user has
already interacted with are.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import (
    Floats,
    Histories,
    Ints,
    Longs,
    Progress,
    Recipe,
    TrainingData,
    TrainOptions,
    UserModel,
    UserState,
    Validation,
)
from services.engine.recipes.histories import count_unique_users


class PopularityModel(UserModel):
    """Number of unique users of each item."""

    def __init__(self, unique_users: Longs) -> None:
        self.n_items = len(unique_users)
        self.unique_users = unique_users
        order = np.argsort(-unique_users, kind="stable")
        # Ranks instead of counts are exact in float32 and have no ties, so every list is reproducible.
        scores = np.empty(self.n_items, np.float32)
        scores[order] = -np.arange(self.n_items, dtype=np.float32)
        scores[unique_users == 0] = -np.inf
        self._scores = scores

    @property
    def state_size(self) -> int:
        return 0

    def initial_state(self) -> UserState:
        return UserState(np.empty(0, np.float32), np.empty(0, np.int32))

    def advance(self, state: UserState, items: Ints, timestamps: Longs) -> UserState:
        return state.after(np.empty(0, np.float32), items, timestamps)

    def states(self, histories: Histories, progress: Progress) -> Floats:
        return np.empty((histories.n_users, 0), np.float32)

    def item_scores(self, states: Sequence[UserState]) -> Floats:
        """Return minus the popularity rank, the same for every user; only the order is meaningful."""
        return np.tile(self._scores, (len(states), 1))

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return {"unique_users": self.unique_users}

    def to_config(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> "PopularityModel":
        return cls(arrays["unique_users"])


class PopularityRecipe(Recipe):
    """Counts the users of each item."""

    name = "aws-popularity-count"
    model_class = PopularityModel
    trains_on_all_users = True
    promotes = True

    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> PopularityModel:
        """Count the unique users of each item."""
        progress.update(0.0, "counting the users of each item")
        model = PopularityModel(count_unique_users(data.histories))
        progress.update(1.0)
        return model
