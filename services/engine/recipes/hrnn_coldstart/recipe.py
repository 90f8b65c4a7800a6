"""aws-hrnn-coldstart: who would like the items that nobody has met yet.

Only cold items are recommended. An item is cold when it has fewer interactions than cold_start_max_interactions and is
younger than cold_start_max_duration days, looking back from the newest interaction or from now (developer guide,
"HRNN-Coldstart recipe"); there must be 100 to 80,000 of them. The network is that of aws-hrnn-metadata, trained so
that an item can be told by its features alone: hrnn_coldstart_network, hrnn_coldstart_training, hrnn_coldstart_model.
Half of the answer is a closed form beside it, two_step_ridge, which knows what rare features are worth.
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
from services.engine.recipes.hrnn_coldstart.model import HrnnColdStartModel

DEFAULT_DIMENSION = 149
FEWEST_COLD, MOST_COLD = 100, 80_000
"""AWS's bounds for the number of cold items."""
DAY_S = 86_400
EFFORT = 0.3
"""Share of aws-hrnn's updates: more of them teach the known items better, and the new ones no longer."""

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
    """Interactions and an Items data set; columns of users and interactions are used where there are any."""

    name = "aws-hrnn-coldstart"
    model_class = HrnnColdStartModel
    hyperparameters = (*with_default_dimension(DEFAULT_DIMENSION), *_COLD_START)
    has_scores = True
    listens_to_events = True
    uses_metadata = True

    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> HrnnColdStartModel:
        """Train on the histories and columns given. Raises JobFailed when too few or too many items are cold."""
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
    """Return the cold items, int32 ascending, by AWS's two rules. Raises JobFailed in words."""
    if not data.item_columns:
        raise JobFailed(
            "aws-hrnn-coldstart recognises new items by what is known of them, and there is no column of items to "
            "learn from. Import an Items dataset with a categorical or numeric column, or exclude fewer columns."
        )
    histories, given = data.histories, options.hyperparameters
    counts = data.item_counts
    if counts is None:
        counts = np.bincount(histories.items, minlength=histories.n_items)
    newest = int(histories.timestamps.max(initial=0))
    since = given.get("cold_start_relative_from", "latestItem")
    until = options.now if since == "currentTime" and options.now is not None else newest
    created = np.full(histories.n_items, newest) if data.item_creation is None else data.item_creation
    most, days = int(given.get("cold_start_max_interactions", 15)), float(given.get("cold_start_max_duration", 5.0))
    few, young = counts < most, until - created < days * DAY_S
    cold = np.flatnonzero(few & young).astype(np.int32)
    if not FEWEST_COLD <= len(cold) <= MOST_COLD:
        raise JobFailed(
            f"{len(cold):,} items are cold, and there must be {FEWEST_COLD} to {MOST_COLD:,}: {int(few.sum()):,} of "
            f"{histories.n_items:,} items have fewer than {most} interactions (cold_start_max_interactions), "
            f"{int(young.sum()):,} are younger than {days:g} days (cold_start_max_duration) counted from {since}. "
            "Change these hyperparameters, or import new items into the Items dataset."
        )
    return cold
