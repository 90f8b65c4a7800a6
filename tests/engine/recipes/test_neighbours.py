"""Neighbours against EASE as its paper has it, and what they add to a network's scores."""

from dataclasses import replace

import numpy as np
import pytest

from services.engine.recipes import neighbours as module
from services.engine.recipes.base import SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.histories import user_state
from services.engine.recipes.hrnn.config import HYPERPARAMETERS, REPEATS_WEIGHT, configure
from services.engine.recipes.hrnn.model import HrnnModel
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.neighbours import Neighbours, learn_neighbours, neighbour_logits
from services.engine.recipes.registry import load_recipe
from tests.engine.recipes.synthetic import checkerboard, histories_of, repeats

N_ITEMS = 40
ROWS = np.arange(N_ITEMS, dtype=np.int32)


def ease(items_of_users: list[list[int]], n_items: int) -> np.ndarray:
    met = np.zeros((len(items_of_users), n_items))
    for user, items in enumerate(items_of_users):
        met[user, items] = 1
    inverse = np.linalg.inv(met.T @ met + module._RIDGE * np.eye(n_items))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return np.maximum(weights, 0)


def test_neighbours_are_those_of_ease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_RIDGE", 3.0)
    board = checkerboard()
    found = learn_neighbours(board, ROWS, N_ITEMS, repeats=False)
    expected = ease([board.of(user)[0].tolist() for user in range(board.n_users)], N_ITEMS)
    dense = np.zeros((N_ITEMS, N_ITEMS))
    np.put_along_axis(dense, found.rows, found.weights, axis=1)
    np.testing.assert_allclose(dense, expected, atol=1e-5)
    assert dense[0, 2::2].max() > 0 == dense[0, 1::2].max()  # an even item speaks for even ones


def test_only_the_strongest_are_kept_and_an_item_is_its_own_neighbour_where_people_repeat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "N_NEIGHBOURS", 3)
    whole = ease([checkerboard().of(user)[0].tolist() for user in range(80)], N_ITEMS)
    found = learn_neighbours(checkerboard(), ROWS, N_ITEMS, repeats=False)
    assert found.rows.shape == (N_ITEMS, 3)
    np.testing.assert_allclose(np.sort(found.weights, axis=1), np.sort(whole, axis=1)[:, -3:], atol=1e-6)
    own = learn_neighbours(checkerboard(), ROWS, N_ITEMS, repeats=True)
    assert all(own.weights[row][own.rows[row] == row] == 1 for row in range(N_ITEMS))


def test_items_unknown_to_the_training_have_no_part() -> None:
    rows = np.array([-1, 0, 1], np.int32)
    found = learn_neighbours(histories_of([[0, 1, 2], [0, 2, 1]], 3), rows, 2, repeats=False)
    assert found.rows.shape == (2, 2)
    assert found.rows.max() == 1


def test_recent_items_share_out_their_say_the_newest_most() -> None:
    neighbours = Neighbours(np.array([[1, 2], [0, 2], [0, 1], [0, 1]], np.int32), np.full((4, 2), 0.5, np.float32))
    recent = np.zeros((3, module.N_RECENT), np.int64)
    recent[0, 0] = 1  # item 0, which speaks for 1 and 2
    recent[1, :2] = [1, 3]  # item 0 after item 2, which speaks for 0 and 1
    added = neighbour_logits(neighbours, recent)
    assert not added[2].any()  # no history
    np.testing.assert_allclose(added.mean(axis=1), 0, atol=1e-6)
    shares = np.exp(added[0] - added[0, 0])
    assert shares == pytest.approx([1, 1 + 2 / module._UNIFORM, 1 + 2 / module._UNIFORM, 1])
    assert added[1].argmax() == 1  # both speak for it
    assert added[1, 2] > added[1, 0] > added[1, 3]


def trained(histories, **settings: str) -> HrnnModel:
    recipe = load_recipe("aws-hrnn")
    options = TrainOptions(complete("aws-hrnn", HYPERPARAMETERS, {"epochs": "1", **settings}), seed=1)
    model = recipe.train(TrainingData(histories), options, SilentProgress())
    assert isinstance(model, HrnnModel)
    return model


BOARD = checkerboard()


@pytest.mark.parametrize("histories", [BOARD, repeats(n_items=N_ITEMS)])
def test_neighbours_follow_live_events_and_survive_being_saved(histories) -> None:
    model = trained(histories)
    weight = model.to_config()["neighbour_weight"]
    assert weight == pytest.approx(0.4 if model.masks_seen else REPEATS_WEIGHT)
    again = HrnnModel.from_arrays(model.to_arrays(), model.to_config())
    vectors = model.states(histories, SilentProgress())
    items, times = histories.of(0)
    state = model.initial_state()
    for event in range(len(items)):
        state = model.advance(state, items[event : event + 1], times[event : event + 1])
    np.testing.assert_allclose(state.vector, vectors[0], atol=1e-5)
    known = user_state(histories, vectors, 0)
    scores = again.item_scores([known])
    np.testing.assert_allclose(model.item_scores([state]), scores, atol=1e-4)
    without = model.with_neighbours(model._neighbours, 0.0).item_scores([known])
    expected = without + weight * neighbour_logits(
        model._neighbours, known.vector[model._recent_part][None].astype(int)
    )
    shown = np.isfinite(scores)
    np.testing.assert_array_equal(np.isfinite(without), shown)
    assert (scores[shown] - expected[shown]).std() < 1e-4  # equal but for the softmax's constant
    newcomer = replace(model.initial_state())
    np.testing.assert_allclose(model.item_scores([newcomer]), trained_popularity(model), atol=1e-5)


def trained_popularity(model: HrnnModel) -> np.ndarray:
    counts = model.to_arrays()["popularity"]
    return np.log(counts / counts.sum())[None]


def test_large_catalogues_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.engine.recipes.hrnn.training.MAX_ITEMS", N_ITEMS - 1)
    model = trained(BOARD)
    assert "neighbour_rows" not in model.to_arrays()
    assert model.n_recent == 0


def test_they_count_less_the_more_the_network_has_to_learn_from() -> None:
    weights = [configure({}, n_events=n, repeat_share=0.0).neighbour_weight for n in (1000, 90_000, 300_000, 10**7)]
    assert weights[0] == weights[1] > weights[2] > weights[3] > 0
