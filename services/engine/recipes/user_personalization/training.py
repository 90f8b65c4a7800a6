"""Training of aws-user-personalization: the network with metadata, then the belief about each item. Torch."""

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
from services.engine.recipes.hrnn_metadata.network import feature_regression
from services.engine.recipes.hrnn_metadata.newcomers import newcomer_tables
from services.engine.recipes.hrnn_metadata.training import MetadataVariant
from services.engine.recipes.user_personalization.belief import item_beliefs
from services.engine.recipes.user_personalization.model import ExploringHrnnModel
from services.engine.recipes.user_personalization.network import ExploringNetwork

_SAMPLED_USERS, _SAMPLED_ITEMS = 500, 4000
_KNOWN_EVENTS = 8
"""Events from which on an item's own embedding is more than noise."""
_MIN_VARIANCE, _MAX_VARIANCE = 0.1, 9.0


class ExploringVariant(MetadataVariant):
    """The network and the model that explores."""

    model_class = ExploringHrnnModel
    asks_neighbours = False  # an item without events has none, and would be explored on other terms than known ones

    def __init__(self, data: TrainingData, trained_items: Ints) -> None:
        super().__init__(data.histories, data.item_columns, trained_items)
        histories = data.histories
        newest = int(histories.timestamps.max(initial=0)) if data.newest is None else data.newest
        self._newest = newest
        n_items = histories.n_items
        self._creation = np.full(n_items, newest) if data.item_creation is None else data.item_creation
        untrained = np.setdiff1d(np.arange(n_items), trained_items)
        self._untrained_rows = self.items.encode(data.item_columns, n_items).take(untrained)
        self.predicted: tuple[Floats, Floats] | None = None
        """Vectors and biases of the trained items, predicted from their features by the last call of arrays()."""

    def network(
        self, config: HrnnConfig, items: Floats, counts: NDArray[Any], generator: torch.Generator
    ) -> HrnnNetwork:
        return ExploringNetwork(config, items, counts, generator, self.side, self._untrained_rows)

    def arrays(self, network: HrnnNetwork, counts: NDArray[Any]) -> dict[str, NDArray[Any]]:
        assert isinstance(network, ExploringNetwork)
        self.predicted = network.from_features()
        arrays = super().arrays(network, counts)
        arrays["untrained_log_counts"] = self._expected_log_counts(counts)
        arrays["belief_shift"] = arrays["belief_width"] = np.zeros(len(self._creation), np.float32)
        arrays["creation"] = self._creation
        return arrays

    def config(self) -> dict[str, Any]:
        return super().config() | {"newest": self._newest}

    def _expected_log_counts(self, counts: NDArray[Any]) -> Floats:
        """Return the log number of events predicted from features, (n_untrained,)."""
        log_counts = np.log(counts + 1.0)
        mean = log_counts.mean() if len(counts) else 0.0
        centred = (log_counts - mean)[:, None].astype(np.float32)
        vectors = feature_regression(centred, counts, self.side.items, self.side.n_item_features)
        rows = self._untrained_rows
        expected: Floats = ((vectors[rows.ids, 0] * rows.weights).sum(axis=1) + mean).astype(np.float32)
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
    assert variant.predicted is not None
    counts = np.bincount(histories.items, minlength=histories.n_items)
    arrays = model.to_arrays()
    log_appeal = np.log(counts + 1.0).astype(np.float32)
    log_appeal[np.setdiff1d(np.arange(histories.n_items), trained_items)] = arrays["untrained_log_counts"]
    variance = spread(model, histories, variant.predicted, counts[trained_items])
    belief = item_beliefs(histories, log_appeal, variance)
    beliefs = {"belief_shift": belief.shift, "belief_width": belief.width}
    newcomers = newcomer_tables(model, histories, variant.side, config.seed, options.threads)
    return model.with_arrays(beliefs | newcomers)


def spread(
    model: ExploringHrnnModel, histories: Histories, predicted: tuple[Floats, Floats], counts: NDArray[Any]
) -> float:
    """Return the variance of the trained items' log-scores around the prediction from their features.

    predicted: vectors (n_trained, d) and biases (n_trained,); counts, (n_trained,): number of events of each item.
    """
    users = np.flatnonzero(histories.lengths() > 0)
    known = np.flatnonzero(counts >= _KNOWN_EVENTS)
    if len(users) == 0 or len(known) < 2:
        return 1.0
    sample = select_users(histories, users[:: max(1, len(users) // _SAMPLED_USERS)])
    known = known[:: max(1, len(known) // _SAMPLED_ITEMS)]
    outputs = model.outputs_of(model.states(sample, SilentProgress()))
    arrays = model.to_arrays()
    vectors, bias = (arrays["items"] - predicted[0])[known], (arrays["item_bias"] - predicted[1])[known]
    difference = outputs @ vectors.T + bias  # (n_users, n_known)
    # an offset that all items of a user share changes no list
    return float(np.clip((difference - difference.mean(axis=1, keepdims=True)).var(), _MIN_VARIANCE, _MAX_VARIANCE))
