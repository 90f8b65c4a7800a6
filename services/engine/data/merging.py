"""Merges a snapshot and live rows into a new snapshot, for trainings and exports; makes one without some users.

Rows are checked texts like the cells of a CSV file, and are merged as by an INCREMENTAL import: events are added, items
and users with a known ID are replaced, equal events are stored once.
"""

import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from services.engine.data.query import (
    ImportProgress,
    QuietProgress,
    open_duckdb,
    parquet_sql,
    quoted,
    run_watched,
    target_literal,
)
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


def without_users(
    schema: Schema, base: SnapshotInfo, users: Collection[str], folder: Path, progress: ImportProgress
) -> tuple[SnapshotInfo | None, set[str]]:
    """Write base's rows without those of some users into a new snapshot folder below folder.

    Returns (the new snapshot, None where no row is left; the users that had rows). Without such users nothing is
    written and base is returned. Raises JobStopped.
    """
    with tempfile.TemporaryDirectory(prefix="spill-", dir=folder) as spill, open_duckdb(Path(spill)) as connection:
        connection.register("gone", pa.table({"USER_ID": pa.array(sorted(users), pa.string())}))
        source = parquet_sql(base.rows, row_numbers=True)
        present = run_watched(
            connection, f"SELECT DISTINCT USER_ID FROM {source} WHERE USER_ID IN (SELECT USER_ID FROM gone)", progress
        )
        found = {str(row[0]) for row in present}
        if not found:
            return base, found
        kept = f"FROM {source} WHERE USER_ID NOT IN (SELECT USER_ID FROM gone)"
        ((n_kept,),) = run_watched(connection, f"SELECT count(*) {kept}", progress)
        if not n_kept:
            return None, found
        names = ", ".join(quoted(name) for name in schema.names if name in base.columns)
        with new_snapshot(folder) as (filling, final):
            rows = filling / ROWS
            query = f"SELECT {names} {kept} ORDER BY file_row_number"
            copied = f"COPY ({query}) TO {target_literal(rows)} (FORMAT parquet, COMPRESSION zstd)"
            run_watched(connection, copied, progress, "deleting users")
            counts = count_rows(connection, schema, rows, progress)
            return replace(described(schema, counts, rows, final, 0, 0), columns=base.columns), found


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
