"""aws-sims: items related to an item, from the users who interacted with both.

Documented (Amazon Personalize developer guide, "SIMS recipe"): co-occurrence in user histories, no scores, popular
items for an item that is unknown or has too little data, percentiles that exclude the rarest and the most frequent
items from training. The formula is not documented; cooccurrence.py has ours with its sources. Our choices where AWS's
documentation is silent:

- popularity_discount_factor takes AWS's two ends, users with both items (0) and relatedness whatever the popularity
  (1), and between them how surprising the number of users with both is; min_cointeraction_count counts users;
- an item outside the item percentiles is never a neighbour, but has a list of its own; percentile bounds are inclusive
  and interpolated, over the interactions of the items with any;
- an item's list never contains the item itself; popular items follow when it has fewer neighbours than requested;
- "popular" counts unique users among all trained events, whatever the item percentiles.

Amazon's notebook of 2019 prints five neighbours for two films of MovieLens 1M, all of them with few interactions. With
its default of 0.5, Amazon seems to discount more than this engine (benchmarks/sims.py). The default stays 0.5, which
finds most of what users take next.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import (
    Floats,
    Histories,
    HyperParameter,
    Ints,
    Longs,
    NeverListed,
    Progress,
    Recipe,
    RelatedItemsModel,
    TrainingData,
    TrainOptions,
    Validation,
)
from services.engine.recipes.counting.cooccurrence import Neighbours, nearest, user_item_matrix

N_NEIGHBOURS = 500
"""Neighbours stored for each item: the maximum length of a list of GetRecommendations."""


def _percentile(name: str, default: float, description: str) -> HyperParameter:
    return HyperParameter(name, "float", default, 0.0, 1.0, featurization=True, description=description)


HYPERPARAMETERS = (
    HyperParameter(
        "popularity_discount_factor",
        "float",
        0.5,
        0.0,
        1.0,
        tunable=True,
        description="0 ranks by the number of users of both items, 1 ignores the popularity of an item.",
    ),
    HyperParameter(
        "min_cointeraction_count",
        "integer",
        3,
        0,
        10,
        tunable=True,
        description="Minimum number of users of both items for them to count as related.",
    ),
    _percentile("min_user_history_length_percentile", 0.005, "Users with shorter histories are left out."),
    _percentile("max_user_history_length_percentile", 0.995, "Users with longer histories are left out."),
    _percentile("min_item_interaction_count_percentile", 0.01, "Items with fewer interactions are never listed."),
    _percentile("max_item_interaction_count_percentile", 0.9, "Items with more interactions are never listed."),
)


class SimsModel(RelatedItemsModel):
    """The nearest neighbours of each item, and the popularity of every item."""

    def __init__(self, neighbours: Neighbours, unique_users: Longs, never_listed: NeverListed | None = None) -> None:
        """unique_users, int64 (n_items,): number of users of each item."""
        self.never_listed = never_listed
        self.n_items = len(unique_users)
        self._neighbours = neighbours
        self._unique_users = unique_users
        order = np.argsort(-unique_users, kind="stable")
        # Popular items have lower scores than all neighbours.
        self._popular = np.empty(self.n_items, np.float32)
        self._popular[order] = -1.0 - np.arange(self.n_items, dtype=np.float32)
        self._popular[unique_users == 0] = -np.inf

    def neighbours_of(self, item_index: int) -> tuple[Ints, Floats]:
        """Return an item's neighbours, best first, and their similarities, (n,) each; n may be 0."""
        rows = slice(self._neighbours.offsets[item_index], self._neighbours.offsets[item_index + 1])
        return self._neighbours.items[rows], self._neighbours.similarities[rows]

    def related_scores(self, item_index: int | None) -> Floats:
        """Return similarities, above 0, for neighbours, and minus the popularity rank, at most -1, for the others."""
        scores = self._popular.copy()
        if item_index is not None:
            items, similarities = self.neighbours_of(item_index)
            scores[items] = similarities
            scores[item_index] = -np.inf
        return scores

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "offsets": self._neighbours.offsets,
            "neighbours": self._neighbours.items,
            "similarities": self._neighbours.similarities,
            "unique_users": self._unique_users,
        }

    def to_config(self) -> dict[str, Any]:
        return {} if self.never_listed is None else {"never_listed": asdict(self.never_listed)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> "SimsModel":
        neighbours = Neighbours(arrays["offsets"], arrays["neighbours"], arrays["similarities"])
        never_listed = config.get("never_listed")  # models of before have none
        return cls(neighbours, arrays["unique_users"], None if never_listed is None else NeverListed(**never_listed))


class SimsRecipe(Recipe):
    """Counts the users of each pair of items."""

    name = "aws-sims"
    model_class = SimsModel
    hyperparameters = HYPERPARAMETERS
    trains_on_all_users = True
    promotes = True

    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> SimsModel:
        """Count on the histories; the caller has filtered events and users."""
        values = {parameter.name: parameter.default for parameter in HYPERPARAMETERS} | dict(options.hyperparameters)
        progress.update(0.0, "counting users of both items")
        matrix = user_item_matrix(data.histories)
        low, high = (values[f"{end}_item_interaction_count_percentile"] for end in ("min", "max"))
        listable = listable_items(data.histories, low, high)
        neighbours = nearest(
            matrix,
            listable,
            discount=values["popularity_discount_factor"],
            min_users=values["min_cointeraction_count"],
            n_neighbours=N_NEIGHBOURS,
            progress=progress,
        )
        unique_users = np.bincount(matrix.indices, minlength=data.histories.n_items).astype(np.int64)
        progress.update(1.0)
        return SimsModel(neighbours, unique_users, _never_listed(data.histories, listable))


def _never_listed(histories: Histories, listable: NDArray[np.bool_]) -> NeverListed:
    counts = np.bincount(histories.items, minlength=histories.n_items)
    hidden = (counts > 0) & ~listable
    return NeverListed(
        int(hidden.sum()), int(np.count_nonzero(counts)), int(counts[hidden].sum()), int(histories.n_events)
    )


def listable_items(histories: Histories, low: float, high: float) -> NDArray[np.bool_]:
    """Return bool (n_items,): items whose number of interactions is within these percentiles (0 to 1), inclusive."""
    counts = np.bincount(histories.items, minlength=histories.n_items)
    present = counts > 0
    if not present.any():
        return present
    bounds = np.quantile(counts[present], [low, high])
    listable: NDArray[np.bool_] = present & (counts >= bounds[0]) & (counts <= bounds[1])
    return listable
