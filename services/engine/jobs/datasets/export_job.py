"""The export job: writes a dataset's rows as CSV into the object store."""

import tempfile
import threading
from pathlib import Path

from services.engine.data.exporter import export_csv
from services.engine.data.schemas import parse_schema
from services.engine.jobs.datasets.live_data import merged_snapshot, newest_number
from services.engine.jobs.outcomes import JobResult
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.queue import Job
from services.engine.jobs.tools import JobTools
from services.engine.store.snapshots import current_snapshot

STAGES = (("read", 0.4), ("write", 0.6))


def run_export(tools: JobTools, job: Job, stop: threading.Event) -> JobResult:
    """Export bulk records, individually put records, or both (ingestionMode). Raises JobFailed with a reason."""
    export_job = tools.resources.get("dataset-export-job", job.arn)
    dataset = tools.resources.get("dataset", export_job["datasetArn"])
    progress = JobProgress(tools.database, job, STAGES, stop)
    mode = export_job.body.get("ingestionMode", "PUT")
    base = None if mode == "PUT" else current_snapshot(tools.settings, dataset)
    up_to = 0 if mode == "BULK" else newest_number(tools, dataset)
    tools.settings.scratch_path.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="export-", dir=tools.settings.scratch_path) as folder:
        written = Path(folder) / "written"
        written.mkdir()
        url = export_csv(
            tools.objects,
            parse_schema(tools.resources.get("schema", dataset["schemaArn"])["schema"]),
            merged_snapshot(tools, dataset, base, up_to, Path(folder), progress),
            export_job["jobOutput"]["s3DataDestination"]["path"],
            export_job["jobName"],
            written,
            progress,
        )
    progress.end()
    progress.log(f"Written to {url}.")
    return JobResult()
