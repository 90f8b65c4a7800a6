"""Columns of the Items dataset for recommended items, for GetRecommendations with metadataColumns.

They come from the dataset's current snapshot, not from that of the training, so they are those of the last import. A
snapshot never changes, so the columns are cached.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

MAX_CACHED_SELECTIONS = 4
"""Snapshots with a selection of columns that stay in memory."""


class ItemMetadata:
    """Caches the columns used last, by snapshot; thread-safe."""

    def __init__(self) -> None:
        self._tables: OrderedDict[tuple[Path, tuple[str, ...]], tuple[pa.Table, dict[str, int]]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, rows: Path, columns: Sequence[str], item_ids: Sequence[str]) -> list[dict[str, str]]:
        """Return {column: text} for each item, in order, without empty cells; {} for items without metadata.

        rows is a snapshot's Parquet file; columns that it does not contain are empty.
        """
        table, position = self._table(rows, tuple(columns))
        metadata: list[dict[str, str]] = []
        for item_id in item_ids:
            row = position.get(item_id)
            values = {} if row is None else {name: table.column(name)[row].as_py() for name in table.column_names[1:]}
            metadata.append({name: _text(value) for name, value in values.items() if value is not None})
        return metadata

    def _table(self, rows: Path, columns: tuple[str, ...]) -> tuple[pa.Table, dict[str, int]]:
        key = (rows, columns)
        with self._lock:
            if key not in self._tables:
                self._tables[key] = _read(rows, columns)
                while len(self._tables) > MAX_CACHED_SELECTIONS:
                    self._tables.popitem(last=False)
            self._tables.move_to_end(key)
            return self._tables[key]


def _read(rows: Path, columns: tuple[str, ...]) -> tuple[pa.Table, dict[str, int]]:
    with rows.open("rb") as file:  # pyarrow takes names of files as UTF-8, whatever the locale says
        known = pq.read_schema(file).names
        table = pq.read_table(file, columns=["ITEM_ID", *(name for name in columns if name in known)])
    return table, {item_id: row for row, item_id in enumerate(table.column("ITEM_ID").to_pylist())}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
