"""aws-hrnn-metadata: aws-hrnn with the columns of items, users and interactions.

AWS documents the input data and publishes no code (Amazon Personalize developer guide, "HRNN-Metadata recipe"). The
implementation here is our own: features, network, training, newcomers and model in this folder, on top of recipes/hrnn.
This module loads torch only when it trains.
"""

from collections.abc import Mapping
from typing import Any

from services.engine.recipes.base import Histories, Progress, Recipe, TrainingData, TrainOptions, Validation
from services.engine.recipes.histories import repeat_share
from services.engine.recipes.hrnn.config import HYPERPARAMETERS, HrnnConfig, configure, scaled_effort
from services.engine.recipes.hrnn_metadata.model import HrnnMetadataModel

MORE_DROPOUT, PEAK_RATE = 0.1, 5e-3
"""Twice the updates of aws-hrnn on MovieLens 100K, relatively fewer on larger data, with more dropout and a lower
learning rate. On a validation part of MovieLens 100K the gain comes from this schedule: aws-hrnn with the same schedule
is as good, because its embeddings start from co-occurrence, to which genres and years add little
(benchmarks/results/recipes.md)."""
LEAST_LATER = 0.2
"""Share of later targets on large data too, where aws-hrnn has none: on a validation part of MovieLens 1M it finds
2 % more of what a person takes soon, by columns that tell what they like at all (benchmarks/results/recipes.md)."""


def configure_with_columns(settings: Mapping[str, Any], histories: Histories, seed: int) -> HrnnConfig:
    """Return the settings of a network with columns for these histories."""
    return configure(
        settings,
        n_events=histories.n_events,
        repeat_share=repeat_share(histories),
        seed=seed,
        effort=scaled_effort(histories.n_events, 2),
        more_dropout=MORE_DROPOUT,
        peak_rate=PEAK_RATE,
        least_later=LEAST_LATER,
    )


class HrnnMetadataRecipe(Recipe):
    """Uses interactions and the columns of items, users and interactions; without columns it equals aws-hrnn."""

    name = "aws-hrnn-metadata"
    model_class = HrnnMetadataModel
    hyperparameters = HYPERPARAMETERS
    has_scores = True
    listens_to_events = True
    uses_metadata = True

    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> HrnnMetadataModel:
        """Train on the histories and columns; the caller has filtered events and users."""
        from services.engine.recipes.hrnn_metadata.training import train_with_metadata

        config = configure_with_columns(options.hyperparameters, data.histories, options.seed)
        return train_with_metadata(data, config, options, progress, validation)
