"""The import job: writes CSV files into a new snapshot, then switches the dataset to it."""

import os
import threading

from services.engine.data.importer import import_csv
from services.engine.data.schemas import parse_schema
from services.engine.jobs.outcomes import JobResult
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.queue import Job
from services.engine.jobs.tools import JobTools
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
    progress.end()
    progress.log(f"{snapshot.n_new_rows:,} rows read, {snapshot.n_rows:,} in the dataset now.")
    return JobResult(
        others={dataset.arn: {"_snapshot": snapshot.to_json()}},
        replaced_snapshots=() if previous is None else (str(previous.path),),
    )
