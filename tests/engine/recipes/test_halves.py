"""Two halves side by side: the same work with one thread or two, and so the same model."""

import threading

import numpy as np
import pytest
import torch

from services.engine.recipes.base import SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.halves import computing_threads, in_halves
from services.engine.recipes.hrnn import training
from services.engine.recipes.hrnn.config import HYPERPARAMETERS
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import load_recipe
from tests.engine.recipes.synthetic import histories_of


@pytest.mark.parametrize(("n_threads", "helps"), [(1, False), (2, True)])
def test_the_second_thread_takes_the_first_half_and_keeps_no_gradients(n_threads: int, helps: bool) -> None:
    def half(start: int, end: int) -> tuple[int, int, int, bool]:
        return start, end, threading.get_ident(), torch.is_grad_enabled()

    with computing_threads(n_threads), torch.no_grad():
        first, second = in_halves(5, half)
    assert (first[:2], second[:2]) == ((0, 2), (2, 5))
    assert (first[2] != second[2]) == helps
    assert (first[3], second[3]) == (False, False)


def test_an_error_in_either_half_is_raised_after_both_have_ended() -> None:
    def fails_at(bad: int, ended: list[int]):
        def half(start: int, _end: int) -> None:
            ended.append(start)
            if start == bad:
                raise ValueError(f"half at {bad}")

        return half

    for bad in (0, 2):
        ended: list[int] = []
        with computing_threads(2), pytest.raises(ValueError, match=f"half at {bad}"):
            in_halves(4, fails_at(bad, ended))
        assert sorted(ended) == [0, 2]


@pytest.mark.parametrize("sampled_items", [10**6, 0], ids=["all items", "a sample first"])
def test_one_thread_and_two_give_the_same_model(sampled_items: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "SAMPLED_ITEMS", sampled_items)
    rng = np.random.default_rng(0)
    histories = histories_of([rng.integers(0, 60, 30).tolist() for _ in range(40)], 60)
    values = complete("aws-hrnn", HYPERPARAMETERS, {"epochs": "2"})
    one, two = (
        load_recipe("aws-hrnn").train(TrainingData(histories), TrainOptions(values, threads=n), SilentProgress())
        for n in (1, 2)
    )
    of_two = two.to_arrays()
    for name, array in one.to_arrays().items():
        np.testing.assert_array_equal(array, of_two[name], err_msg=name)
