"""aws-user-personalization: the items that a user will interact with next, with exploration of new items.

AWS documents the input data, the hyperparameters and the effect of exploration (Amazon Personalize developer guide,
"User-Personalization recipe" and "Exploration"), and publishes no code. This implementation combines the network of
aws-hrnn-metadata, which here can predict an item from its features (network), with Thompson sampling of the items that
a campaign explores (recipes/exploration.py, belief, model). This module loads torch only when it trains.
"""

from services.engine.recipes.base import Ints, Model, Progress, Recipe, TrainingData, TrainOptions, Updating, Validation
from services.engine.recipes.histories import repeat_share
from services.engine.recipes.hrnn.config import configure, scaled_effort, with_default_dimension
from services.engine.recipes.hrnn_metadata.recipe import MORE_DROPOUT, PEAK_RATE
from services.engine.recipes.user_personalization.model import ExploringHrnnModel
from services.engine.recipes.user_personalization.update import with_new_items

DEFAULT_DIMENSION = 149


class UserPersonalizationRecipe(Recipe, Updating):
    """Uses interactions, impressions if any, and the columns of items, users and interactions."""

    name = "aws-user-personalization"
    model_class = ExploringHrnnModel
    hyperparameters = with_default_dimension(DEFAULT_DIMENSION)
    has_scores = True
    listens_to_events = True
    uses_metadata = True
    uses_impressions = True
    explores = True
    promotes = True
    fills_up = True

    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> ExploringHrnnModel:
        """Train on the histories and columns; the caller has filtered events and users."""
        from services.engine.recipes.user_personalization.training import train_exploring

        config = configure(
            options.hyperparameters,
            n_events=data.histories.n_events,
            repeat_share=repeat_share(data.histories),
            seed=options.seed,
            default_dimension=DEFAULT_DIMENSION,
            effort=scaled_effort(data.histories.n_events, 2),
            more_dropout=MORE_DROPOUT,
            peak_rate=PEAK_RATE,
        )
        return train_exploring(data, config, options, progress, validation)

    def updated(self, model: Model, places: Ints, data: TrainingData) -> ExploringHrnnModel:
        """Return the model with the items of data, of which the new ones are explored."""
        assert isinstance(model, ExploringHrnnModel)
        return with_new_items(model, places, data)
