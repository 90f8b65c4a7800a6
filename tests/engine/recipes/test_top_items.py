"""Lists of the best items."""

import numpy as np

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
