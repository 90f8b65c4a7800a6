"""Models for items measured on the documented split, beside popularity and random items."""

import numpy as np
import pytest

from services.engine.jobs.evaluation.metrics import MRR
from services.engine.jobs.evaluation.split import sequence_split
from services.engine.jobs.evaluation.versions import (
    RELATED_SPLIT_WORDS,
    SPLIT_WORDS,
    evaluate_related_items,
    evaluate_version,
)
from services.engine.recipes.base import Histories, RelatedItemsModel, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.histories import keep_events
from services.engine.recipes.registry import load_recipe

N_ITEMS = 40


class NextNumber(RelatedItemsModel):
    """The related item of item i is i + 1; without an item, item 0."""

    n_items = N_ITEMS

    def __init__(self) -> None:
        self.asked: list[int | None] = []

    def to_arrays(self):
        return {}

    def to_config(self):
        return {}

    @classmethod
    def from_arrays(cls, arrays, config):
        return cls()

    def related_scores(self, item_index):
        self.asked.append(item_index)
        scores = np.full(N_ITEMS, -np.inf, np.float32)
        scores[0 if item_index is None else (item_index + 1) % N_ITEMS] = 1
        return scores


def histories_of(items_of_users: list[list[int]]) -> Histories:
    lengths = [len(items) for items in items_of_users]
    items = np.array([item for items in items_of_users for item in items], np.int32)
    times = np.concatenate([np.arange(n) for n in lengths]).astype(np.int64)
    return Histories(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), items, times, N_ITEMS)


def test_the_last_input_is_asked_about_and_the_targets_are_to_be_found() -> None:
    inputs = histories_of([[9, 1], [5, 7, 3], [8, 1], []])
    targets = histories_of([[2, 30], [20], [31, 2], [0]])
    model = NextNumber()
    found = evaluate_related_items(model, inputs, targets)
    assert found.shown[:, 0].tolist() == [2, 4, 2, 0]
    assert (found.shown[:, 1:] == -1).all()
    assert found.per_user[MRR].tolist() == [1.0, 0.0, 1.0, 1.0]
    assert found.per_user["precision_at_5"].tolist() == [0.2, 0.0, 0.2, 0.2]
    assert sorted(model.asked, key=str) == [1, 3, None]  # each item once, however many users end with it


def walks(n_users: int = 200) -> Histories:
    rng = np.random.default_rng(0)
    starts = rng.integers(0, N_ITEMS, n_users)
    return histories_of([((start + np.arange(12)) % N_ITEMS).tolist() for start in starts])


def test_a_model_for_items_is_measured_beside_popularity_and_random_items() -> None:
    split = sequence_split(walks())
    training = keep_events(walks(), np.repeat(split.train_users, walks().lengths()))
    evaluation, metrics = evaluate_version(NextNumber(), training, split, SilentProgress())
    assert evaluation.split == RELATED_SPLIT_WORDS != SPLIT_WORDS
    assert [method.name for method in evaluation.methods] == ["model", "popularity", "random"]
    assert metrics[MRR] == 1.0
    assert 0 < evaluation.method("popularity").metrics[MRR].value < 0.5
    assert evaluation.model_minus_popularity[MRR].low > 0.4


def test_sims_finds_what_goes_together_better_than_popularity_does() -> None:
    split = sequence_split(walks())
    training = keep_events(walks(), np.repeat(split.train_users, walks().lengths()))
    model = load_recipe("aws-sims").train(TrainingData(training), TrainOptions(), SilentProgress())
    evaluation, metrics = evaluate_version(model, training, split, SilentProgress())
    assert metrics["coverage"] == pytest.approx(evaluation.method("model").metrics["coverage"].value, abs=1e-4)
    assert evaluation.model_minus_popularity["hit_rate_at_25"].low > 0
