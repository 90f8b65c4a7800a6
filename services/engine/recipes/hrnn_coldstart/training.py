"""Training of the cold-start network. Torch; imported by the worker only."""

from dataclasses import replace
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
from services.engine.recipes.hrnn.batches import Sequences
from services.engine.recipes.hrnn.config import HrnnConfig
from services.engine.recipes.hrnn.network import HrnnNetwork
from services.engine.recipes.hrnn.training import train_hrnn
from services.engine.recipes.hrnn_coldstart.model import HrnnColdStartModel
from services.engine.recipes.hrnn_coldstart.network import HrnnColdStartNetwork
from services.engine.recipes.hrnn_coldstart.share import best_share, judged_rows
from services.engine.recipes.hrnn_coldstart.two_step_ridge import item_tastes, predicted_directions
from services.engine.recipes.hrnn_metadata.newcomers import newcomer_tables
from services.engine.recipes.hrnn_metadata.training import MetadataVariant

_SAMPLED_USERS = 500
"""Users whose mean output represents a new user; more take longer and change nothing."""


class ColdStartVariant(MetadataVariant):
    """The network and the model for cold items."""

    model_class = HrnnColdStartModel

    def __init__(self, data: TrainingData, trained_items: Ints, cold_items: Ints, seed: int) -> None:
        super().__init__(data.histories, data.item_columns, trained_items)
        self._cold_items = cold_items
        self._n_trained = len(trained_items)
        self._cold_rows = self.items.encode(data.item_columns, data.histories.n_items).take(cold_items)
        self._tastes = self._ridge(data.histories, trained_items)
        self.judged = judged_rows(len(trained_items), self.side.n_item_features, seed)

    def network(
        self, config: HrnnConfig, items: Floats, counts: NDArray[Any], generator: torch.Generator
    ) -> HrnnNetwork:
        self._network = HrnnColdStartNetwork(config, items, counts, generator, self.side, self._cold_rows, self.judged)
        return self._network

    def sequences(self, sequences: Sequences) -> Sequences:
        """Return the sequences without weight on the targets that judge."""
        is_judged = np.zeros(self._n_trained, bool)
        is_judged[self.judged] = True
        return replace(sequences, weights=np.where(is_judged[sequences.targets], np.float32(0), sequences.weights))

    def share(self, model: HrnnColdStartModel, histories: Histories, trained_items: Ints) -> float:
        """Return the ridge's share in the answers of the trained model."""
        features = self.side.items, self.side.n_item_features
        return best_share(model, histories, trained_items, self.judged, self._network.predicted(), features)

    def arrays(self, network: HrnnNetwork, counts: NDArray[Any]) -> dict[str, NDArray[Any]]:
        arrays = super().arrays(network, counts) | self._tastes
        return arrays | {"usual_output": np.zeros_like(arrays["b_o"]), "cold_items": self._cold_items}

    def _ridge(self, histories: Histories, trained_items: Ints) -> dict[str, Floats]:
        directions, tastes = item_tastes(histories, trained_items)
        cold = predicted_directions(directions, self.side.items, self._cold_rows, self.side.n_item_features)
        return {"item_tastes": tastes, "cold_tastes": cold}


def train_cold_start(
    data: TrainingData,
    cold_items: Ints,
    config: HrnnConfig,
    options: TrainOptions,
    progress: Progress,
    validation: Validation | None,
) -> HrnnColdStartModel:
    """Train and return the model that recommends cold_items, int32 ascending."""
    histories = data.histories
    trained_items = np.unique(histories.items).astype(np.int32)
    variant = ColdStartVariant(data, trained_items, cold_items, config.seed)
    model = train_hrnn(histories, trained_items, config, options, progress, validation, variant)
    assert isinstance(model, HrnnColdStartModel)
    model = model.with_ridge_share(variant.share(model, histories, trained_items))
    users = np.flatnonzero(histories.lengths() > 0)
    sample = select_users(histories, users[:: max(1, len(users) // _SAMPLED_USERS)])
    usual = {"usual_output": model.usual_output(model.states(sample, SilentProgress()))}
    newcomers = newcomer_tables(model, histories, variant.side, config.seed, options.threads)
    return model.with_arrays(usual | newcomers)
