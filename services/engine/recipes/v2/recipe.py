"""aws-user-personalization-v2 and aws-personalized-ranking-v2: what a person wants next, by a network with columns.

AWS documents a transformer, one hyperparameter (apply_recency_bias), event weights (weights.py), up to five million
items, exploration by the service itself, and reasons for items that the model would not list (Amazon Personalize
developer guide, "User-Personalization-v2 recipe", "Personalized-Ranking-v2 recipe"), and publishes no code. Here the
network is that of aws-hrnn-metadata, a gated recurrent network with running means of its inputs. At this time budget
on two cores no transformer beats it: aws-hrnn finds .198 NDCG@10 on MovieLens 1M, leave-one-out, ranked among all
films, in 165 s of one core; SASRec with full cross-entropy finds .182 to .186 in 9 to 13 minutes of a graphics card
(Klenitskiy and Vasilev 2023, arXiv 2309.07602; "Time to Split", RecSys 2025, arXiv 2507.16289), HSTU-large .189
(2402.17152). New items are explored by their metadata (model.py). This module loads torch only when it trains.
"""

from dataclasses import replace

import numpy as np

from services.engine.recipes.base import (
    Histories,
    HyperParameter,
    Progress,
    Recipe,
    TrainingData,
    TrainOptions,
    Validation,
)
from services.engine.recipes.histories import keep_events, within_length_percentiles
from services.engine.recipes.hrnn.config import HYPERPARAMETERS
from services.engine.recipes.hrnn_metadata.recipe import configure_with_columns
from services.engine.recipes.v2.model import PersonalizationV2Model

LONGEST, MIN_USERS = 0.99, 500
"""Share of the people, by the length of their histories, that is learned from; and people from whom on it applies."""
RECENCY = HyperParameter(
    "apply_recency_bias", "boolean", True, description="Whether recent events weigh more in the training."
)


class UserPersonalizationV2Recipe(Recipe):
    """Uses interactions and the columns of items, users and interactions."""

    name = "aws-user-personalization-v2"
    model_class = PersonalizationV2Model
    hyperparameters = (RECENCY, *(parameter for parameter in HYPERPARAMETERS if parameter.engine_only))
    has_scores = True
    listens_to_events = True
    uses_metadata = True
    promotes = True
    fills_up = True
    weighs_events = True
    explores_by_itself = True

    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> PersonalizationV2Model:
        """Train on the histories and columns; the caller has filtered events and users."""
        from services.engine.recipes.v2.training import train_v2

        data = replace(data, histories=without_longest(data.histories))
        given = dict(options.hyperparameters)
        settings = given | {"recency_mask": given.get(RECENCY.name, RECENCY.default)}
        config = configure_with_columns(settings, data.histories, options.seed)
        return train_v2(data, config, options, progress, validation)


def without_longest(histories: Histories) -> Histories:
    """Return the histories without the events of the people with the longest ones: robots and testers.

    Other recipes leave out the same share by max_user_history_length_percentile, which AWS's v2 does not have.
    """
    if int((histories.lengths() > 0).sum()) < MIN_USERS:
        return histories
    within = within_length_percentiles(histories, 0.0, LONGEST)
    return keep_events(histories, np.repeat(within, histories.lengths()))


class PersonalizedRankingV2Recipe(UserPersonalizationV2Recipe):
    """Ranks lists with the same network; nothing is promoted, filled up or explored."""

    name = "aws-personalized-ranking-v2"
    promotes = False
    fills_up = False
    explores_by_itself = False
