"""A training that resumes after an interruption ends with the same model."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.engine.errors import JobStopped
from services.engine.models.artifacts import map_arrays, write_arrays
from services.engine.recipes.base import Model, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_recipe
from tests.engine.recipes.synthetic import categorical, markov, repeats

QUIET = SilentProgress()
N_COLD = 100


class Kept:
    """Checkpoints as a file holds them, saved after every epoch; the worker dies right after the `dies_after`th."""

    due = True

    def __init__(self, dies_after: int | None = None) -> None:
        self.arrays: Mapping[str, Any] | None = None
        self.fractions: list[float] = []
        self.n_saved = 0
        self._dies_after = dies_after

    def load(self) -> Mapping[str, Any] | None:
        return self.arrays

    def resumed(self, fraction: float, note: str) -> None:
        self.fractions.append(fraction)

    def save(self, arrays: Mapping[str, Any]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            write_arrays(Path(folder) / "kept", arrays)
            self.arrays = {name: array.copy() for name, array in map_arrays(Path(folder) / "kept").items()}
        self.n_saved += 1
        if self.n_saved == self._dies_after:
            raise JobStopped("killed")


def world(recipe: str) -> TrainingData:
    histories = markov()
    if recipe == "aws-hrnn":
        return TrainingData(histories)
    n_items = histories.n_items + N_COLD
    kinds = categorical("KIND", [[f"kind {item % 3}"] for item in range(n_items)])
    created = np.full(n_items, histories.timestamps.min() - 86_400)
    created[-N_COLD:] = histories.timestamps.max()
    return TrainingData(replace(histories, n_items=n_items), (kinds,), created)


def train(recipe: str, data: TrainingData, checkpoints: Kept | None = None, seed: int = 0, **given: str) -> Model:
    values = complete(recipe, find(recipe).hyperparameters, {"epochs": "5"} | given)
    return load_recipe(recipe).train(data, TrainOptions(values, seed, checkpoints=checkpoints), QUIET)


def assert_same(one: Model, other: Model) -> None:
    ours, theirs = one.to_arrays(), other.to_arrays()
    assert ours.keys() == theirs.keys()
    for name, array in ours.items():
        np.testing.assert_array_equal(array, theirs[name], err_msg=name)


@pytest.mark.parametrize("recipe", ["aws-hrnn", "aws-hrnn-metadata", "aws-hrnn-coldstart", "aws-user-personalization"])
def test_a_training_that_goes_on_ends_as_if_it_had_never_stopped(recipe):
    data, kept = world(recipe), Kept(dies_after=3)
    with pytest.raises(JobStopped):
        train(recipe, data, kept)
    assert_same(train(recipe, data, kept), train(recipe, data))
    assert kept.fractions == [3 / 5]


def test_it_may_be_stopped_again_and_again():
    data, kept = world("aws-hrnn"), Kept()
    for _ in range(4):
        kept._dies_after = kept.n_saved + 1
        with pytest.raises(JobStopped):
            train("aws-hrnn", data, kept)
    assert_same(train("aws-hrnn", data, kept), train("aws-hrnn", data))
    assert kept.fractions == [1 / 5, 2 / 5, 3 / 5, 4 / 5]


def test_repeats_and_early_stopping_go_on_too():
    data, kept = TrainingData(repeats()), Kept(dies_after=2)
    given = {"early_stopping": "true", "epochs": "12", "learning_rate": "0.02"}
    with pytest.raises(JobStopped):
        train("aws-hrnn", data, kept, **given)
    assert_same(train("aws-hrnn", data, kept, **given), train("aws-hrnn", data, **given))


@pytest.mark.parametrize(
    ("data", "seed", "given"),
    [
        (markov(seed=1), 0, {}),
        (markov(), 1, {}),
        (markov(), 0, {"hidden_dimension": "40"}),
        (markov(), 0, {"bptt": "20"}),
    ],
    ids=["other data", "other seed", "other size", "other settings"],
)
def test_what_another_training_left_is_not_taken(data, seed, given):
    kept = Kept(dies_after=2)
    with pytest.raises(JobStopped):
        train("aws-hrnn", TrainingData(markov()), kept)
    kept._dies_after = None
    assert_same(
        train("aws-hrnn", TrainingData(data), kept, seed, **given),
        train("aws-hrnn", TrainingData(data), None, seed, **given),
    )
    assert kept.fractions == []


def test_a_checkpoint_whose_step_got_a_dimension_is_taken():
    """Files of earlier versions have the shape (1,) where the optimizer's count of steps has none."""
    data, kept = world("aws-hrnn"), Kept(dies_after=2)
    with pytest.raises(JobStopped):
        train("aws-hrnn", data, kept)
    assert kept.arrays is not None
    kept.arrays = {name: np.atleast_1d(array) for name, array in kept.arrays.items()}
    assert_same(train("aws-hrnn", data, kept), train("aws-hrnn", data))
