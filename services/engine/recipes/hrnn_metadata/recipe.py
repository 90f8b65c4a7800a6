"""aws-hrnn-metadata: aws-hrnn and what is known of items, users and circumstances.

AWS documents the data it takes and publishes no code (developer guide, "HRNN-Metadata recipe"). The modules beside this
one hold ours: hrnn_features, hrnn_metadata_network, hrnn_metadata_training, hrnn_newcomers, hrnn_metadata_model, and
those of aws-hrnn. This one loads torch only when it trains.
"""

from services.engine.recipes.base import Progress, Recipe, TrainingData, TrainOptions, Validation
from services.engine.recipes.histories import repeat_share
from services.engine.recipes.hrnn.config import HYPERPARAMETERS, configure, longer
from services.engine.recipes.hrnn_metadata.model import HrnnMetadataModel

MORE_DROPOUT, PEAK_RATE = 0.1, 5e-3
"""Twice the updates on MovieLens 100K, fewer more on larger data, under more noise and at a lower rate. What this gains
on a validation part of MovieLens 100K comes from the schedule: aws-hrnn with the same one is as good, since its
embeddings start from what is taken together; genres and years say little beyond that (benchmarks/README.md)."""


class HrnnMetadataRecipe(Recipe):
    """Interactions, and the columns of items, users and interactions; without any it learns what aws-hrnn learns."""

    name = "aws-hrnn-metadata"
    model_class = HrnnMetadataModel
    hyperparameters = HYPERPARAMETERS
    has_scores = True
    listens_to_events = True
    uses_metadata = True

    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> HrnnMetadataModel:
        """Train on the histories and columns given; whoever calls has filtered events and users."""
        from services.engine.recipes.hrnn_metadata.training import train_with_metadata

        config = configure(
            options.hyperparameters,
            n_events=data.histories.n_events,
            repeat_share=repeat_share(data.histories),
            seed=options.seed,
            effort=longer(data.histories.n_events, 2),
            more_dropout=MORE_DROPOUT,
            peak_rate=PEAK_RATE,
        )
        return train_with_metadata(data, config, options, progress, validation)
