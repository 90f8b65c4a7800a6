"""Lists of the best items."""

import numpy as np
import pytest

from services.engine.recipes.top_items import top_items


def test_best_come_first() -> None:
    assert top_items(np.array([[0.1, 0.9, 0.5], [3, 2, 1]], np.float32), 2).tolist() == [[1, 2], [0, 1]]


def test_ties_go_to_the_lower_index_also_at_the_border() -> None:
    scores = np.zeros((1, 1000), np.float32)
    scores[0, 500] = 1
    assert top_items(scores, 4)[0].tolist() == [500, 0, 1, 2]


def test_missing_items_are_minus_one() -> None:
    scores = np.array([[-np.inf, 2, -np.inf], [-np.inf] * 3], np.float32)
    assert top_items(scores, 5).tolist() == [[1, -1, -1, -1, -1], [-1] * 5]
    assert top_items(scores, 2).tolist() == [[1, -1], [-1, -1]]


def test_many_rows_agree_with_a_full_sort() -> None:
    scores = np.random.default_rng(0).integers(0, 20, (50, 300)).astype(np.float32)
    expected = np.argsort(-scores, axis=1, kind="stable")[:, :25]
    np.testing.assert_array_equal(top_items(scores, 25), expected)


@pytest.mark.parametrize(("n_items", "k"), [(7, 25), (40, 25), (300, 100), (1003, 25), (5000, 500)])
def test_ties_and_hidden_items_agree_with_a_full_sort_at_every_size(n_items: int, k: int) -> None:
    rng = np.random.default_rng(n_items)
    scores = rng.integers(0, n_items // 5, (8, n_items)).astype(np.float32)
    scores[rng.random(scores.shape) < 0.3] = -np.inf
    scores[0] = -np.inf
    scores[1, 3:] = -np.inf
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    expected = np.full((8, k), -1)
    expected[:, : order.shape[1]] = np.where(np.isfinite(np.take_along_axis(scores, order, 1)), order, -1)
    np.testing.assert_array_equal(top_items(scores, k), expected)


def test_the_best_items_may_stand_side_by_side() -> None:
    scores = np.zeros((1, 100_000), np.float32)
    scores[0, 70_000:70_025] = np.arange(1, 26)
    assert top_items(scores, 25)[0].tolist() == list(range(70_024, 69_999, -1))


def test_a_row_of_nothing_but_nan_shows_nothing() -> None:
    assert top_items(np.full((1, 2000), np.nan, np.float32), 3)[0].tolist() == [-1, -1, -1]
