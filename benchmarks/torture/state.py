"""What must be true of a home folder after anything: nothing damaged, nothing missing, nothing left over."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.torture.writers import Sent
from services.engine import Engine, open_engine
from services.engine.jobs.training.checkpoints import checkpoint_path
from services.engine.models.artifacts import read_artifact
from services.engine.store.leftovers import referenced_snapshots

CATCH_ALL = ("Something unexpected", "Something that should not", "Traceback", "by a fault of its own")
"""Words of sentences that say nothing; a reason that has them is a fault."""


def problems(home: Path) -> list[str]:
    """Return what is wrong with a home that no worker runs in and whose last worker has cleaned up."""
    engine = open_engine(home)
    try:
        return [*_database(home), *_missing(engine), *_left_over(engine), *_reasons(engine)]
    finally:
        engine.close()


def _database(home: Path) -> Iterator[str]:
    database = sqlite3.connect(f"file:{home / 'engine.sqlite'}?mode=ro", uri=True, timeout=30)
    try:
        found = [row[0] for row in database.execute("PRAGMA integrity_check")]
        if found != ["ok"]:
            yield f"the database is damaged: {found[:3]}"
        if database.execute("PRAGMA foreign_key_check").fetchall():
            yield "the database has rows without the row that they belong to"
    finally:
        database.close()


def _missing(engine: Engine) -> Iterator[str]:
    """Yield what is ACTIVE without its files."""
    settings, resources = engine.settings, engine.context.resources
    for dataset in resources.list("dataset"):
        snapshot = dataset.body.get("_snapshot")
        if snapshot is None:
            continue
        path = settings.datasets_path.joinpath(*Path(snapshot["path"]).parts[-3:]) / "rows.parquet"
        try:
            n_rows = pq.read_metadata(path).num_rows
        except OSError as error:
            yield f"{dataset.arn} has no rows: {error}"
        else:
            if n_rows != snapshot["n_rows"]:
                yield f"{dataset.arn} says {snapshot['n_rows']} rows, its file has {n_rows}"
    for version in resources.list("solution-version"):
        if version.status == "ACTIVE":
            try:
                read_artifact(settings.models_path / version["_model_path"])
            except Exception as error:  # whatever a damaged folder raises
                yield f"{version.arn} is ACTIVE and cannot be read: {error}"
    for job in resources.list("dataset-export-job"):
        folder = job["jobOutput"]["s3DataDestination"]["path"]
        if job.status == "ACTIVE" and not engine.objects.list(folder):
            yield f"{job.arn} is ACTIVE and wrote nothing to {folder}"
    for job in resources.list("batch-inference-job"):
        folder = job["jobOutput"]["s3DataDestination"]["path"]
        if job.status == "ACTIVE" and f"{folder}_CHECK" not in engine.objects.list(folder):
            yield f"{job.arn} is ACTIVE and {folder} has no _CHECK"


def _left_over(engine: Engine) -> Iterator[str]:
    """Yield files and folders that nothing refers to; HOME/tmp, if there is one, is where temporary files go.

    torch keeps a folder there (torchinductor_USER), which is no file of ours.
    """
    settings, resources = engine.settings, engine.context.resources
    models = {version.body.get("_model_path") for version in resources.list("solution-version")}
    yield from (f"left over: {path}" for path in settings.models_path.glob("*") if path.name not in models)
    snapshots = {path.parts[-3:] for path in referenced_snapshots(resources)}
    folders = settings.datasets_path.glob("*/*/*")
    yield from (f"left over: {path}" for path in folders if path.parts[-3:] not in snapshots)
    checkpoints = {checkpoint_path(settings, solution.arn) for solution in resources.list("solution")}
    yield from (f"left over: {path}" for path in settings.checkpoints_path.glob("*") if path not in checkpoints)
    patterns = (
        "scratch/*",
        "objects/**/.*.partial",
        "uploads/*",
        "library/*/*.part",
        "library/*/pending.json",
        "tmp/[!t]*",
    )
    for pattern in patterns:
        yield from (f"left over: {path}" for path in settings.home.glob(pattern))


def _reasons(engine: Engine) -> Iterator[str]:
    """Yield jobs that never ended, and failures whose reason says nothing."""
    for job in engine.context.queue.in_state("queued", "running"):
        yield f"{job.arn} is {job.state} for ever"
    for kind in ("dataset-import-job", "dataset-export-job", "solution-version", "batch-inference-job"):
        for resource in engine.context.resources.list(kind):
            reason = resource.failure_reason or ""
            if resource.status == "CREATE FAILED" and (not reason or any(words in reason for words in CATCH_ALL)):
                yield f"{resource.arn} failed with the reason {reason!r}"


def rows_read(home: Path, dataset_arn: str) -> int:
    """Return the rows that the last import into a dataset read."""
    database = sqlite3.connect(f"file:{home / 'engine.sqlite'}?mode=ro", uri=True, timeout=30)
    try:
        row = database.execute("SELECT body FROM resources WHERE arn = ?", (dataset_arn,)).fetchone()
    finally:
        database.close()
    return int(json.loads(row[0])["_snapshot"]["n_new_rows"])


def event_problems(home: Path, acknowledged: Mapping[str, Sent]) -> list[str]:
    """Return which acknowledged events are not stored exactly once as they were sent."""
    database = sqlite3.connect(f"file:{home / 'engine.sqlite'}?mode=ro", uri=True, timeout=30)
    try:
        rows = database.execute("SELECT event_id, person, item_id, sent_at FROM live_events").fetchall()
    finally:
        database.close()
    stored = {row[0]: tuple(row[1:]) for row in rows}
    twice = sum(count - 1 for count in Counter(row[0] for row in rows).values())
    same = sum(count - 1 for count in Counter(tuple(row[1:]) for row in rows).values())
    lost = [event_id for event_id in acknowledged if event_id not in stored]
    changed = [event_id for event_id, sent in acknowledged.items() if stored.get(event_id, sent) != sent]
    words = ((lost, "lost"), (changed, "changed"))
    found = [f"{len(ids)} acknowledged events are {word}, for example {ids[0]}" for ids, word in words if ids]
    return found + ([f"{max(twice, same)} events are stored twice"] if twice or same else [])
