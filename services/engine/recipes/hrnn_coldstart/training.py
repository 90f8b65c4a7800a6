"""Training of the cold-start networks. Torch; imported by the worker only."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from services.engine.recipes.base import (
    Floats,
    Histories,
    Ints,
    Longs,
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
from services.engine.recipes.hrnn_coldstart.ensemble import ColdStartEnsemble, PartOfProgress
from services.engine.recipes.hrnn_coldstart.model import HrnnColdStartModel
from services.engine.recipes.hrnn_coldstart.network import HrnnColdStartNetwork
from services.engine.recipes.hrnn_coldstart.share import best_share, judged_rows, share_values
from services.engine.recipes.hrnn_coldstart.two_step_ridge import DAMPING, item_tastes, predicted_directions
from services.engine.recipes.hrnn_metadata.newcomers import newcomer_tables
from services.engine.recipes.hrnn_metadata.training import MetadataVariant

N_NETWORKS = 2
"""Networks that answer together; each takes a training."""
SEED_STEP = 1_000_003
"""Between the seeds of two networks, so that trainings with near seeds share none."""
_SAMPLED_USERS = 500
"""Users whose mean output represents a new user; more take longer and change nothing."""


class ColdStartVariant(MetadataVariant):
    """The network and the model for cold items."""

    model_class = HrnnColdStartModel
    asks_neighbours = False  # they know nothing of new items

    def __init__(self, data: TrainingData, trained_items: Ints, cold_items: Ints) -> None:
        super().__init__(data.histories, data.item_columns, trained_items)
        self._cold_items = cold_items
        self._n_trained = len(trained_items)
        self._cold_rows = self.items.encode(data.item_columns, data.histories.n_items).take(cold_items)
        self._tastes = self._ridge(data.histories, trained_items)
        self.judged: Longs = np.empty(0, np.int64)
        """Rows of the trained items that the next network does not predict."""

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

    def share_values(self, model: HrnnColdStartModel, histories: Histories, trained_items: Ints) -> Floats | None:
        """Return what each share of the ridge is worth in the answers of the network trained last."""
        features = self.side.items, self.side.n_item_features
        return share_values(model, histories, trained_items, self.judged, self._network.predicted(), features)

    def arrays(self, network: HrnnNetwork, counts: NDArray[Any]) -> dict[str, NDArray[Any]]:
        arrays = super().arrays(network, counts) | self._tastes
        return arrays | {"usual_output": np.zeros_like(arrays["b_o"]), "cold_items": self._cold_items}

    def _ridge(self, histories: Histories, trained_items: Ints) -> dict[str, Floats]:
        directions, tastes = item_tastes(histories, trained_items, damping=DAMPING)
        cold = predicted_directions(directions, self.side.items, self._cold_rows, self.side.n_item_features)
        return {"item_tastes": tastes, "cold_tastes": cold}


def train_cold_start(
    data: TrainingData,
    cold_items: Ints,
    config: HrnnConfig,
    options: TrainOptions,
    progress: Progress,
    validation: Validation | None,
) -> ColdStartEnsemble:
    """Train and return the networks that recommend cold_items, int32 ascending."""
    histories = data.histories
    trained_items = np.unique(histories.items).astype(np.int32)
    variant = ColdStartVariant(data, trained_items, cold_items)
    folds = judged_rows(len(trained_items), variant.side.n_item_features, N_NETWORKS, config.seed)
    members, values = [], []
    for number, judged in enumerate(folds):
        variant.judged = judged
        own, part = replace(config, seed=config.seed + number * SEED_STEP), PartOfProgress(progress, number, len(folds))
        curve = validation if number == 0 else None
        model = train_hrnn(histories, trained_items, own, options, part, curve, variant)
        assert isinstance(model, HrnnColdStartModel)
        values.append(variant.share_values(model, histories, trained_items))
        members.append(_for_new_users(model, histories, variant, own.seed, options.threads))
    return ColdStartEnsemble(members).with_ridge_share(best_share(values))


def _for_new_users(
    model: HrnnColdStartModel, histories: Histories, variant: ColdStartVariant, seed: int, threads: int
) -> HrnnColdStartModel:
    """Return the model with what it answers users without history."""
    users = np.flatnonzero(histories.lengths() > 0)
    sample = select_users(histories, users[:: max(1, len(users) // _SAMPLED_USERS)])
    usual = {"usual_output": model.usual_output(model.states(sample, SilentProgress()))}
    return model.with_arrays(usual | newcomer_tables(model, histories, variant.side, seed, threads))
