"""Dataset import jobs: read CSV files from the object store into a dataset, run by the worker."""

from typing import Any

from services.engine.api import limits
from services.engine.api.attribution.metric_attributions import attribution_of
from services.engine.api.paging import resource_page
from services.engine.api.states import PENDING, unfinished
from services.engine.api.tags import requested_tags
from services.engine.context import EngineContext
from services.engine.errors import InvalidInput
from services.engine.store.locations import parse_location
from services.engine.store.resources import Resource


def create_dataset_import_job(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Queue an import. The job checks its files and fails with a reason when they do not exist."""
    _check_location(request["dataSource"])
    tags = requested_tags(request)
    mode = request.get("importMode", "FULL")
    with context.database.atomic():
        dataset = context.resources.get("dataset", request["datasetArn"])
        if request.get("publishAttributionMetricsToS3"):
            _check_attribution(context, dataset)
        if mode == "INCREMENTAL" and "_snapshot" not in dataset.body:
            raise InvalidInput(
                f"The dataset {dataset.arn} has no imported data to add to. Import it with the mode FULL first."
            )
        limits.check(
            len(unfinished(context.resources, "dataset-import-job")),
            limits.PENDING_IMPORTS,
            f"More than {limits.PENDING_IMPORTS} resources with PENDING or IN_PROGRESS status.",
        )
        arn = context.arns.make("dataset-import-job", request["jobName"])
        body = {
            "jobName": request["jobName"],
            "datasetImportJobArn": arn,
            "datasetArn": dataset.arn,
            "dataSource": request["dataSource"],
            "roleArn": request.get("roleArn"),
            "importMode": mode,
            "publishAttributionMetricsToS3": request.get("publishAttributionMetricsToS3", False),
        }
        context.resources.insert("dataset-import-job", arn, body, parent_arn=dataset.arn, status=PENDING)
        context.tags.put(arn, tags)
        context.queue.enqueue("import", arn, {})
    context.start_worker()
    return {"datasetImportJobArn": arn}


def describe_dataset_import_job(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return an import job with its status and, if it failed, the reason."""
    job = context.resources.get("dataset-import-job", request["datasetImportJobArn"])
    return {"datasetImportJob": job.describe()}


def list_dataset_import_jobs(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the import jobs of a dataset, or all, oldest first."""
    return resource_page(
        context, request, "ListDatasetImportJobs", "datasetImportJobs", "dataset-import-job", "datasetArn"
    )


def _check_attribution(context: EngineContext, dataset: Resource) -> None:
    """Raise InvalidInput unless metrics of what is imported can be published."""
    if dataset["datasetType"] != "INTERACTIONS":
        raise InvalidInput(
            f"publishAttributionMetricsToS3 is for interactions, and {dataset.arn} has none. Set it to false."
        )
    found = attribution_of(context, dataset["datasetGroupArn"])
    if found is None or not found["metricsOutputConfig"].get("s3DataDestination"):
        raise InvalidInput(
            "publishAttributionMetricsToS3 needs a metric attribution with an s3DataDestination in the dataset group. "
            "Create one, or set it to false."
        )


def _check_location(data_source: dict[str, Any]) -> None:
    location = data_source.get("dataLocation")
    if location is None:
        raise InvalidInput("Invalid Data location. Give dataSource.dataLocation, for example s3://bucket/folder/.")
    parse_location(location)
