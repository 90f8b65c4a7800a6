"""Training of the v2 recipes: the network with metadata and weighted events, then the new items. Torch."""

from typing import Any

import numpy as np

from services.engine.recipes.base import Floats, Ints, Progress, TrainingData, TrainOptions, Validation
from services.engine.recipes.exploration import AGE_CUT_OFF, DAY_S
from services.engine.recipes.hrnn.batches import Sequences
from services.engine.recipes.hrnn.config import HrnnConfig
from services.engine.recipes.hrnn.training import train_hrnn
from services.engine.recipes.hrnn_coldstart.two_step_ridge import predicted_directions
from services.engine.recipes.hrnn_metadata.newcomers import newcomer_tables
from services.engine.recipes.hrnn_metadata.training import MetadataVariant
from services.engine.recipes.v2.model import PersonalizationV2Model, no_new_items
from services.engine.recipes.v2.weights import event_weights


class WeightedVariant(MetadataVariant):
    """The network with metadata, its targets weighed by their events."""

    model_class = PersonalizationV2Model

    def __init__(self, data: TrainingData, trained_items: Ints, weights: Floats) -> None:
        super().__init__(data.histories, data.item_columns, trained_items)
        self._weights = weights

    def sequences(self, sequences: Sequences) -> Sequences:
        weights = sequences.weights * self._weights[sequences.target_events]
        return Sequences(**{**vars(sequences), "weights": weights.astype(np.float32)})


def train_v2(
    data: TrainingData, config: HrnnConfig, options: TrainOptions, progress: Progress, validation: Validation | None
) -> PersonalizationV2Model:
    """Train and return the model, with the new items that it may explore."""
    histories = data.histories
    trained_items = np.unique(histories.items).astype(np.int32)
    variant = WeightedVariant(data, trained_items, event_weights(histories, options.event_weights))
    model = train_hrnn(histories, trained_items, config, options, progress, validation, variant)
    assert isinstance(model, PersonalizationV2Model)
    tables = newcomer_tables(model, histories, variant.side, config.seed, options.threads)
    return model.with_arrays(tables | new_item_arrays(model, data, variant, trained_items))


def new_item_arrays(
    model: PersonalizationV2Model, data: TrainingData, variant: MetadataVariant, trained_items: Ints
) -> dict[str, Any]:
    """Return the items without events that became available lately, with vectors predicted from their features.

    The prediction is the ridge regression from features to directions of aws-hrnn-coldstart. Items of which nothing is
    known are not explored.
    """
    newest = int(data.histories.timestamps.max(initial=0)) if data.newest is None else data.newest
    young = (
        np.zeros(data.histories.n_items, np.bool_)
        if data.item_creation is None
        else np.asarray(data.item_creation) >= newest - AGE_CUT_OFF.default * DAY_S
    )
    young[trained_items] = False
    if data.item_counts is not None:  # an item of test users is no new item
        young &= data.item_counts == 0
    items = np.flatnonzero(young)
    features = variant.items.encode(data.item_columns, data.histories.n_items).take(items)
    described = (features.weights > 0).any(axis=1)
    items, features = items[described].astype(np.int32), features.take(np.flatnonzero(described))
    if not len(items) or not len(trained_items):
        return no_new_items(model.width)
    arrays = model.to_arrays()
    known = np.concatenate([arrays["items"], np.asarray(arrays["item_bias"])[:, None]], axis=1)
    mean = known.mean(axis=0, keepdims=True)
    predicted = mean + predicted_directions(known - mean, variant.side.items, features, variant.side.n_item_features)
    return {"new_items": items, "new_vectors": predicted[:, :-1].copy(), "new_bias": predicted[:, -1].copy()}
