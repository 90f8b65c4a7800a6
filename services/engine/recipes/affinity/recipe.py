"""aws-item-affinity and aws-item-attribute-affinity: the people whom an item, or a taste, is for.

Documented (Amazon Personalize developer guide, "Item-Affinity recipe", "Item-Attribute-Affinity recipe"): segments by
batch segment jobs only, people in the order of their probability, hidden_dimension (149, 32 to 256) as the only
hyperparameter, Items with at least one column that is not text for attributes. AWS's algorithms are not public. Ours
keeps everybody's taste and past (known.py) and calibrates them on the newest part of the data (calibration.py);
benchmarks/current_segments.py measures whether the probabilities hold, and who is found.
"""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from services.engine.errors import JobFailed
from services.engine.recipes.affinity.calibration import OF_ITEMS, OF_TASTES, calibrate
from services.engine.recipes.affinity.known import known_at
from services.engine.recipes.affinity.model import AffinityModel
from services.engine.recipes.affinity.segments import Attribute, Question, SegmentRecipe
from services.engine.recipes.base import (
    Column,
    Histories,
    HyperParameter,
    Ints,
    Progress,
    TrainingData,
    TrainOptions,
    Validation,
)

MIN_EVENTS = 5
"""Events of a set of items from which on it serves the calibration."""
HYPERPARAMETERS = (
    HyperParameter("hidden_dimension", "integer", 149, 32, 256, description="Directions in which tastes are compared."),
)


class ItemAffinityRecipe(SegmentRecipe):
    """Answers for an item."""

    name = "aws-item-affinity"
    model_class = AffinityModel
    hyperparameters = HYPERPARAMETERS
    trains_on_all_users = True
    by_attributes: ClassVar[bool] = False

    def questions(self, data: TrainingData, future: Histories) -> list[tuple[Question, Ints]]:
        """Return questions with their items, for the evaluation: items that were met in the future."""
        return [(item, np.array([item], np.int32)) for item in np.unique(future.items).tolist()]

    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> AffinityModel:
        """Learn from the histories; the caller has filtered events and users."""
        histories = data.histories
        rank = int(options.hyperparameters.get("hidden_dimension", HYPERPARAMETERS[0].default))
        times = histories.timestamps
        if histories.n_events > 1 and times.min() == times.max():
            raise JobFailed("All interactions have the same TIMESTAMP; segments need to know what came later.")
        columns = data.item_columns if self.by_attributes else ()
        if self.by_attributes and not columns:
            raise JobFailed(
                "The Items dataset has no rows, or no column of categories or numbers. Import one, or use "
                "aws-item-affinity."
            )
        progress.update(0.0, "what happened in the newest part")
        counts = np.bincount(histories.items, minlength=histories.n_items)
        sets = attribute_sets(columns, counts) if self.by_attributes else item_sets(histories, options.seed)
        periods = OF_TASTES if self.by_attributes else OF_ITEMS
        calibration = calibrate(histories, sets, rank, options.seed, periods)
        progress.update(0.6, "everybody's taste")
        known = known_at(histories, int(times.max(initial=0)), calibration.period_s, rank)
        progress.update(1.0)
        return AffinityModel(known, calibration, columns)


class ItemAttributeAffinityRecipe(ItemAffinityRecipe):
    """Answers for attributes of items."""

    name = "aws-item-attribute-affinity"
    uses_metadata = True
    by_attributes = True

    def questions(self, data: TrainingData, future: Histories) -> list[tuple[Question, Ints]]:
        """Return questions with their items, for the evaluation: the categories of the items' columns."""
        result: list[tuple[Question, Ints]] = []
        for column in data.item_columns:
            if column.offsets is None:
                continue
            rows = np.repeat(np.arange(data.histories.n_items, dtype=np.int32), np.diff(column.offsets))
            for code, category in enumerate(column.categories):
                result.append(((Attribute(column.name, category),), rows[column.values == code]))
        return result


def item_sets(histories: Histories, seed: int) -> list[Ints]:
    """Return at most 1,000 single items, popular ones more often."""
    counts = np.bincount(histories.items, minlength=histories.n_items)
    usable = np.flatnonzero(counts >= MIN_EVENTS)
    if not len(usable):
        return []
    rng = np.random.default_rng([seed, 1])
    weights = np.sqrt(counts[usable])  # between every item alike and every event alike
    n = min(len(usable), 1000)
    chosen = rng.choice(usable, n, replace=False, p=weights / weights.sum())
    return [np.array([item], np.int32) for item in chosen.tolist()]


def attribute_sets(columns: Sequence[Column], counts: np.ndarray) -> list[Ints]:
    """Return the items with events of each category, and of each number that several items have."""
    sets = []
    for column in columns:
        if column.offsets is not None:
            rows = np.repeat(np.arange(len(counts)), np.diff(column.offsets))
            having = [rows[column.values == code] for code in range(len(column.categories))]
        else:
            having = [np.flatnonzero(column.values == value) for value in np.unique(column.values[:])[:500]]
        sets += [items[counts[items] > 0].astype(np.int32) for items in having]
    return [items for items in sets if counts[items].sum() >= MIN_EVENTS]
