"""Sorts checked events in memory: texts become numbers once, and one sort of 64-bit keys gives the order.

For files up to MAX_BYTES; larger ones are sorted by DuckDB, which can spill (sorting.py). The rows, their order
and their types are the same either way.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from services.engine.data.csv_files.rules import typed_sql
from services.engine.data.query import ImportProgress
from services.engine.data.schemas import Field, Schema
from services.engine.data.sorting import RowCounts, is_event_data

MAX_BYTES = 64 << 20
"""Of CSV; the import of a file of this size takes about four times as much memory."""
MAX_DICTIONARY_BYTES = 1 << 24
"""Of a column's distinct texts in the Parquet file; beyond, each row has its text."""


@dataclass(frozen=True)
class Sorted:
    """What is known of a written file."""

    counts: RowCounts
    has_ties: bool
    """Whether two events of a user are of the same second; only then can rows be equal."""


def fits_memory(schema: Schema, n_bytes: int) -> bool:
    """Return whether events from so many bytes of CSV are sorted in memory."""
    return is_event_data(schema) and n_bytes <= MAX_BYTES


def write_sorted(
    connection: Any, schema: Schema, staged: str, target: Path, progress: ImportProgress, threads: int
) -> Sorted:
    """Write the staged rows, typed, to a Parquet file: by user, then by time, ties in order of arrival.

    Drops the staged table. There is at least one row. Raises JobStopped.
    """
    columns = _columns(connection, schema, staged, progress, threads)
    connection.execute(f"DROP TABLE {staged}")
    counts = _counts(columns)
    users = columns["USER_ID"]
    times: NDArray[np.int64] = np.from_dlpack(columns["TIMESTAMP"])  # type: ignore[assignment]
    by_bytes = users.dictionary.take(pc.array_sort_indices(users.dictionary))
    ranks = np.from_dlpack(pc.index_in(users.dictionary, value_set=by_bytes))
    user_of_row = ranks[np.from_dlpack(users.indices)]
    order = sorted_places(user_of_row, times)
    progress.update(0.6, "writing")
    user_of_row, times = user_of_row[order], times[order]
    columns["USER_ID"] = pa.DictionaryArray.from_arrays(_arrow(user_of_row), by_bytes)
    columns["TIMESTAMP"] = _arrow(times)
    for name in columns.keys() - {"USER_ID", "TIMESTAMP"}:
        columns[name] = columns[name].take(_arrow(order))
    _write(schema, columns, target)
    has_ties = bool(((times[1:] == times[:-1]) & (user_of_row[1:] == user_of_row[:-1])).any())
    return Sorted(counts, has_ties)


def sorted_places(users: NDArray[np.int32], times: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places of events, int64 (n,), in order of user, then of time, then of place; users are at least 0.

    User, time and place as one number of 64 bits need one sort instead of one for each key.
    """
    earliest = times.min()
    place_bits, time_bits = (len(times) - 1).bit_length(), int(times.max() - earliest).bit_length()
    if int(users.max()).bit_length() + time_bits + place_bits > 64:
        return np.lexsort((times, users))
    keys, places = users.astype(np.uint64), np.arange(len(times), dtype=np.uint32)
    for part, bits in (((times - earliest).view(np.uint64), time_bits), (places, place_bits)):
        keys <<= np.uint64(bits)
        keys |= part
    keys.sort()
    keys &= np.uint64((1 << place_bits) - 1)
    return keys.view(np.int64)


def _columns(connection: Any, schema: Schema, staged: str, progress: ImportProgress, threads: int) -> dict[str, Any]:
    """Return typed columns by name as pyarrow arrays, texts as numbers into their distinct values."""

    def load(field: Field) -> Any:
        with connection.cursor() as cursor:
            cells = cursor.sql(f"SELECT {typed_sql(field)} FROM {staged}").to_arrow_table().column(0)
        return (cells.dictionary_encode() if field.type == "string" else cells).combine_chunks()

    columns = {}
    with ThreadPoolExecutor(threads) as pool:
        for number, (field, column) in enumerate(zip(schema, pool.map(load, schema), strict=True)):
            progress.update(0.5 * number / len(schema.names), "numbering values")
            columns[field.name] = column
    return columns


def _arrow(numbers: NDArray[Any]) -> Any:
    """Return whole numbers as a pyarrow array in the same memory; pa.array would import pandas first."""
    return pa.Array.from_buffers(pa.from_numpy_dtype(numbers.dtype), len(numbers), [None, pa.py_buffer(numbers)])


def _counts(columns: dict[str, Any]) -> RowCounts:
    item = next((columns[name] for name in ("ITEM_ID", "ACTION_ID") if name in columns), None)
    times = pc.min_max(columns["TIMESTAMP"])
    return RowCounts(
        n_rows=len(columns["TIMESTAMP"]),
        n_users=len(columns["USER_ID"].dictionary),
        n_items=None if item is None else len(item.dictionary),
        first_timestamp=times["min"].as_py(),
        last_timestamp=times["max"].as_py(),
        n_event_types=len(columns["EVENT_TYPE"].dictionary) if "EVENT_TYPE" in columns else 0,
    )


def _write(schema: Schema, columns: dict[str, Any], target: Path) -> None:
    whole = {field.name: "DELTA_BINARY_PACKED" for field in schema if field.type in {"int", "long"}}
    layout = pa.schema([pa.field(field.name, columns[field.name].type, field.nullable) for field in schema])
    pq.write_table(
        pa.table(columns, layout),
        target,
        compression="zstd",
        use_dictionary=[field.name for field in schema if field.type == "string"],
        column_encoding=whole or None,
        dictionary_pagesize_limit=MAX_DICTIONARY_BYTES,
        store_schema=False,  # plain texts for whoever reads, not pyarrow's dictionaries
    )
