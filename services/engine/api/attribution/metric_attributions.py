"""Metric attributions: up to ten metrics of a dataset group, each a sum or a count over the events of one type.

Source: Amazon Personalize developer guide, "Measuring impact of recommendations". What imports count is written to the
object store (jobs/datasets/attribution_report.py); what PutEvents counts goes to CloudWatch at AWS, and here to
Engine.capabilities. ACTIVE at once.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.engine.api import limits
from services.engine.api.paging import resource_page, sequence_page
from services.engine.api.solutions import group_schemas
from services.engine.api.states import ACTIVE
from services.engine.context import EngineContext
from services.engine.data.schemas import Schema
from services.engine.errors import InvalidInput, ResourceAlreadyExists
from services.engine.jobs.datasets.attribution_report import SUM
from services.engine.store.datasets import datasets_of
from services.engine.store.locations import parse_location
from services.engine.store.resources import Resource

KIND = "metric-attribution"
MAX_METRICS = 10
_COUNT = re.compile(r"\s*SAMPLECOUNT\s*\(\s*\)\s*", re.IGNORECASE)

Metric = Mapping[str, str]
"""A MetricAttribute of the API: eventType, metricName and expression."""


def create_metric_attribution(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Begin to count; a dataset group has one metric attribution at most."""
    _check_output(request["metricsOutputConfig"])
    with context.database.atomic():
        group = context.resources.get("dataset-group", request["datasetGroupArn"])
        present = context.resources.list(KIND, parent_arn=group.arn, limit=1)
        limits.check(
            len(present),
            limits.METRIC_ATTRIBUTIONS_PER_GROUP,
            f"The dataset group {group.arn} has a metric attribution already. Update it, or delete it first.",
        )
        _check_metrics(request["metrics"], group_schemas(context, group.arn))
        interactions = datasets_of(context.resources, group.arn)["INTERACTIONS"]
        arn = context.arns.make(KIND, request["name"])
        body = {
            "name": request["name"],
            "metricAttributionArn": arn,
            "datasetGroupArn": group.arn,
            "metricsOutputConfig": request["metricsOutputConfig"],
            "_metrics": request["metrics"],
            "_events_after": context.live.newest(interactions.arn),
        }
        context.resources.insert(KIND, arn, body, parent_arn=group.arn, status=ACTIVE)
    return {"metricAttributionArn": arn}


def describe_metric_attribution(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return a metric attribution; its metrics are listed by ListMetricAttributionMetrics."""
    return {"metricAttribution": context.resources.get(KIND, request["metricAttributionArn"]).describe()}


def list_metric_attributions(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the metric attributions of a dataset group, or all, oldest first."""
    return resource_page(context, request, "ListMetricAttributions", "metricAttributions", KIND, "datasetGroupArn")


def list_metric_attribution_metrics(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the metrics of a metric attribution, or of all."""
    arn = request.get("metricAttributionArn")
    metrics = [
        metric
        for attribution in context.resources.list(KIND)
        if arn in (None, attribution.arn)
        for metric in attribution["_metrics"]
    ]
    sized = {"maxResults": MAX_METRICS} | request  # the model allows ten a page
    sized["maxResults"] = min(sized["maxResults"], MAX_METRICS)
    return sequence_page(metrics, sized, "ListMetricAttributionMetrics", "metrics", arn or "")


def update_metric_attribution(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Add and remove metrics, or change where reports go."""
    if "metricAttributionArn" not in request:
        raise InvalidInput("metricAttributionArn is missing. Give the ARN of a metric attribution.")
    if "metricsOutputConfig" in request:
        _check_output(request["metricsOutputConfig"])
    with context.database.atomic():
        attribution = context.resources.get(KIND, request["metricAttributionArn"])
        metrics = _updated(attribution, request)
        _check_metrics(metrics, group_schemas(context, attribution["datasetGroupArn"]))
        output = request.get("metricsOutputConfig", attribution["metricsOutputConfig"])
        context.resources.update(attribution.arn, body={"_metrics": metrics, "metricsOutputConfig": output})
    return {"metricAttributionArn": attribution.arn}


def delete_metric_attribution(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Stop to count; reports that were written stay."""
    with context.database.atomic():
        context.resources.delete(context.resources.get(KIND, request["metricAttributionArn"]).arn)
    return {}


def attribution_of(context: EngineContext, group_arn: str) -> Resource | None:
    """Return the metric attribution of a dataset group, or None."""
    return next(iter(context.resources.list(KIND, parent_arn=group_arn, limit=1)), None)


def remember(context: EngineContext, group_arn: str, source_arn: str, answer: Mapping[str, Any], member: str) -> None:
    """Keep which list an answer gave, if its group counts: later events name it by its recommendationId."""
    if context.settings.read_only or attribution_of(context, group_arn) is None:
        return
    item_ids = [item["itemId"] for item in answer[member]]
    context.given.add(answer["recommendationId"], source_arn, item_ids)


def _updated(attribution: Resource, request: Mapping[str, Any]) -> list[Metric]:
    removed = set(request.get("removeMetrics", []))
    present = [metric["metricName"] for metric in attribution["_metrics"]]
    unknown = sorted(removed - set(present))
    if unknown:
        raise InvalidInput(f"removeMetrics names {unknown[0]}, which is no metric; there are {', '.join(present)}.")
    kept = [metric for metric in attribution["_metrics"] if metric["metricName"] not in removed]
    return kept + list(request.get("addMetrics", []))


def _check_output(config: Mapping[str, Any]) -> None:
    destination = config.get("s3DataDestination")
    if destination is not None:
        parse_location(destination["path"])


def _check_metrics(metrics: Sequence[Metric], schemas: Mapping[str, Schema]) -> None:
    """Raise InvalidInput or ResourceAlreadyExists for metrics that cannot be counted."""
    if not 1 <= len(metrics) <= MAX_METRICS:
        raise InvalidInput(f"{len(metrics)} metrics were given; a metric attribution has 1 to {MAX_METRICS}.")
    interactions = schemas.get("Interactions")
    if interactions is None or interactions.find("EVENT_TYPE") is None:
        raise InvalidInput("Metrics count events by EVENT_TYPE. Create an Interactions dataset with that column first.")
    names = [metric["metricName"] for metric in metrics]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ResourceAlreadyExists(f"There would be two metrics of the name {twice[0]}. Use another name.")
    for metric in metrics:
        _check_expression(metric, schemas)


def _check_expression(metric: Metric, schemas: Mapping[str, Schema]) -> None:
    expression = metric["expression"]
    if not metric["eventType"] or not metric["metricName"]:
        raise InvalidInput("A metric needs an eventType and a metricName. Give both.")
    if _COUNT.fullmatch(expression):
        return
    found = SUM.fullmatch(expression)
    if found is None:
        raise InvalidInput(
            f"The expression of {metric['metricName']} is {expression!r}. Use SAMPLECOUNT(), SUM(Items.COLUMN) or "
            "SUM(Interactions.COLUMN)."
        )
    schema = schemas.get(found[1].capitalize())
    field = None if schema is None else next((f for f in schema if f.name.lower() == found[2].lower()), None)
    if field is None or not field.is_numeric:
        raise InvalidInput(
            f"The expression of {metric['metricName']} sums {found[1]}.{found[2]}, which is no column of numbers of "
            "this dataset group. Name one."
        )
