"""Dataset export jobs: write a dataset's records as CSV into the object store, run by the worker."""

from typing import Any

from services.engine.api import limits
from services.engine.api.paging import resource_page
from services.engine.api.states import PENDING, unfinished
from services.engine.api.tags import requested_tags
from services.engine.context import EngineContext
from services.engine.store.locations import parse_location


def create_dataset_export_job(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Queue an export; the default ingestionMode is PUT, as in AWS: individual records only."""
    parse_location(request["jobOutput"]["s3DataDestination"]["path"])
    tags = requested_tags(request)
    with context.database.atomic():
        dataset = context.resources.get("dataset", request["datasetArn"])
        limits.check(
            len(unfinished(context.resources, "dataset-export-job")),
            limits.PENDING_EXPORTS,
            f"More than {limits.PENDING_EXPORTS} resources with PENDING or IN_PROGRESS status.",
        )
        arn = context.arns.make("dataset-export-job", request["jobName"])
        body = {
            "jobName": request["jobName"],
            "datasetExportJobArn": arn,
            "datasetArn": dataset.arn,
            "ingestionMode": request.get("ingestionMode", "PUT"),
            "roleArn": request["roleArn"],
            "jobOutput": request["jobOutput"],
        }
        context.resources.insert("dataset-export-job", arn, body, parent_arn=dataset.arn, status=PENDING)
        context.tags.put(arn, tags)
        context.queue.enqueue("export", arn, {})
    context.start_worker()
    return {"datasetExportJobArn": arn}


def describe_dataset_export_job(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return an export job with its status and, if it failed, the reason."""
    job = context.resources.get("dataset-export-job", request["datasetExportJobArn"])
    return {"datasetExportJob": job.describe()}


def list_dataset_export_jobs(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the export jobs of a dataset, or all, oldest first."""
    return resource_page(
        context, request, "ListDatasetExportJobs", "datasetExportJobs", "dataset-export-job", "datasetArn"
    )
