"""Imports CSV files into a snapshot: DuckDB reads and checks them in bounded memory, and sorts what is large.

The files are read as text in one pass. All rules form one condition over all rows, and csv_files.check looks for the
position of an invalid row only if the condition finds one. Of a folder, the files that end in .csv are imported, first
level only, in order of their names. Columns may have any order, and columns that are not in the schema are ignored.
Rules: Amazon Personalize developer guide, "Importing bulk data into Amazon Personalize with a dataset import job".
"""

import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import duckdb

from services.engine.data.csv_files.check import first_problem
from services.engine.data.csv_files.rules import bad_sql
from services.engine.data.csv_files.source import MAX_LINE_BYTES, CsvFile, failure, prepare_csv
from services.engine.data.memory_sort import fits_memory, write_sorted
from services.engine.data.minimum import MIN_INTERACTIONS
from services.engine.data.query import ImportProgress, QuietProgress, open_duckdb, quoted, run_watched, source_literal
from services.engine.data.schemas import Schema
from services.engine.data.snapshots import ROWS, SnapshotInfo, new_snapshot
from services.engine.data.sorting import count_rows, described, drop_duplicates, rank_users, sorted_rows_sql
from services.engine.errors import InvalidInput
from services.engine.store.objects import ObjectStore, files_at

__all__ = ["ImportProgress", "QuietProgress", "SnapshotInfo", "import_csv"]

MAX_EVENT_TYPES_AND_COLUMNS = 10
STAGED = "staged"
READ_BYTES = 8_000_000
"""Of a file at a time; DuckDB's own 32 MB need more memory and are no faster."""
_NOT_COUNTED = frozenset({"IMPRESSION", "RECOMMENDATION_ID", "EVENT_ATTRIBUTION_SOURCE"})

logger = logging.getLogger(__name__)


def import_csv(
    objects: ObjectStore,
    location: str,
    schema: Schema,
    destination_folder: Path,
    previous: SnapshotInfo | None = None,
    mode: str = "FULL",
    progress: ImportProgress | None = None,
    *,
    threads: int = 1,
    memory_limit: str = "1GB",
) -> SnapshotInfo:
    """Import CSV files into a new snapshot folder below destination_folder and return what it holds.

    mode is "FULL" (replaces) or "INCREMENTAL" (interactions are added to the previous snapshot, items and users with a
    known ID replaced). The previous snapshot is not changed. memory_limit bounds DuckDB's memory; DuckDB spills the
    rest to disk. Raises JobFailed with the position and the remedy, or JobStopped; then no new snapshot exists.
    """
    progress = progress or QuietProgress()
    if mode == "INCREMENTAL" and previous is None:
        raise failure(
            schema.dataset_type,
            "An INCREMENTAL import needs data imported before in FULL mode; there is none. Import with FULL first.",
        )
    base = previous if mode == "INCREMENTAL" else None
    with new_snapshot(destination_folder) as (folder, final), ExitStack() as stack:
        scratch = stack.enter_context(_scratch(folder))
        connection = stack.enter_context(open_duckdb(scratch / "spill", threads, memory_limit))
        progress.stage("read")
        files = _open_files(objects, location, schema, scratch, stack, progress)
        n_new = _read(connection, files, schema, progress)
        progress.stage("check")
        _check(connection, files, schema, n_new, progress)
        progress.stage("sort")
        rows = folder / ROWS
        n_before = n_new + (base.n_rows if base else 0)
        if base is None and fits_memory(schema, sum(file.path.stat().st_size for file in files)):
            written = write_sorted(connection, schema, STAGED, rows, progress, threads)
        else:
            ranked = rank_users(connection, schema, STAGED, base, progress)
            statement = sorted_rows_sql(schema, STAGED, n_new, base, rows, ranked)
            run_watched(connection, statement, progress, "sorting and writing")
            written = None
        progress.stage("write")
        if written is not None and not written.has_ties:
            n_duplicates, counts = 0, written.counts
        else:
            n_duplicates = drop_duplicates(connection, schema, rows, n_before, progress)
            counts = count_rows(connection, schema, rows, progress)
        _check_event_types(schema, counts.n_event_types)
        progress.update(0.9, f"{counts.n_rows:,} rows")
        snapshot = described(schema, counts, rows, final, n_new, n_duplicates)
    logger.info("imported type=%s rows=%d new=%d mode=%s", schema.dataset_type, snapshot.n_rows, n_new, mode)
    return snapshot


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """Yield a folder for temporary data within the unfinished snapshot, and remove it afterwards."""
    scratch = folder / "scratch"
    scratch.mkdir()
    yield scratch
    shutil.rmtree(scratch)


def _open_files(
    objects: ObjectStore, location: str, schema: Schema, scratch: Path, stack: ExitStack, progress: ImportProgress
) -> list[CsvFile]:
    kind = schema.dataset_type
    try:
        urls = files_at(objects, location)
        chosen = urls if urls == [location] else [url for url in urls if url.lower().endswith(".csv")]
        if not chosen:
            words = f"The folder {location} has {len(urls)} files, but none whose name ends in .csv. Rename or add one."
            raise failure(kind, words)
        paths = [stack.enter_context(objects.local_path(url)) for url in chosen]
    except InvalidInput as error:
        raise failure(kind, str(error)) from error
    return [prepare_csv(path, url, schema, scratch, progress) for path, url in zip(paths, chosen, strict=True)]


def _read(connection: Any, files: Sequence[CsvFile], schema: Schema, progress: ImportProgress) -> int:
    """Read all files as text into the staged table, in order, and return the number of rows."""
    names = ", ".join(quoted(name) for name in schema.names)
    connection.execute(f"CREATE TABLE {STAGED} ({', '.join(f'{quoted(name)} VARCHAR' for name in schema.names)})")
    for number, file in enumerate(files):
        if file.has_nul:
            _explain(files[number:], schema, progress, "a NUL character")
        aliases = [f"c{position}" for position in range(len(file.columns))]
        columns = ", ".join(f"'{alias}': 'VARCHAR'" for alias in aliases)
        chosen = ", ".join(aliases[file.columns.index(name)] for name in schema.names)
        source = (
            f"SELECT {chosen} FROM read_csv({source_literal(file.path)}, columns={{{columns}}}, header=false, "
            "skip=1, auto_detect=false, "
            "delim=',', quote='\"', escape='\"', nullstr='', strict_mode=true, hive_partitioning=false, "
            f"compression='none', buffer_size={READ_BYTES}, max_line_size={MAX_LINE_BYTES}"
        )
        statement = f"INSERT INTO {STAGED} ({names}) {source}"
        note = f"reading file {number + 1} of {len(files)}"
        try:
            try:
                run_watched(connection, f"{statement})", progress, note)
            except duckdb.NotImplementedException:  # a file that several threads cannot share, such as empty lines only
                run_watched(connection, f"{statement}, parallel=false)", progress, note)
        except duckdb.OutOfMemoryException as error:
            raise failure(schema.dataset_type, f"The import ran out of memory: {_first_line(error)}.") from error
        except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
            _explain(files[number:], schema, progress, _first_line(error), error)
    (n_rows,) = connection.execute(f"SELECT count(*) FROM {STAGED}").fetchone()
    return int(n_rows)


def _check(connection: Any, files: Sequence[CsvFile], schema: Schema, n_rows: int, progress: ImportProgress) -> None:
    """Raise JobFailed when a cell is invalid or there are too few rows."""
    condition = " OR ".join(f"({bad_sql(field)})" for field in schema)
    ((n_bad,),) = run_watched(connection, f"SELECT count(*) FROM {STAGED} WHERE {condition}", progress)
    if n_bad:
        _explain(files, schema, progress, f"{n_bad:,} rows hold values that the schema does not allow")
    if n_rows == 0:
        raise failure(schema.dataset_type, f"{files[0].url} has a header but no rows. Add rows.")
    if schema.dataset_type == "Interactions" and n_rows < MIN_INTERACTIONS:
        raise failure(
            schema.dataset_type,
            f"The data has {n_rows:,} interactions; an import needs at least {MIN_INTERACTIONS:,}. Add interactions.",
        )


def _explain(
    files: Sequence[CsvFile], schema: Schema, progress: ImportProgress, reason: str, cause: Exception | None = None
) -> None:
    """Raise JobFailed about the first invalid cell; reason is the message if only DuckDB finds an error."""
    for file in files:
        sentence = first_problem(file, schema, progress)
        if sentence is not None:
            raise failure(schema.dataset_type, sentence) from cause
    raise failure(schema.dataset_type, f"{reason} ({', '.join(file.url for file in files[:3])}).") from cause


def _check_event_types(schema: Schema, n_event_types: int) -> None:
    optional = [field.name for field in schema if not field.required and field.name not in _NOT_COUNTED]
    if n_event_types and n_event_types + len(optional) > MAX_EVENT_TYPES_AND_COLUMNS:
        raise failure(
            schema.dataset_type,
            f"EVENT_TYPE has {n_event_types} different values and the schema {len(optional)} optional columns "
            f"({', '.join(optional)}); together at most {MAX_EVENT_TYPES_AND_COLUMNS} are allowed. Merge rare event "
            "types or drop columns.",
        )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:300]
