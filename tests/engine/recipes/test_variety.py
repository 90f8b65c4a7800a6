"""Variety: what popularity discount and diversity do to a list, and that 0 changes nothing."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from services.engine.errors import InvalidInput
from services.engine.recipes.base import Floats, Ints, Model
from services.engine.recipes.variety import Variety, parse_variety, varied

USERS = np.array([90, 80, 4, 3, 0], np.int64)
SCORES = np.log(np.array([0.4, 0.3, 0.1, 0.15, 0.05], np.float32))


class Vectors(Model):
    """Items 0 and 1 are alike, 2 and 3 are alike, and 4 was not trained on."""

    n_items = 5

    def item_vectors(self) -> tuple[Ints, Floats]:
        vectors = np.array([[1, 0], [0, 1], [1, 0.1], [0.1, 1]], np.float32)
        return np.array([0, 2, 1, 3], np.int32), vectors

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return {}

    def to_config(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_arrays(cls, arrays: Any, config: Any) -> "Vectors":
        return cls()


def listed(n: int = 5, scores: np.ndarray = SCORES, **settings: float) -> list[int]:
    return varied(Vectors(), scores, USERS, n, Variety(**settings)).tolist()


def test_without_settings_the_list_is_the_recipes_own() -> None:
    assert not Variety()
    assert listed() == [0, 1, 3, 2, 4]


def test_popularity_discount_lists_what_few_people_have() -> None:
    assert listed(popularity_discount=1.0) == [4, 3, 2, 0, 1]


def test_diversity_does_not_list_two_of_a_kind_in_a_row_and_begins_with_the_best() -> None:
    diverse = listed(4, diversity=1.0)
    assert diverse[0] == 0
    assert diverse[1] != 1
    assert {0, 1}.isdisjoint(diverse[1:3])


def test_what_must_not_be_shown_stays_hidden() -> None:
    hidden = SCORES.copy()
    hidden[[0, 3]] = -np.inf
    assert sorted(listed(scores=hidden, popularity_discount=1.0, diversity=1.0)) == [1, 2, 4]


def test_settings_are_read_from_the_map_beside_awss() -> None:
    assert parse_variety(None) == Variety()
    assert parse_variety({"explorationWeight": "0.3", "diversity": "0.5"}) == Variety(0.0, 0.5)
    with pytest.raises(InvalidInput, match="'2' of the hyperparameter popularityDiscount is out of range"):
        parse_variety({"popularityDiscount": "2"})
