"""The Items and Users of a dataset group as filters see them: the current snapshot, then what was put since.

An item that PutItems put replaces the imported one as a whole. Columns are read when a filter first asks for them, and
the rows that pass a test are kept as masks; a snapshot never changes, and a mask is made anew when an item was put.
"""

import threading
from collections import OrderedDict
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from services.engine.data.schemas import Field
from services.engine.data.vocabulary import Vocabulary
from services.engine.filters.columns import NumberColumn, TypedColumn, typed_column
from services.engine.filters.values import Cell, Test, cell_of, matches
from services.engine.recipes.base import Bools
from services.engine.store.live import Cells, LiveRows

MAX_MASK_BYTES = 64_000_000
"""Memory of one table's masks."""
Put = dict[int, Cells]
"""The records that were put, by row of the vocabulary."""


class Table:
    """The rows of one dataset for the IDs of a vocabulary; thread-safe."""

    def __init__(self, rows: Path | None, dataset_arn: str, ids: Vocabulary, live: LiveRows, id_name: str) -> None:
        """rows: the snapshot's Parquet file, None before the first import."""
        self._rows, self._dataset_arn, self._ids = rows, dataset_arn, ids
        self._live, self._id_name = live, id_name
        self._columns: dict[str, TypedColumn] = {}
        self._masks: OrderedDict[tuple[str, Test], Bools] = OrderedDict()
        self._max_masks = max(8, MAX_MASK_BYTES // max(len(ids), 1))
        self._put: Put = {}
        self._seen = 0
        self._lock = threading.RLock()

    def refresh(self) -> int:
        """Take what was put since the last call; return the number of the newest record."""
        newest = self._live.newest_record()
        if newest == self._seen:
            return newest
        with self._lock:
            for record_id, cells in self._live.records_after(self._dataset_arn, self._seen):
                index = self._ids.index_of(record_id)
                if index is not None:
                    self._put[index] = cells
                    self._masks.clear()
            self._seen = newest
        return newest

    def read(self, field: Field) -> None:
        """Read a column into memory. Raises FileNotFoundError when the snapshot was removed."""
        with self._lock:
            self._column(field)

    def mask(self, field: Field, test: Test) -> Bools:
        """Return which rows of the vocabulary pass a test, bool (n,); do not change it."""
        key = (field.name, test)
        with self._lock:
            mask = self._masks.get(key)
            if mask is None:
                mask = self._column(field).passing(test)
                for index, cells in self._put.items():
                    mask[index] = matches(test, self._put_cell(field, index, cells))
                self._masks[key] = mask
                while len(self._masks) > self._max_masks:
                    self._masks.popitem(last=False)
            else:
                self._masks.move_to_end(key)
            return mask

    def numbers(self, field: Field) -> NDArray[np.float64]:
        """Return a column of numbers in the order of the vocabulary, float64 (n,), NaN where a cell is empty."""
        with self._lock:
            column = self._column(field)
            assert isinstance(column, NumberColumn)
            values = column.numbers.copy()
            for index, cells in self._put.items():
                cell = self._put_cell(field, index, cells)
                values[index] = cell if isinstance(cell, float) else np.nan
        return values

    def cell(self, field: Field, external_id: str) -> Cell:
        """Return a cell of an ID; None where it is empty or the ID is unknown."""
        index = self._ids.index_of(external_id)
        if index is None:  # put after the version was trained, or unknown
            record = self._live.record(self._dataset_arn, external_id)
            if field.name == self._id_name:
                return (external_id,)
            return None if record is None else cell_of(field, record.get(field.name))
        with self._lock:
            if index in self._put:
                return self._put_cell(field, index, self._put[index])
            return self._column(field).cell(index)

    def _put_cell(self, field: Field, index: int, cells: Cells) -> Cell:
        return (self._ids.id_of(index),) if field.name == self._id_name else cell_of(field, cells.get(field.name))

    def _column(self, field: Field) -> TypedColumn:
        if field.name not in self._columns:
            self._columns[field.name] = typed_column(field, self._cells(field))
        return self._columns[field.name]

    def _cells(self, field: Field) -> Any:
        """Return the cells of a column in the order of the vocabulary."""
        if field.name == self._id_name:
            return self._ids.to_arrow()
        kind = pa.float64() if field.is_numeric else pa.string()
        if self._rows is None or field.name not in self._names:
            return pa.nulls(len(self._ids), kind)
        with self._rows.open("rb") as file:  # pyarrow takes names of files as UTF-8, whatever the locale says
            read = pq.read_table(file, columns=[field.name]).column(0).combine_chunks()
        return pc.cast(read, kind).take(self._positions)

    @cached_property
    def _names(self) -> frozenset[str]:
        assert self._rows is not None
        with self._rows.open("rb") as file:
            return frozenset(pq.read_schema(file).names)

    @cached_property
    def _positions(self) -> Any:
        """The row of each ID of the vocabulary in the snapshot, null where it has none."""
        assert self._rows is not None
        with self._rows.open("rb") as file:
            known = pq.read_table(file, columns=[self._id_name]).column(0).combine_chunks()
        return pc.index_in(self._ids.to_arrow(), value_set=known.cast(pa.large_string()))


class UserRows:
    """Single rows of the Users dataset; thread-safe."""

    def __init__(self, rows: Path | None, dataset_arn: str, live: LiveRows) -> None:
        self._rows, self._dataset_arn, self._live = rows, dataset_arn, live
        self._columns: dict[str, Any] = {}
        self._lock = threading.Lock()

    def read(self, field: Field) -> None:
        """Read a column into memory. Raises FileNotFoundError when the snapshot was removed."""
        if len(self._ids):
            self._column(field.name)

    def cell(self, field: Field, user_id: str) -> Cell:
        """Return a cell of a user; None where it is empty or the user is unknown."""
        record = self._live.record(self._dataset_arn, user_id)
        if record is not None:
            return (user_id,) if field.name == "USER_ID" else cell_of(field, record.get(field.name))
        index = self._ids.index_of(user_id)
        cells = None if index is None else self._column(field.name)
        if cells is None or index is None:
            return None
        value = cells[index].as_py()
        return cell_of(field, None if value is None else str(value))

    @cached_property
    def _ids(self) -> Vocabulary:
        if self._rows is None:
            return Vocabulary.from_ids([])
        with self._rows.open("rb") as file:  # rows are sorted by ID
            return Vocabulary.from_sorted(pq.read_table(file, columns=["USER_ID"]).column(0).combine_chunks())

    def _column(self, name: str) -> Any:
        with self._lock:
            if name not in self._columns:
                assert self._rows is not None
                with self._rows.open("rb") as file:
                    known = name in pq.read_schema(file).names
                    file.seek(0)
                    self._columns[name] = pq.read_table(file, columns=[name]).column(0) if known else None
            return self._columns[name]
