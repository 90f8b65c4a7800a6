"""Metadata and context columns as the arrays that recipes learn from (recipes/base.py Column).

A categorical cell may contain several categories joined with "|" (Amazon Personalize developer guide, "Preparing
training data": categorical metadata). Cells repeat, so the distinct cells are split once and the rows refer to them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from services.engine.data.schemas import Field, Schema
from services.engine.recipes.base import Column

Choice = Mapping[str, Sequence[str]] | None
"""Column names by dataset type, as in trainingDataConfig."""


def training_fields(schema: Schema, included: Choice = None, excluded: Choice = None) -> list[Field]:
    """Return the metadata fields to learn from: categories and numbers selected by trainingDataConfig."""
    only = _chosen(included, schema)
    without = _chosen(excluded, schema) or frozenset()
    return [
        field for field in schema if field.trains and field.name not in without and (only is None or field.name in only)
    ]


def _chosen(choice: Choice, schema: Schema) -> frozenset[str] | None:
    for kind, names in (choice or {}).items():
        if kind.replace("_", "").lower() == schema.dataset_type.replace("_", "").lower():
            return frozenset(names)
    return None


def to_column(field: Field, cells: Any) -> Column:
    """Turn a pyarrow (chunked) array of cells into a Column."""
    return categorical_column(field.name, cells) if field.categorical else numeric_column(field.name, cells)


def numeric_column(name: str, cells: Any) -> Column:
    """Return numbers as float32 (n_rows,), NaN where a cell is empty."""
    return Column(name, to_floats(cells))


def to_floats(cells: Any) -> NDArray[np.float32]:
    """Return numbers, or text with numbers, as float32; NaN where there is none."""
    if pa.types.is_dictionary(cells.type) or pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type):
        numbers = [_number(cell) for cell in cells.to_pylist()]
        return np.asarray(numbers, np.float32)
    filled = pc.fill_null(pc.cast(cells, pa.float64()), float("nan"))
    return np.asarray(
        filled.to_numpy(zero_copy_only=False) if isinstance(filled, pa.Array) else filled.to_numpy()
    ).astype(np.float32)


def _number(cell: str | None) -> float:
    try:
        return float(cell) if cell else float("nan")
    except ValueError:
        return float("nan")


def categorical_column(name: str, cells: Any) -> Column:
    """Return the categories of each cell, sorted and numbered; an empty cell has none."""
    distinct, rows = _distinct_cells(cells)
    split = [[part for part in cell.split("|") if part] for cell in distinct]
    categories = tuple(sorted({part for parts in split for part in parts}))
    codes = {category: code for code, category in enumerate(categories)}
    lengths = np.asarray([len(parts) for parts in split] + [0], np.int64)
    flat = np.asarray([codes[part] for parts in split for part in parts], np.int32)
    starts = np.concatenate([[0], np.cumsum(lengths)])[:-1]
    per_row = lengths[rows]  # row -1 is the empty cell appended last
    offsets = np.concatenate([[0], np.cumsum(per_row)]).astype(np.int64)
    within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], per_row)
    values = flat[np.repeat(starts[rows], per_row) + within] if len(flat) else np.empty(0, np.int32)
    return Column(name, values, offsets, categories)


def _distinct_cells(cells: Any) -> tuple[list[str], NDArray[np.int64]]:
    """Return the distinct cells and the number of each row's cell; -1 for an empty cell."""
    chunked = cells if isinstance(cells, pa.ChunkedArray) else pa.chunked_array([cells])
    if not pa.types.is_dictionary(chunked.type):
        chunked = chunked.dictionary_encode()
    encoded = chunked.unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # combine_chunks of no chunks
        return [], np.empty(0, np.int64)
    rows = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    return encoded.dictionary.to_pylist(), rows.astype(np.int64)
