"""DuckDB with bounded memory, a spill folder, no downloads, and statements that can be stopped."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import duckdb

POLL_INTERVAL_S = 0.2
_WILDCARD = re.compile(r"[*?\[]")


class ImportProgress(Protocol):
    """How a data job reports its progress; jobs/progress.py stores it."""

    def stage(self, name: str) -> None:
        """Begin a stage: "read", "check", "sort" or "write". Raises JobStopped when a stop was requested."""

    def update(self, fraction: float, note: str = "") -> None:
        """Report the fraction of the stage, 0 to 1. Raises JobStopped when a stop was requested."""


class QuietProgress:
    """An ImportProgress that ignores all reports."""

    def stage(self, name: str) -> None:
        return None

    def update(self, fraction: float, note: str = "") -> None:
        return None


@contextmanager
def open_duckdb(spill_folder: Path, threads: int = 1, memory_limit: str = "1GB") -> Iterator[Any]:
    """Yield an in-memory DuckDB connection that spills to a folder when it reaches its memory limit."""
    connection = duckdb.connect(
        config={
            "threads": threads,
            "memory_limit": memory_limit,
            "temp_directory": str(spill_folder),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        connection.execute("SET progress_bar_time = 0")
        yield connection
    finally:
        connection.close()


def run_watched(connection: Any, sql: str, progress: ImportProgress, note: str = "") -> list[tuple[Any, ...]]:
    """Run a long statement, report its progress, 0 to 1, and return its rows; a requested stop interrupts it.

    Raises JobStopped.
    """
    done = threading.Event()
    rows: list[tuple[Any, ...]] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            rows.extend(connection.execute(sql).fetchall())
        except BaseException as error:
            failures.append(error)
        finally:
            done.set()

    thread = threading.Thread(target=work, name="duckdb", daemon=True)
    thread.start()
    try:
        while not done.wait(POLL_INTERVAL_S):
            progress.update(min(1.0, max(0.0, connection.query_progress() / 100)), note)
    except BaseException:
        connection.interrupt()
        thread.join()
        raise
    thread.join()
    if failures:
        raise failures[0]
    return rows


def quoted(name: str) -> str:
    """Return a column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """Return text as an SQL string."""
    return "'" + value.replace("'", "''") + "'"


def target_literal(path: Path) -> str:
    """Return the path of a file to write, as an SQL string; COPY ... TO takes it as it is."""
    return literal(str(path))


def source_literal(path: Path) -> str:
    """Return the path of exactly one file to read, as an SQL string.

    read_csv and read_parquet take a path as a pattern even when a file of that name exists: "a[1].csv" would read
    a1.csv, and "st*r.csv" also star.csv. A bracket expression of one character stands for that character
    (DuckDB's documentation, "Reading Multiple Files"; braces have no meaning).
    """
    return literal(_WILDCARD.sub(r"[\g<0>]", str(path)))


def parquet_sql(path: Path, *, row_numbers: bool = False) -> str:
    """Return a table expression of one Parquet file's rows; row_numbers adds the column file_row_number."""
    # DuckDB would take a folder such as "USER_ID=5" in the path for a column, with its value in every row.
    numbers = ", file_row_number = true" if row_numbers else ""
    return f"read_parquet({source_literal(path)}, hive_partitioning = false{numbers})"
