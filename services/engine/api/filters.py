"""Filters: named expressions of a dataset group, and their use by requests for recommendations.

A filter is ACTIVE at once, or refused when it is created, with the position of what is wrong. Our choices where AWS's
documentation is silent: a filter of another dataset group, and filterValues that the filter does not have, are
InvalidInput.
"""

from collections.abc import Mapping
from typing import Any

from services.engine.api import limits
from services.engine.api.paging import resource_page
from services.engine.api.solutions import group_schemas
from services.engine.api.states import ACTIVE, UNFINISHED, require_active
from services.engine.api.tags import requested_tags
from services.engine.context import EngineContext
from services.engine.data.schemas import Schema
from services.engine.data.vocabulary import Vocabulary
from services.engine.errors import InvalidInput, ResourceInUse
from services.engine.filters.evaluation import Allowed, Question, check_use, target_of
from services.engine.filters.rules import checked, fields_of
from services.engine.filters.syntax import ACTION, USER
from services.engine.models.artifacts import Artifact
from services.engine.recipes.registry import find
from services.engine.store.resources import Resource


def create_filter(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Check an expression against the schemas of its group and store it; ACTIVE at once."""
    tags = requested_tags(request)
    with context.database.atomic():
        group = context.resources.get("dataset-group", request["datasetGroupArn"])
        filters = context.resources.list("filter", parent_arn=group.arn)
        limits.check(
            len(filters),
            limits.FILTERS_PER_GROUP,
            f"More than {limits.FILTERS_PER_GROUP} filters in a dataset group. Please delete some and try again.",
        )
        schemas = group_schemas(context, group.arn)
        _check_fields(request["filterExpression"], filters, schemas)
        arn = context.arns.make("filter", request["name"])
        body = {
            "name": request["name"],
            "filterArn": arn,
            "datasetGroupArn": group.arn,
            "filterExpression": request["filterExpression"],
        }
        context.resources.insert("filter", arn, body, parent_arn=group.arn, status=ACTIVE)
        context.tags.put(arn, tags)
    return {"filterArn": arn}


def describe_filter(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return a filter with its expression."""
    return {"filter": context.resources.get("filter", request["filterArn"]).describe()}


def list_filters(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the filters of a dataset group, or all, oldest first."""
    return resource_page(context, request, "ListFilters", "Filters", "filter", "datasetGroupArn")


def delete_filter(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Delete a filter that no unfinished batch job uses."""
    with context.database.atomic():
        found = context.resources.get("filter", request["filterArn"])
        for job in context.resources.list(("batch-inference-job", "batch-segment-job")):
            if job.status in UNFINISHED and job.body.get("filterArn") == found.arn:
                raise ResourceInUse(
                    f"The filter {found.arn} is used by the batch job {job.arn}, which is {job.status}. Wait until it "
                    "has ended."
                )
        context.resources.delete(found.arn)
    return {}


def filter_of_group(context: EngineContext, filter_arn: str, group_arn: str) -> Resource:
    """Return an ACTIVE filter of a group. Raises ResourceNotFound, ResourceInUse or InvalidInput."""
    found = context.resources.get("filter", filter_arn)
    require_active(found)
    if found["datasetGroupArn"] != group_arn:
        raise InvalidInput(
            f"The filter {filter_arn} belongs to the dataset group {found['datasetGroupArn']}, the model to "
            f"{group_arn}. Create the filter in the model's group."
        )
    return found


def check_filter(context: EngineContext, filter_arn: str, version: Resource) -> None:
    """Raise ResourceNotFound or InvalidInput for a filter that a batch job of this version cannot use."""
    found = filter_of_group(context, filter_arn, version["datasetGroupArn"])
    chain = checked(found["filterExpression"], group_schemas(context, version["datasetGroupArn"]))
    check_use(chain, find(version["recipeArn"]).recipe_type)


def allowed_items(
    context: EngineContext, request: Mapping[str, Any], group_arn: str, artifact: Artifact
) -> Allowed | None:
    """Return what the filter of a request, or of its promotion, allows; None without a filter."""
    filter_arn, values = request.get("filterArn"), request.get("filterValues") or {}
    if not filter_arn:
        if values:
            raise InvalidInput("filterValues belong to a filter, and filterArn is missing. Give both or neither.")
        return None
    found = filter_of_group(context, filter_arn, group_arn)
    question = Question(request.get("userId"), request.get("itemId"), values)
    recipe_type = find(artifact.recipe).recipe_type
    return context.filters.allowed(found, selected_ids(artifact, recipe_type), question, recipe_type)


def selected_ids(artifact: Artifact, recipe_type: str) -> Vocabulary:
    """Return the items, actions or users that a filter selects for a model of a recipe of this type."""
    target = target_of(recipe_type)
    if target == ACTION and artifact.actions is not None:
        return artifact.actions
    return artifact.users if target == USER else artifact.items


def _check_fields(expression: str, filters: list[Resource], schemas: Mapping[str, Schema]) -> None:
    """Raise InvalidInput for an invalid expression, LimitExceeded for one with too many further fields."""
    fields = fields_of(checked(expression, schemas))
    for other in filters:
        try:
            fields |= fields_of(checked(other["filterExpression"], schemas))
        except InvalidInput:  # its dataset was deleted
            continue
    limits.check(
        len(fields) - 1,
        limits.FILTER_FIELDS_PER_GROUP,
        f"Could not create filter. The filters of the dataset group would use {len(fields)} different fields; at most "
        f"{limits.FILTER_FIELDS_PER_GROUP} are possible.",
    )
