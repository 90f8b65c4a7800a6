"""Merges a snapshot and live rows into a new snapshot, for trainings and exports.

Rows are checked texts like the cells of a CSV file, and are merged as by an INCREMENTAL import: events are added, items
and users with a known ID are replaced, equal events are stored once.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from services.engine.data.query import ImportProgress, QuietProgress, open_duckdb, quoted, run_watched
from services.engine.data.schemas import Schema
from services.engine.data.snapshots import ROWS, SnapshotInfo, new_snapshot
from services.engine.data.sorting import count_rows, described, drop_duplicates, rank_users, sorted_rows_sql

STAGED = "staged"
Rows = Sequence[Mapping[str, str | None]]


def merge(
    schema: Schema,
    base: SnapshotInfo | None,
    blocks: Iterable[Rows],
    folder: Path,
    progress: ImportProgress | None = None,
) -> SnapshotInfo:
    """Write base's rows and those of the blocks, in order of arrival, into a new snapshot folder below folder.

    Raises JobStopped; then no new snapshot exists. Memory holds one block at a time.
    """
    progress = progress or QuietProgress()
    with new_snapshot(folder) as (filling, final):
        rows, spill = filling / ROWS, filling / "spill"
        with open_duckdb(spill) as connection:
            n_new = _stage(connection, schema, blocks, progress)
            ranked = rank_users(connection, schema, STAGED, base, progress) if n_new else False
            statement = sorted_rows_sql(schema, STAGED, n_new, base, rows, ranked)
            run_watched(connection, statement, progress, "adding live rows")
            n_before = n_new + (base.n_rows if base else 0)
            n_duplicates = drop_duplicates(connection, schema, rows, n_before, progress)
            counts = count_rows(connection, schema, rows, progress)
        if spill.exists():
            spill.rmdir()
        return described(schema, counts, rows, final, n_new, n_duplicates)


def _stage(connection: Any, schema: Schema, blocks: Iterable[Rows], progress: ImportProgress) -> int:
    """Write the rows as text into the staged table and return their number."""
    columns = ", ".join(f"{quoted(name)} VARCHAR" for name in schema.names)
    connection.execute(f"CREATE TABLE {STAGED} ({columns})")
    n_rows = 0
    for block in blocks:
        arrays = {name: pa.array([row.get(name) for row in block], pa.string()) for name in schema.names}
        connection.register("block", pa.table(arrays))
        connection.execute(f"INSERT INTO {STAGED} SELECT * FROM block")
        connection.unregister("block")
        n_rows += len(block)
        progress.update(0.0, f"{n_rows:,} live rows")
    return n_rows
