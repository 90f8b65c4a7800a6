"""The export job: a data set's rows as CSV into the object store."""

import threading

from services.engine.data.exporter import export_csv
from services.engine.data.schemas import parse_schema
from services.engine.jobs.outcomes import JobResult
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.queue import Job
from services.engine.jobs.running import JobTools
from services.engine.jobs.snapshots import current_snapshot

STAGES = (("read", 0.4), ("write", 0.6))


def run_export(tools: JobTools, job: Job, stop: threading.Event) -> JobResult:
    """Export what a data set export job names. Raises JobFailed in words."""
    export_job = tools.resources.get("dataset-export-job", job.arn)
    dataset = tools.resources.get("dataset", export_job["datasetArn"])
    progress = JobProgress(tools.database, job, STAGES, stop)
    url = export_csv(
        tools.objects,
        parse_schema(tools.resources.get("schema", dataset["schemaArn"])["schema"]),
        current_snapshot(tools.settings, dataset),
        export_job["jobOutput"]["s3DataDestination"]["path"],
        export_job.body.get("ingestionMode", "PUT"),
        export_job["jobName"],
        progress,
    )
    progress.end()
    progress.log(f"Written to {url}.")
    return JobResult()
