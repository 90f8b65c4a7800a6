"""Training with metadata: columns become features, the network learns from them, and a model serves the result.

Torch; imported by the worker only. Categories and knots come from the training data: items with an event, users with
an event, events of the training users.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from services.engine.recipes.base import (
    Column,
    Floats,
    Histories,
    Ints,
    Progress,
    TrainingData,
    TrainOptions,
    Validation,
)
from services.engine.recipes.hrnn.config import HrnnConfig
from services.engine.recipes.hrnn.network import HrnnNetwork
from services.engine.recipes.hrnn.training import Variant, train_hrnn
from services.engine.recipes.hrnn_metadata.features import learn_space
from services.engine.recipes.hrnn_metadata.model import HrnnMetadataModel
from services.engine.recipes.hrnn_metadata.network import HrnnMetadataNetwork, SideFeatures
from services.engine.recipes.hrnn_metadata.newcomers import newcomer_tables

MIN_ITEMS = 2
"""Items that must have a category before the model learns from it; users and events likewise."""
MIN_USERS = 5
MIN_EVENTS = 20


class MetadataVariant(Variant):
    """The network and the model with metadata."""

    model_class = HrnnMetadataModel

    def __init__(self, histories: Histories, item_columns: Sequence[Column], trained_items: Ints) -> None:
        used_items = np.zeros(histories.n_items, bool)
        used_items[trained_items] = True
        self.items = learn_space(item_columns, used_items, MIN_ITEMS)
        self.users = learn_space(histories.user_columns, histories.lengths() > 0, MIN_USERS)
        self.context = learn_space(histories.context, np.ones(histories.n_events, bool), MIN_EVENTS)
        self.side = SideFeatures(
            self.items.encode(item_columns, histories.n_items).take(trained_items),
            self.items.n_features,
            self.users.encode(histories.user_columns, histories.n_users),
            self.users.n_features,
            self.context.encode(histories.context, histories.n_events),
            self.context.n_features,
        )

    def network(
        self, config: HrnnConfig, items: Floats, counts: NDArray[Any], generator: torch.Generator
    ) -> HrnnNetwork:
        return HrnnMetadataNetwork(config, items, counts, generator, self.side)

    def arrays(self, network: HrnnNetwork, counts: NDArray[Any]) -> dict[str, NDArray[Any]]:
        arrays = super().arrays(network, counts)
        for part in ("user", "context"):  # the newcomers' tables are learned after the rest
            arrays[f"{part}_newcomers"] = np.zeros_like(arrays[f"{part}_queries"])
        return arrays

    def config(self) -> dict[str, Any]:
        return {"users": self.users.to_config(), "context": self.context.to_config()}


def train_with_metadata(
    data: TrainingData, config: HrnnConfig, options: TrainOptions, progress: Progress, validation: Validation | None
) -> HrnnMetadataModel:
    """Train and return the model, including the tables for users without history."""
    histories = data.histories
    trained_items = np.unique(histories.items).astype(np.int32)
    variant = MetadataVariant(histories, data.item_columns, trained_items)
    model = train_hrnn(histories, trained_items, config, options, progress, validation, variant)
    assert isinstance(model, HrnnMetadataModel)
    return model.with_arrays(newcomer_tables(model, histories, variant.side, config.seed, options.threads))
