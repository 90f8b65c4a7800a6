"""aws-hrnn: the next items of a user, from the order, the sessions and the pauses of the history.

AWS describes the recipe as a hierarchical recurrent network (developer guide, "HRNN recipe"; Ma et al. 2018, 2020) and
publishes no code; the modules beside this one hold ours: hrnn_config, hrnn_batches, hrnn_packing, hrnn_network,
hrnn_gru, hrnn_loss, hrnn_training, hrnn_model. This one loads torch only when it trains.
"""

import numpy as np

from services.engine.recipes.base import Progress, Recipe, TrainingData, TrainOptions, Validation
from services.engine.recipes.histories import repeat_share
from services.engine.recipes.hrnn.config import HYPERPARAMETERS, PEAK_RATE, configure, smallness
from services.engine.recipes.hrnn.model import HrnnModel

MORE_UPDATES, MORE_DROPOUT, LESS_RATE = 0.5, 0.1, 2 / 3
"""On small data half as many updates again as hrnn_config's rule, under more noise, at a lower rate; less of that the
larger the data. Chosen on validation parts of MovieLens 100K and 1M (benchmarks/README.md)."""


class HrnnRecipe(Recipe):
    """Interactions only: items and users come as histories, further columns are ignored, as AWS has it."""

    name = "aws-hrnn"
    model_class = HrnnModel
    hyperparameters = HYPERPARAMETERS
    has_scores = True
    listens_to_events = True

    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> HrnnModel:
        """Train on the histories given; whoever calls has filtered events and users."""
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
