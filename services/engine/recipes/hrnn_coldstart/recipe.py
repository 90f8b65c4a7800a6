"""aws-hrnn-coldstart: recommends items with few or no interactions.

Only cold items are recommended. An item is cold when it has fewer interactions than cold_start_max_interactions and is
younger than cold_start_max_duration days, counted back from the newest interaction or from now (Amazon Personalize
developer guide, "HRNN-Coldstart recipe"); 100 to 80,000 items must be cold. The network is that of aws-hrnn-metadata,
trained to predict an item from its features alone; two of them answer together (ensemble.py). A part of the score comes
from two_step_ridge, a closed form that shrinks rare features; share.py chooses how much.
"""

import numpy as np

from services.engine.errors import JobFailed
from services.engine.recipes.base import (
    HyperParameter,
    Ints,
    Progress,
    Recipe,
    TrainingData,
    TrainOptions,
    Validation,
)
from services.engine.recipes.histories import repeat_share
from services.engine.recipes.hrnn.config import configure, with_default_dimension
from services.engine.recipes.hrnn_coldstart.ensemble import ColdStartEnsemble

DEFAULT_DIMENSION = 149
MIN_COLD_ITEMS, MAX_COLD_ITEMS = 100, 80_000
"""AWS's bounds for the number of cold items."""
DAY_S = 86_400
EFFORT = 0.3
"""Share of aws-hrnn's updates: more updates improve the known items only, not the new ones."""

_COLD_START = (
    HyperParameter(
        "cold_start_max_interactions",
        "integer",
        15,
        1,
        None,
        featurization=True,
        description="An item with fewer interactions than this may be cold.",
    ),
    HyperParameter(
        "cold_start_max_duration",
        "float",
        5.0,
        0.0,
        None,
        featurization=True,
        description="An item may be cold for this many days.",
    ),
    HyperParameter(
        "cold_start_relative_from",
        "categorical",
        "latestItem",
        choices=("latestItem", "currentTime"),
        featurization=True,
        description="Whether the days count back from the newest interaction or from now.",
    ),
)


class HrnnColdStartRecipe(Recipe):
    """Uses interactions and an Items dataset, and the columns of users and interactions if any."""

    name = "aws-hrnn-coldstart"
    model_class = ColdStartEnsemble
    hyperparameters = (*with_default_dimension(DEFAULT_DIMENSION), *_COLD_START)
    has_scores = True
    listens_to_events = True
    uses_metadata = True

    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> ColdStartEnsemble:
        """Train on the histories and columns. Raises JobFailed when too few or too many items are cold."""
        from services.engine.recipes.hrnn_coldstart.training import train_cold_start

        cold = cold_items(data, options)
        config = configure(
            options.hyperparameters,
            n_events=data.histories.n_events,
            repeat_share=repeat_share(data.histories),
            seed=options.seed,
            default_dimension=DEFAULT_DIMENSION,
            effort=EFFORT,
        )
        return train_cold_start(data, cold, config, options, progress, validation)


def cold_items(data: TrainingData, options: TrainOptions) -> Ints:
    """Return the cold items, int32 ascending, by AWS's two rules. Raises JobFailed with a reason."""
    if not data.item_columns:
        raise JobFailed(
            "aws-hrnn-coldstart recognises new items by what is known of them, and there is no column of items to "
            "learn from. Import an Items dataset with a categorical or numeric column, or exclude fewer columns."
        )
    histories, settings = data.histories, options.hyperparameters
    counts = data.item_counts
    if counts is None:
        counts = np.bincount(histories.items, minlength=histories.n_items)
    newest = int(histories.timestamps.max(initial=0))
    since = settings.get("cold_start_relative_from", "latestItem")
    until = options.now if since == "currentTime" and options.now is not None else newest
    created = np.full(histories.n_items, newest) if data.item_creation is None else data.item_creation
    max_interactions = int(settings.get("cold_start_max_interactions", 15))
    days = float(settings.get("cold_start_max_duration", 5.0))
    few, young = counts < max_interactions, until - created < days * DAY_S
    cold = np.flatnonzero(few & young).astype(np.int32)
    if not MIN_COLD_ITEMS <= len(cold) <= MAX_COLD_ITEMS:
        raise JobFailed(
            f"{len(cold):,} items are cold, and there must be {MIN_COLD_ITEMS} to {MAX_COLD_ITEMS:,}: "
            f"{int(few.sum()):,} of {histories.n_items:,} items have fewer than {max_interactions} interactions "
            "(cold_start_max_interactions), "
            f"{int(young.sum()):,} are younger than {days:g} days (cold_start_max_duration) counted from {since}. "
            "Change these hyperparameters, or import new items into the Items dataset."
        )
    return cold
