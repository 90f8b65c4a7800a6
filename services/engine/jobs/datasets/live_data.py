"""What a data set holds for a job: its snapshot, and what was put one by one up to a number that the job records.

An event or record that arrives while the job runs has a higher number and waits for the next version, so that a version
can be made again from what it recorded.
"""

from collections.abc import Iterator
from pathlib import Path

from services.engine.data.merging import Rows, merge
from services.engine.data.query import ImportProgress
from services.engine.data.schemas import parse_schema
from services.engine.data.snapshots import SnapshotInfo
from services.engine.jobs.datasets.snapshots import current_snapshot, snapshots_folder
from services.engine.jobs.tools import JobTools
from services.engine.store.live import LiveRows
from services.engine.store.resources import Resource


def dataset_snapshot(
    tools: JobTools, dataset: Resource, up_to: int, progress: ImportProgress | None = None
) -> SnapshotInfo | None:
    """Return everything that a data set holds up to a number; None when it holds nothing.

    Where something was put one by one that is a new snapshot beside the data set's own, which belongs to the job that
    asked for it and must name it among its resource's "_snapshots".
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
    """Return base with what was put up to a number as a snapshot below folder; base itself when nothing was."""
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
    """Yield what was put into a data set up to a number, as cells, block by block."""
    rows = LiveRows(tools.database)
    if dataset["datasetType"] == "INTERACTIONS":
        return rows.interactions(dataset.arn, up_to)
    return rows.records(dataset.arn, up_to)


def newest_number(tools: JobTools, dataset: Resource) -> int:
    """Return the number of what was put last into a data set, 0 for nothing."""
    return LiveRows(tools.database).newest(dataset.arn)
