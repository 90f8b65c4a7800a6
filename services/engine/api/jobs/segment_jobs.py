"""Batch segment jobs: the people whom items, or tastes, are for, for the lines of a file, run by the worker.

Our choice where AWS's documentation is silent: numResults is 1 to 5,000,000, AWS's maximum.
"""

from typing import Any

from services.engine.api import limits
from services.engine.api.batch_jobs import check_locations
from services.engine.api.filters import check_filter
from services.engine.api.paging import resource_page
from services.engine.api.states import PENDING, require_active, unfinished
from services.engine.api.tags import requested_tags
from services.engine.context import EngineContext
from services.engine.errors import InvalidInput
from services.engine.jobs.batch.segment_job import USER_SEGMENTATION
from services.engine.recipes.registry import find

DEFAULT_RESULTS = 25
MAX_RESULTS = 5_000_000


def create_batch_segment_job(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Queue a segment job. The job checks its files and fails with a reason when they do not exist."""
    check_locations(request["jobInput"]["s3DataSource"]["path"], request["jobOutput"]["s3DataDestination"]["path"])
    n_results = request.get("numResults", DEFAULT_RESULTS)
    if not 1 <= n_results <= MAX_RESULTS:
        raise InvalidInput(f"numResults is {n_results}; a segment has 1 to {MAX_RESULTS:,} users.")
    tags = requested_tags(request)
    with context.database.atomic():
        version = context.resources.get("solution-version", request["solutionVersionArn"])
        require_active(version)
        info = find(version["recipeArn"])
        if info.recipe_type != USER_SEGMENTATION:
            raise InvalidInput(f"The recipe {info.name} makes no user segments. Use a batch inference job.")
        if request.get("filterArn"):
            check_filter(context, request["filterArn"], version)
        limits.check(
            len(unfinished(context.resources, "batch-segment-job")),
            limits.PENDING_SEGMENT_JOBS,
            f"More than {limits.PENDING_SEGMENT_JOBS} resources with PENDING or IN_PROGRESS status.",
        )
        arn = context.arns.make("batch-segment-job", request["jobName"])
        body = {
            "jobName": request["jobName"],
            "batchSegmentJobArn": arn,
            "solutionVersionArn": version.arn,
            "numResults": int(n_results),
            "jobInput": request["jobInput"],
            "jobOutput": request["jobOutput"],
            "roleArn": request["roleArn"],
            "filterArn": request.get("filterArn"),
        }
        context.resources.insert("batch-segment-job", arn, body, parent_arn=version.arn, status=PENDING)
        context.tags.put(arn, tags)
        context.queue.enqueue("segment", arn, {})
    context.start_worker()
    return {"batchSegmentJobArn": arn}


def describe_batch_segment_job(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return a segment job with its status and, if it failed, the reason."""
    return {"batchSegmentJob": context.resources.get("batch-segment-job", request["batchSegmentJobArn"]).describe()}


def list_batch_segment_jobs(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the segment jobs of a solution version, or all, oldest first."""
    return resource_page(
        context, request, "ListBatchSegmentJobs", "batchSegmentJobs", "batch-segment-job", "solutionVersionArn"
    )
