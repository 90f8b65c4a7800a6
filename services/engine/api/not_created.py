"""Kinds of resources that this engine does not create yet: their lists are empty, and no ARN of them exists.

Programs that clean up, monitor or "create unless it is there" list and describe these kinds first, so the answers must
be AWS's: an empty list, and ResourceNotFoundException. Creating one is refused by name (wire/dispatch.py).
"""

from collections.abc import Callable, Mapping
from typing import Any

from services.engine.api.paging import resource_page
from services.engine.context import EngineContext
from services.engine.errors import InvalidInput

Handler = Callable[[EngineContext, dict[str, Any]], dict[str, Any]]


def _lists(operation: str, member: str, kind: str, filter_by: str) -> Handler:
    def handler(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
        return resource_page(context, request, operation, member, kind, filter_by)

    return handler


def _asks_for(operation: str, kind: str, arn_member: str) -> Handler:
    """Return the handler of an operation on one resource: ResourceNotFound, or refused by name where there is one."""

    def handler(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
        if arn_member not in request:
            raise InvalidInput(f"{arn_member} is missing. Give the ARN of a {kind.replace('-', ' ')}.")
        context.resources.get(kind, request[arn_member])
        raise InvalidInput(f"{operation} is not served by the embedded engine in this version.")

    return handler


CONTROL_PLANE: Mapping[str, Handler] = {
    operation: _lists(operation, member, kind, filter_by)
    for operation, member, kind, filter_by in (
        ("ListBatchSegmentJobs", "batchSegmentJobs", "batch-segment-job", "solutionVersionArn"),
        ("ListDataDeletionJobs", "dataDeletionJobs", "data-deletion-job", "datasetGroupArn"),
        ("ListMetricAttributionMetrics", "metrics", "metric-attribution-metric", "metricAttributionArn"),
        ("ListMetricAttributions", "metricAttributions", "metric-attribution", "datasetGroupArn"),
    )
} | {
    operation: _asks_for(operation, kind, arn_member)
    for operation, kind, arn_member in (
        ("DescribeBatchSegmentJob", "batch-segment-job", "batchSegmentJobArn"),
        ("DescribeDataDeletionJob", "data-deletion-job", "dataDeletionJobArn"),
        ("DescribeMetricAttribution", "metric-attribution", "metricAttributionArn"),
        ("DeleteMetricAttribution", "metric-attribution", "metricAttributionArn"),
        ("UpdateMetricAttribution", "metric-attribution", "metricAttributionArn"),
    )
}
"""Operations of "personalize" whose answer is known without such a resource."""
RUNTIME: Mapping[str, Handler] = {
    "GetActionRecommendations": _asks_for("GetActionRecommendations", "campaign", "campaignArn"),
}
EVENTS: Mapping[str, Handler] = {"PutActions": _asks_for("PutActions", "dataset", "datasetArn")}
"""Operations whose resource may be missing; with one that is there they are refused by name."""
