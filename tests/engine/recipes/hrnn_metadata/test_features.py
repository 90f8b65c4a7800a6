"""Columns as features: weights, knots, what is unknown, and that a space survives being written down."""

import json

import numpy as np
import pytest

from services.engine.recipes.base import Column
from services.engine.recipes.hrnn_metadata import features
from services.engine.recipes.hrnn_metadata.features import FeatureSpace, learn_space
from tests.engine.recipes.synthetic import categorical

GENRES = categorical("GENRES", [["war", "drama"], ["drama"], [], ["war", "rare"], ["drama"]])
YEAR = Column("YEAR", np.array([1990, 2000, np.nan, 1995, 2010], np.float32))
EVERYTHING = np.ones(5, bool)


def named(space: FeatureSpace, row: int, columns: tuple[Column, ...] = (GENRES, YEAR)) -> dict[str, float]:
    """Return the weights of one row by the names of its categories and knots."""
    rows = space.encode(columns, 5)
    names = [str(name) for column in space.columns for name in (*column.categories, *column.knots)]
    pairs = zip(rows.ids[row].tolist(), rows.weights[row].tolist(), strict=True)
    return {names[i]: round(weight, 4) for i, weight in pairs if weight > 0}


def test_several_categories_of_a_cell_share_their_weight() -> None:
    space = learn_space([GENRES], EVERYTHING)
    assert named(space, 0) == {"drama": 0.7071, "war": 0.7071}
    assert named(space, 1) == {"drama": 1.0}


def test_rare_categories_and_empty_cells_have_no_feature() -> None:
    space = learn_space([GENRES], EVERYTHING)
    assert space.columns[0].categories == ("drama", "war")
    assert named(space, 2) == {}
    assert named(space, 3) == {"war": 1.0}


def test_rows_that_training_does_not_see_teach_nothing() -> None:
    space = learn_space([GENRES, YEAR], np.array([False, True, True, False, True]))
    assert space.columns[0].categories == ("drama",)
    assert space.columns[1].knots[0] == 2000


def test_number_is_shared_between_its_two_knots() -> None:
    space = learn_space([YEAR], EVERYTHING)
    knots = space.columns[0].knots
    assert (knots[0], knots[-1]) == (1990, 2010)
    for row, value in ((0, 1990), (3, 1995), (4, 2010)):
        assert abs(sum(float(knot) * weight for knot, weight in named(space, row).items()) - value) < 0.5
    assert named(space, 2) == {}


def test_numbers_beyond_the_knots_count_as_the_nearest() -> None:
    space = learn_space([YEAR], EVERYTHING)
    far = Column("YEAR", np.array([3000, 0, 0, 0, 0], np.float32))
    assert named(space, 0, (far,)) == {"2010.0": 1.0}


def test_column_of_one_value_is_left_out() -> None:
    assert learn_space([Column("K", np.full(5, 3, np.float32))], EVERYTHING).n_features == 0


def test_absent_column_counts_as_empty() -> None:
    space = learn_space([GENRES, YEAR], EVERYTHING)
    assert named(space, 0, (YEAR,)) == {"1990.0": 1.0}


def test_text_of_a_request_is_encoded_and_the_unknown_ignored() -> None:
    space = learn_space([GENRES, YEAR], EVERYTHING)
    row = space.encode_text({"GENRES": "war|western", "YEAR": "2010", "COLOUR": "red"})
    assert row.weights[row.weights > 0].tolist() == [1.0, 1.0]
    assert not space.encode_text({"GENRES": "western", "YEAR": "soon"}).weights.any()


def test_space_survives_json() -> None:
    space = learn_space([GENRES, YEAR], EVERYTHING)
    again = FeatureSpace.from_config(json.loads(json.dumps(space.to_config())))
    np.testing.assert_array_equal(again.encode([GENRES, YEAR], 5).ids, space.encode([GENRES, YEAR], 5).ids)
    assert again == space


def test_most_frequent_categories_are_kept_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "MAX_CATEGORIES", 1)
    assert learn_space([GENRES], EVERYTHING).columns[0].categories == ("drama",)


def test_first_categories_of_a_long_cell_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "MAX_VALUES", 1)
    space = learn_space([GENRES], EVERYTHING)
    assert space.width == 1
    assert named(space, 0) == {"war": 1.0}
