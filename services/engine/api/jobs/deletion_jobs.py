"""Data deletion jobs: remove users, and everything that they did, from the datasets of a group, run by the worker.

Source: Amazon Personalize developer guide, "Deleting users". Models keep what they learned; a new solution version
learns without these users. A deletion waits for no other job here, but is refused while one works on the group.
"""

from typing import Any

from services.engine.api import limits
from services.engine.api.paging import resource_page
from services.engine.api.states import refuse_unfinished
from services.engine.api.tags import requested_tags
from services.engine.context import EngineContext
from services.engine.errors import InvalidInput
from services.engine.jobs.outcomes import DELETION_STATES
from services.engine.store.locations import parse_location
from services.engine.store.resources import Resource
from services.engine.store.versions import RECOMMENDER_VERSION

KIND = "data-deletion-job"


def create_data_deletion_job(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Queue the deletion of the users of a CSV file, or of the CSV files of a folder."""
    location = request["dataSource"].get("dataLocation")
    if location is None:
        raise InvalidInput("Invalid Data location. Give dataSource.dataLocation, for example s3://bucket/users.csv.")
    parse_location(location)
    tags = requested_tags(request)
    with context.database.atomic():
        group = context.resources.get("dataset-group", request["datasetGroupArn"])
        _refuse_busy(context, group)
        waiting = [
            job
            for job in context.resources.list(KIND, parent_arn=group.arn)
            if job.status == DELETION_STATES["CREATE PENDING"]
        ]
        limits.check(
            len(waiting),
            limits.PENDING_DELETIONS,
            f"More than {limits.PENDING_DELETIONS} data deletion jobs with PENDING status. Wait until one has ended.",
        )
        arn = context.arns.make(KIND, request["jobName"])
        body = {
            "jobName": request["jobName"],
            "dataDeletionJobArn": arn,
            "datasetGroupArn": group.arn,
            "dataSource": request["dataSource"],
            "roleArn": request["roleArn"],
        }
        context.resources.insert(KIND, arn, body, parent_arn=group.arn, status=DELETION_STATES["CREATE PENDING"])
        context.tags.put(arn, tags)
        context.queue.enqueue("deletion", arn, {})
    context.start_worker()
    return {"dataDeletionJobArn": arn}


def describe_data_deletion_job(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return a deletion job with its status and, once it is COMPLETED, the number of users that were deleted."""
    return {"dataDeletionJob": context.resources.get(KIND, request["dataDeletionJobArn"]).describe()}


def list_data_deletion_jobs(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the deletion jobs of a dataset group, or all, oldest first."""
    return resource_page(context, request, "ListDataDeletionJobs", "dataDeletionJobs", KIND, "datasetGroupArn")


def _refuse_busy(context: EngineContext, group: Resource) -> None:
    """Raise ResourceInUse while an import, a training or a batch job of the group is unfinished, as AWS documents."""
    doing = f"Users of the dataset group {group.arn} cannot be deleted"
    for dataset in context.resources.list("dataset", parent_arn=group.arn):
        refuse_unfinished(context.resources, "dataset-import-job", dataset.arn, doing)
    for recommender in context.resources.list("recommender", parent_arn=group.arn):
        refuse_unfinished(context.resources, RECOMMENDER_VERSION, recommender.arn, doing)
    for solution in context.resources.list("solution", parent_arn=group.arn):
        refuse_unfinished(context.resources, "solution-version", solution.arn, doing)
        for version in context.resources.list("solution-version", parent_arn=solution.arn):
            for kind in ("batch-inference-job", "batch-segment-job"):
                refuse_unfinished(context.resources, kind, version.arn, doing)
