"""Metadata columns: categories split at "|", numbers with NaN for nothing, and which columns train."""

import numpy as np
import pyarrow as pa

from services.engine.data.columns import categorical_column, numeric_column, training_fields
from tests.engine.data.csv_data import ITEMS


def cells_of(column) -> list[list[str]]:
    bounds = zip(column.offsets, column.offsets[1:], strict=False)
    return [[column.categories[code] for code in column.values[a:b]] for a, b in bounds]


def test_categories_of_a_cell_are_split_and_numbered_in_order():
    column = categorical_column("GENRES", pa.array(["horror|comedy", None, "comedy", "a||b|", "horror|comedy"]))
    assert column.categories == ("a", "b", "comedy", "horror")
    assert cells_of(column) == [["horror", "comedy"], [], ["comedy"], ["a", "b"], ["horror", "comedy"]]
    assert (column.values.dtype, column.offsets.dtype) == (np.int32, np.int64)


def test_chunks_with_dictionaries_of_their_own_are_joined():
    chunks = pa.chunked_array([pa.array(["x", "y"]).dictionary_encode(), pa.array(["y", None]).dictionary_encode()])
    assert cells_of(categorical_column("C", chunks)) == [["x"], ["y"], ["y"], []]


def test_a_column_without_any_category_and_one_without_rows():
    empty = categorical_column("C", pa.array([None, None], pa.string()))
    assert (empty.categories, empty.offsets.tolist(), len(empty.values)) == ((), [0, 0, 0], 0)
    assert categorical_column("C", pa.array([], pa.string())).offsets.tolist() == [0]


def test_numbers_are_floats_with_nan_for_empty_cells():
    column = numeric_column("YEAR", pa.chunked_array([pa.array([1999, None], pa.int32())]))
    np.testing.assert_array_equal(column.values, np.asarray([1999, np.nan], np.float32))
    assert not column.is_categorical


def test_columns_to_train_on_can_be_chosen_or_left_out():
    names = lambda **choice: [field.name for field in training_fields(ITEMS, **choice)]  # noqa: E731
    assert names() == ["GENRES", "YEAR", "PRICE"]
    assert names(excluded={"ITEMS": ["YEAR"]}) == ["GENRES", "PRICE"]
    assert names(included={"Items": ["YEAR", "IS_NEW"]}) == ["YEAR"]
    assert names(included={"Users": ["AGE"]}) == ["GENRES", "YEAR", "PRICE"]
