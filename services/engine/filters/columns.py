"""Columns of a dataset as typed arrays, and the rows of a column that pass a test, all at once."""

from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from services.engine.data.columns import categorical_column
from services.engine.data.schemas import Field
from services.engine.filters.values import Cell, Test
from services.engine.recipes.base import Bools


class TypedColumn(Protocol):
    """One column with n rows."""

    def passing(self, test: Test) -> Bools:
        """Return which rows pass the test, bool (n,), as values.matches() says for each cell."""

    def cell(self, row: int) -> Cell:
        """Return one cell."""


class NumberColumn:
    """Numbers as float64 (n,), NaN where a cell is empty."""

    def __init__(self, cells: Any) -> None:
        filled = pc.fill_null(pc.cast(cells, pa.float64()), float("nan"))
        self._values = np.asarray(filled.to_numpy(zero_copy_only=False), np.float64)

    def passing(self, test: Test) -> Bools:
        """Return which rows pass the test."""
        values, operator = self._values, test.operator
        if operator == "IN":
            return np.isin(values, np.asarray(test.values, np.float64))
        if operator == "NOT IN":
            return ~np.isin(values, np.asarray(test.values, np.float64))
        if not test.values:
            return np.zeros(len(values), bool)
        number = float(test.values[0])
        if operator == "!=":
            passing: Bools = (values != number) & ~np.isnan(values)
            return passing
        compare = {"=": np.equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}[operator]
        compared: Bools = compare(values, number)
        return compared

    @property
    def numbers(self) -> NDArray[np.float64]:
        """The numbers, float64 (n,), NaN where a cell is empty."""
        return self._values

    def cell(self, row: int) -> Cell:
        """Return one number, None where it is empty."""
        value = float(self._values[row])
        return None if np.isnan(value) else value


class TextColumn:
    """Texts, or the categories of each cell, as codes; a row may have several codes or none."""

    def __init__(self, cells: Any, *, categorical: bool) -> None:
        if categorical:
            column = categorical_column("", cells)
            assert column.offsets is not None
            self._codes, self._offsets, self._texts = column.values, column.offsets, list(column.categories)
            self._rows = np.repeat(np.arange(len(cells), dtype=np.int32), np.diff(self._offsets))
        else:
            encoded = pc.dictionary_encode(cells)
            encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
            codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int32)
            self._rows = np.flatnonzero(codes >= 0).astype(np.int32)
            self._codes, self._texts = codes[self._rows], encoded.dictionary.to_pylist()
            self._offsets = np.concatenate([[0], np.cumsum(codes >= 0)]).astype(np.int64)
        self._code_of = {text: code for code, text in enumerate(self._texts)}
        self._n_rows = len(self._offsets) - 1

    def passing(self, test: Test) -> Bools:
        """Return which rows pass the test."""
        wanted = np.zeros(len(self._texts) + 1, bool)
        wanted[[self._code_of[str(text)] for text in test.values if text in self._code_of]] = True
        having = np.zeros(self._n_rows, bool)
        having[self._rows[wanted[self._codes]]] = True
        if test.operator in ("IN", "NOT IN"):
            return having if test.operator == "IN" else ~having
        if test.operator == "=" or not test.values:
            return having
        filled: Bools = np.diff(self._offsets) > 0
        return filled & ~having

    def cell(self, row: int) -> Cell:
        """Return the texts of one cell, None where it is empty."""
        codes = self._codes[self._offsets[row] : self._offsets[row + 1]]
        return tuple(self._texts[code] for code in codes.tolist()) or None


def typed_column(field: Field, cells: Any) -> TypedColumn:
    """Return the column of a pyarrow array of cells."""
    if field.is_numeric:
        return NumberColumn(cells)
    return TextColumn(cells, categorical=field.categorical)
