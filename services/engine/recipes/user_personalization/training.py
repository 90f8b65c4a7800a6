"""Training of aws-user-personalization: the network with metadata, then what is believed of each item. Torch."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from services.engine.recipes.base import (
    Floats,
    Histories,
    Ints,
    Progress,
    SilentProgress,
    TrainingData,
    TrainOptions,
    Validation,
)
from services.engine.recipes.histories import select_users
from services.engine.recipes.hrnn.config import HrnnConfig
from services.engine.recipes.hrnn.network import HrnnNetwork
from services.engine.recipes.hrnn.training import train_hrnn
from services.engine.recipes.hrnn_metadata.network import explained
from services.engine.recipes.hrnn_metadata.newcomers import newcomer_tables
from services.engine.recipes.hrnn_metadata.training import MetadataVariant
from services.engine.recipes.user_personalization.belief import believe
from services.engine.recipes.user_personalization.model import ExploringHrnnModel
from services.engine.recipes.user_personalization.network import ExploringNetwork

_PROBED_USERS, _PROBED_ITEMS = 500, 4000
_KNOWN_EVENTS = 8
"""From so many events on an item's own embedding is more than noise."""
_LEAST_VARIANCE, _MOST_VARIANCE = 0.1, 9.0


class ExploringVariant(MetadataVariant):
    """The network and the model that explores."""

    model_class = ExploringHrnnModel

    def __init__(self, data: TrainingData, trained_items: Ints) -> None:
        super().__init__(data.histories, data.item_columns, trained_items)
        histories = data.histories
        newest = int(histories.timestamps.max(initial=0)) if data.newest is None else data.newest
        self._newest = newest
        n_items = histories.n_items
        self._creation = np.full(n_items, newest) if data.item_creation is None else data.item_creation
        untrained = np.setdiff1d(np.arange(n_items), trained_items)
        self._untrained_rows = self.items.encode(data.item_columns, n_items).take(untrained)
        self.told: tuple[Floats, Floats] | None = None
        """Vectors and biases of the trained items by their features alone, as the last arrays() found them."""

    def network(
        self, config: HrnnConfig, items: Floats, counts: NDArray[Any], generator: torch.Generator
    ) -> HrnnNetwork:
        return ExploringNetwork(config, items, counts, generator, self.side, self._untrained_rows)

    def arrays(self, network: HrnnNetwork, counts: NDArray[Any]) -> dict[str, NDArray[Any]]:
        assert isinstance(network, ExploringNetwork)
        self.told = network.told_by_features()
        arrays = super().arrays(network, counts)
        arrays["untrained_log_counts"] = self._expected_log_counts(counts)
        arrays["belief_shift"] = arrays["belief_width"] = np.zeros(len(self._creation), np.float32)
        arrays["creation"] = self._creation
        return arrays

    def config(self) -> dict[str, Any]:
        return super().config() | {"newest": self._newest}

    def _expected_log_counts(self, counts: NDArray[Any]) -> Floats:
        """Return the log number of events that features let expect, (n_untrained,)."""
        log_counts = np.log(counts + 1.0)
        mean = log_counts.mean() if len(counts) else 0.0
        apart = (log_counts - mean)[:, None].astype(np.float32)
        told = explained(apart, counts, self.side.items, self.side.n_item_features)
        rows = self._untrained_rows
        expected: Floats = ((told[rows.ids, 0] * rows.weights).sum(axis=1) + mean).astype(np.float32)
        return expected


def train_exploring(
    data: TrainingData, config: HrnnConfig, options: TrainOptions, progress: Progress, validation: Validation | None
) -> ExploringHrnnModel:
    """Train and return the model."""
    histories = data.histories
    trained_items = np.unique(histories.items).astype(np.int32)
    variant = ExploringVariant(data, trained_items)
    model = train_hrnn(histories, trained_items, config, options, progress, validation, variant)
    assert isinstance(model, ExploringHrnnModel)
    assert variant.told is not None
    counts = np.bincount(histories.items, minlength=histories.n_items)
    arrays = model.to_arrays()
    log_appeal = np.log(counts + 1.0).astype(np.float32)
    log_appeal[np.setdiff1d(np.arange(histories.n_items), trained_items)] = arrays["untrained_log_counts"]
    variance = spread(model, histories, variant.told, counts[trained_items])
    belief = believe(histories, log_appeal, variance)
    found = {"belief_shift": belief.shift, "belief_width": belief.width}
    colours = newcomer_tables(model, histories, variant.side, config.seed, options.threads)
    return model.with_arrays(found | colours)


def spread(model: ExploringHrnnModel, histories: Histories, told: tuple[Floats, Floats], counts: NDArray[Any]) -> float:
    """Return the variance of the trained items' log-scores around what their features tell, over users and items.

    told: vectors (n_trained, d) and biases (n_trained,) by features; counts, (n_trained,): events of each.
    """
    users = np.flatnonzero(histories.lengths() > 0)
    known = np.flatnonzero(counts >= _KNOWN_EVENTS)
    if len(users) == 0 or len(known) < 2:
        return 1.0
    some = select_users(histories, users[:: max(1, len(users) // _PROBED_USERS)])
    known = known[:: max(1, len(known) // _PROBED_ITEMS)]
    outputs = model.outputs_of(model.states(some, SilentProgress()))
    arrays = model.to_arrays()
    vectors, bias = (arrays["items"] - told[0])[known], (arrays["item_bias"] - told[1])[known]
    apart = outputs @ vectors.T + bias  # (n_users, n_known)
    # what is added to all items of a user alike changes no list
    return float(np.clip((apart - apart.mean(axis=1, keepdims=True)).var(), _LEAST_VARIANCE, _MOST_VARIANCE))
