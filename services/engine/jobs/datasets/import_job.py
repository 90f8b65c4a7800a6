"""The import job: writes CSV files into a new snapshot, then switches the dataset to it."""

import os
import threading

from services.engine.clock import now
from services.engine.data.importer import import_csv
from services.engine.data.schemas import parse_schema
from services.engine.data.snapshots import SnapshotInfo
from services.engine.jobs.datasets.attribution_report import (
    imported_events,
    item_numbers,
    measured,
    metrics_of,
    report,
)
from services.engine.jobs.outcomes import JobResult
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.queue import Job
from services.engine.jobs.tools import JobTools
from services.engine.store.datasets import datasets_of
from services.engine.store.given import GivenLists
from services.engine.store.resources import Resource
from services.engine.store.snapshots import current_snapshot, snapshots_folder

THREADS = os.cpu_count() or 1
"""All cores: an import takes seconds, and the worker has a lower priority than the pages."""
STAGES = (("read", 0.3), ("check", 0.1), ("sort", 0.45), ("write", 0.15))
"""Shares of the time as measured on the bundled demo's 100,000 interactions."""


def run_import(tools: JobTools, job: Job, stop: threading.Event) -> JobResult:
    """Run a dataset import job. Raises JobFailed with a reason; then the dataset is unchanged."""
    import_job = tools.resources.get("dataset-import-job", job.arn)
    dataset = tools.resources.get("dataset", import_job["datasetArn"])
    progress = JobProgress(tools.database, job, STAGES, stop)
    previous = current_snapshot(tools.settings, dataset)
    mode = import_job.body.get("importMode", "FULL")
    location = import_job["dataSource"]["dataLocation"]
    progress.log(f"Import of {location} ({mode}).")
    snapshot = import_csv(
        tools.objects,
        location,
        parse_schema(tools.resources.get("schema", dataset["schemaArn"])["schema"]),
        snapshots_folder(tools.settings, dataset),
        previous,
        mode,
        progress,
        threads=THREADS,
    )
    if import_job.body.get("publishAttributionMetricsToS3"):
        _publish(tools, dataset, job, snapshot, previous if mode == "INCREMENTAL" else None, progress)
    progress.end()
    progress.log(f"{snapshot.n_new_rows:,} rows read, {snapshot.n_rows:,} in the dataset now.")
    return JobResult(
        others={dataset.arn: {"_snapshot": snapshot.to_json()}},
        replaced_snapshots=() if previous is None else (str(previous.path),),
    )


def _publish(
    tools: JobTools,
    dataset: Resource,
    job: Job,
    snapshot: SnapshotInfo,
    previous: SnapshotInfo | None,
    progress: JobProgress,
) -> None:
    """Write the report of the group's metric attribution about what was imported."""
    group_arn = dataset["datasetGroupArn"]
    found = next(iter(tools.resources.list("metric-attribution", parent_arn=group_arn)), None)
    target = {} if found is None else found["metricsOutputConfig"].get("s3DataDestination") or {}
    if found is None or not target:
        progress.log("No metrics are published: the metric attribution, or its location, is gone.")
        return
    schema = parse_schema(tools.resources.get("schema", dataset["schemaArn"])["schema"])
    spill = tools.settings.scratch_path / "metrics"
    events = imported_events(schema, snapshot, previous, spill, progress)
    items = datasets_of(tools.resources, group_arn).get("ITEMS")
    of_items = None if items is None else current_snapshot(tools.settings, items)
    metrics = metrics_of(found["_metrics"])
    numbers = item_numbers(of_items, [metric.column for metric in metrics if metric.dataset == "Items"])
    given = GivenLists(tools.database).find([e.recommendation_id for e in events if e.recommendation_id])
    values = measured(metrics, events, numbers, given)
    name = f"AggregatedAttributionMetrics - DatasetImportJob - {int(now())}.csv"
    url = f"{target['path'].rstrip('/')}/{name}"
    tools.objects.put_bytes(url, report(values))
    progress.log(f"{len(values):,} values of {len(metrics)} metrics written to {url}.")
