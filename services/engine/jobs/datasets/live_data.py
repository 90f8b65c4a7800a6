"""A dataset's content for a job: its snapshot, and the live rows up to a number that the job stores.

Live rows are the events, items and users of PutEvents, PutItems and PutUsers. Those that arrive while the job runs have
higher numbers and belong to the next version, so that a version can be reproduced.
"""

from collections.abc import Iterator
from pathlib import Path

from services.engine.data.merging import Rows, merge
from services.engine.data.query import ImportProgress
from services.engine.data.schemas import parse_schema
from services.engine.data.snapshots import SnapshotInfo
from services.engine.jobs.tools import JobTools
from services.engine.store.live import LiveRows
from services.engine.store.resources import Resource
from services.engine.store.snapshots import current_snapshot, snapshots_folder


def dataset_snapshot(
    tools: JobTools, dataset: Resource, up_to: int, progress: ImportProgress | None = None
) -> SnapshotInfo | None:
    """Return a dataset's content up to a number as a snapshot; None when it is empty.

    If there are live rows, this is a new snapshot that belongs to the calling job, whose resource must list it in
    "_snapshots".
    """
    return merged_snapshot(
        tools,
        dataset,
        current_snapshot(tools.settings, dataset),
        up_to,
        snapshots_folder(tools.settings, dataset),
        progress,
    )


def merged_snapshot(
    tools: JobTools,
    dataset: Resource,
    base: SnapshotInfo | None,
    up_to: int,
    folder: Path,
    progress: ImportProgress | None = None,
) -> SnapshotInfo | None:
    """Return base merged with the live rows up to a number, as a snapshot below folder; base if there are none."""
    if not up_to:
        return base
    blocks = live_rows(tools, dataset, up_to)
    first = next(blocks, None)
    if first is None:
        return base
    schema = parse_schema(tools.resources.get("schema", dataset["schemaArn"])["schema"])

    def all_blocks() -> Iterator[Rows]:
        yield first
        yield from blocks

    return merge(schema, base, all_blocks(), folder, progress)


def live_rows(tools: JobTools, dataset: Resource, up_to: int) -> Iterator[Rows]:
    """Yield a dataset's live rows up to a number as cells, block by block."""
    rows = LiveRows(tools.database)
    if dataset["datasetType"] == "INTERACTIONS":
        return rows.interactions(dataset.arn, up_to)
    if dataset["datasetType"] == "ACTION_INTERACTIONS":
        return rows.interactions(dataset.arn, up_to, "ACTION_ID")
    return rows.records(dataset.arn, up_to)


def newest_number(tools: JobTools, dataset: Resource) -> int:
    """Return the number of a dataset's newest live row, 0 when there is none."""
    return LiveRows(tools.database).newest(dataset.arn)
