"""From staged text to a sorted Parquet file: types, order, merging with the previous snapshot, duplicates."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.engine.clock import now
from services.engine.data.csv_files.rules import SQL_TYPES, typed_sql
from services.engine.data.query import ImportProgress, parquet_sql, quoted, run_watched, target_literal
from services.engine.data.schemas import Schema
from services.engine.data.snapshots import SnapshotInfo

MAX_RANKED_USERS = 1_000_000
"""Ranks are in memory and cannot be spilled; beyond this number of users, IDs are compared as text."""
SHORT_ID_BYTES = 7
"""DuckDB compares IDs up to this length directly; longer ones take three times as long without ranks (measured)."""
_RANK = "user_rank"
_PARQUET = "(FORMAT parquet, COMPRESSION zstd)"


@dataclass(frozen=True)
class RowCounts:
    """Counts of a finished file; see SnapshotInfo."""

    n_rows: int
    n_users: int | None
    n_items: int | None
    first_timestamp: int | None
    last_timestamp: int | None
    n_event_types: int


def is_event_data(schema: Schema) -> bool:
    """Return whether rows are events in order of time, instead of one record per ID."""
    return schema.find("TIMESTAMP") is not None and "USER_ID" in schema.id_names


def rank_users(
    connection: Any, schema: Schema, staged: str, base: SnapshotInfo | None, progress: ImportProgress
) -> bool:
    """Number the users of events in order of their IDs if that sorts faster; return whether it does."""
    if not is_event_data(schema):
        return False
    users = f"SELECT USER_ID FROM {staged}"
    if base is not None:
        users += f" UNION ALL SELECT USER_ID FROM {parquet_sql(base.rows)}"
    statistics = f"SELECT max(strlen(USER_ID)), approx_count_distinct(USER_ID) FROM ({users})"
    ((longest, n_users),) = run_watched(connection, statistics, progress, "counting users")
    if longest <= SHORT_ID_BYTES or n_users > MAX_RANKED_USERS:
        return False
    ordered = f"SELECT DISTINCT USER_ID FROM ({users}) ORDER BY USER_ID"
    run_watched(connection, f"CREATE TYPE {_RANK} AS ENUM ({ordered})", progress, "sorting users")
    return True


def sorted_rows_sql(
    schema: Schema, staged: str, n_staged: int, base: SnapshotInfo | None, target: Path, ranked: bool = False
) -> str:
    """Return the statement that writes target: base's rows, then the staged ones, typed and sorted.

    Events: by user (by rank_users' numbers when ranked), time, then order of arrival. Records: one per id, the last to
    arrive.
    """
    names = ", ".join(quoted(name) for name in schema.names)
    typed = ", ".join(typed_sql(field) for field in schema)
    n_base = base.n_rows if base else 0
    place = "UINTEGER" if n_base + n_staged < 2**32 else "BIGINT"  # sorts in half the time (measured)
    rows = f"SELECT {typed}, (rowid + {n_base})::{place} AS _place FROM {staged}"
    if base is not None:
        rows = f"{_base_rows(schema, base, place)} UNION ALL {rows}"
    if is_event_data(schema):
        user = f"USER_ID::{_RANK}" if ranked else "USER_ID"
        query = f"SELECT {names} FROM ({rows}) ORDER BY {user}, TIMESTAMP, _place"
    else:
        key = quoted(schema.id_names[0])
        query = (
            f"SELECT {names} FROM ({rows}) QUALIFY "
            f"row_number() OVER (PARTITION BY {key} ORDER BY _place DESC) = 1 ORDER BY {key}"
        )
    return f"COPY ({query}) TO {target_literal(target)} {_PARQUET}"


def _base_rows(schema: Schema, base: SnapshotInfo, place: str) -> str:
    """Return a SELECT of a snapshot's rows for a schema that may have additional columns."""
    columns = []
    for field in schema:
        value = quoted(field.name) if field.name in base.columns else "NULL"
        columns.append(f"{value}::{SQL_TYPES[field.type]} AS {quoted(field.name)}")
    source = parquet_sql(base.rows, row_numbers=True)
    return f"SELECT {', '.join(columns)}, file_row_number::{place} AS _place FROM {source}"


def drop_duplicates(connection: Any, schema: Schema, rows: Path, n_before: int, progress: ImportProgress) -> int:
    """Remove duplicate events; return the number of rows removed, duplicates and replaced records, of n_before.

    Equal events are adjacent in time, so one pass over the sorted file shows whether duplicates are possible.
    """
    source = parquet_sql(rows)
    if (
        is_event_data(schema)
        and _has_ties(connection, source, progress)
        and _has_duplicates(connection, schema, source, progress)
    ):
        names = ", ".join(quoted(name) for name in schema.names)
        once = rows.with_name("once.parquet")
        statement = (
            f"COPY (SELECT {names} FROM (SELECT {names}, min(file_row_number) AS _place "
            f"FROM {parquet_sql(rows, row_numbers=True)} GROUP BY {names}) "
            f"ORDER BY _place) TO {target_literal(once)} {_PARQUET}"
        )
        run_watched(connection, statement, progress, "removing duplicates")
        once.replace(rows)
    (n_after,) = connection.execute(f"SELECT count(*) FROM {source}").fetchone()
    return n_before - int(n_after)


def _has_ties(connection: Any, source: str, progress: ImportProgress) -> bool:
    statement = (
        "SELECT coalesce(bool_or(same), false) FROM (SELECT lag(TIMESTAMP) OVER () = TIMESTAMP "
        f"AND lag(USER_ID) OVER () = USER_ID AS same FROM {source})"
    )
    ((has_ties,),) = run_watched(connection, statement, progress, "looking for duplicates")
    return bool(has_ties)


def _has_duplicates(connection: Any, schema: Schema, source: str, progress: ImportProgress) -> bool:
    """Return whether there may be equal rows, which have equal hashes."""
    names = ", ".join(quoted(name) for name in schema.names)
    statement = f"SELECT count(*), count(DISTINCT hash({names})) FROM {source}"
    ((n_rows, n_hashes),) = run_watched(connection, statement, progress, "looking for duplicates")
    return bool(n_hashes < n_rows)


def count_rows(connection: Any, schema: Schema, rows: Path, progress: ImportProgress) -> RowCounts:
    """Return the counts of a finished file."""
    item = next((name for name in ("ITEM_ID", "ACTION_ID") if name in schema.names), None)
    has_users, has_time = "USER_ID" in schema.names, is_event_data(schema)
    has_types = has_time and "EVENT_TYPE" in schema.names
    columns = [
        "count(*)",
        "count(DISTINCT USER_ID)" if has_users else "NULL",
        f"count(DISTINCT {item})" if item else "NULL",
        "min(TIMESTAMP)" if has_time else "NULL",
        "max(TIMESTAMP)" if has_time else "NULL",
        "count(DISTINCT EVENT_TYPE)" if has_types else "0",
    ]
    (counts,) = run_watched(connection, f"SELECT {', '.join(columns)} FROM {parquet_sql(rows)}", progress, "counting")
    return RowCounts(*counts)


def described(
    schema: Schema, counts: RowCounts, rows: Path, final: Path, n_new: int, n_duplicates: int
) -> SnapshotInfo:
    """Return the facts of a snapshot whose rows are written; final is its future folder."""
    return SnapshotInfo(
        path=final,
        dataset_type=schema.dataset_type,
        columns=schema.names,
        n_rows=counts.n_rows,
        n_users=counts.n_users,
        n_items=counts.n_items,
        n_new_rows=n_new,
        n_duplicates=n_duplicates,
        first_timestamp=counts.first_timestamp,
        last_timestamp=counts.last_timestamp,
        size_bytes=rows.stat().st_size,
        created=now(),
    )
