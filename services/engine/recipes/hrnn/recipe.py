"""aws-hrnn: predicts a user's next items from the order, the sessions and the pauses of the history.

AWS describes the recipe as a hierarchical recurrent network (Amazon Personalize developer guide, "HRNN recipe"; Ma et
al. 2018, 2020) and publishes no code; the implementation in this folder is our own. This module loads torch only when
it trains.
"""

import numpy as np

from services.engine.recipes.base import Progress, Recipe, TrainingData, TrainOptions, Validation
from services.engine.recipes.histories import repeat_share
from services.engine.recipes.hrnn.config import HYPERPARAMETERS, PEAK_RATE, configure, smallness
from services.engine.recipes.hrnn.model import HrnnModel

MORE_UPDATES, MORE_DROPOUT, LESS_RATE = 0.5, 0.1, 2 / 3
"""On small data: 50 % more updates than config.py's rule, more dropout and a lower learning rate. All three decrease as
the data grows. Chosen on validation parts of MovieLens 100K and 1M (benchmarks/results/recipes.md)."""


class HrnnRecipe(Recipe):
    """Uses interactions only and ignores metadata columns, as AWS documents."""

    name = "aws-hrnn"
    model_class = HrnnModel
    hyperparameters = HYPERPARAMETERS
    has_scores = True
    listens_to_events = True

    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> HrnnModel:
        """Train on the histories; the caller has filtered events and users."""
        from services.engine.recipes.hrnn.training import train_hrnn

        histories = data.histories
        small = smallness(histories.n_events)
        trained_items = np.unique(histories.items).astype(np.int32)
        config = configure(
            options.hyperparameters,
            n_events=histories.n_events,
            repeat_share=repeat_share(histories),
            seed=options.seed,
            effort=1 + MORE_UPDATES * small,
            more_dropout=MORE_DROPOUT * small,
            peak_rate=PEAK_RATE * LESS_RATE**small,
        )
        return train_hrnn(histories, trained_items, config, options, progress, validation)
