"""Exports a dataset as CSV: a header with the schema's fields, quoted so that import_csv and AWS can import it.

Rules: Amazon Personalize developer guide, "Exporting training data to Amazon S3". AWS does not document the file names;
here the name is that of the job. A backslash precedes a quote or backslash in a quoted cell, as AWS documents for
imports; empty cells are nulls.
"""

from pathlib import Path

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
from services.engine.data.snapshots import SnapshotInfo
from services.engine.errors import InvalidInput, JobFailed
from services.engine.store.objects import ObjectStore


def export_csv(
    objects: ObjectStore,
    schema: Schema,
    snapshot: SnapshotInfo | None,
    output_path: str,
    name: str,
    scratch: Path,
    progress: ImportProgress | None = None,
) -> str:
    """Write rows to output_path (a folder) as <name>.csv and return the file's location; scratch is an empty folder.

    Without a snapshot the file has only a header. Rows are in the snapshot's order. Raises JobFailed when the location
    cannot be written, or JobStopped.
    """
    progress = progress or QuietProgress()
    target = f"{output_path.rstrip('/')}/{name}.csv"
    file = scratch / "rows.csv"
    if snapshot is None:
        file.write_text(",".join(schema.names) + "\n", encoding="utf-8")
    else:
        with open_duckdb(scratch / "spill") as connection:
            run_watched(connection, _copy_sql(schema, snapshot, file), progress, "writing rows")
    try:
        objects.put_file(target, file)
    except InvalidInput as error:
        raise JobFailed(f"Failed to create a data export job for {schema.dataset_type} dataset...{error}") from error
    return target


def _copy_sql(schema: Schema, snapshot: SnapshotInfo, file: Path) -> str:
    columns = ", ".join(
        quoted(name) if name in snapshot.columns else f"NULL AS {quoted(name)}" for name in schema.names
    )
    return (
        f"COPY (SELECT {columns} FROM {parquet_sql(snapshot.rows)}) TO {target_literal(file)} "
        "(FORMAT csv, HEADER true, QUOTE '\"', ESCAPE '\\', NULLSTR '')"
    )
