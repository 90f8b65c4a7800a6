"""Dataset groups: containers of datasets, solutions and campaigns."""

from typing import Any

from services.engine.api import limits
from services.engine.api.datasets import EVENT_DATASET
from services.engine.api.paging import resource_page
from services.engine.api.states import ACTIVE
from services.engine.api.tags import requested_tags
from services.engine.context import EngineContext
from services.engine.errors import InvalidInput, ResourceInUse

GO_WITH_IT = ("filter", EVENT_DATASET, "data-deletion-job", "metric-attribution")
"""What is deleted with a group."""


def create_dataset_group(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Create a dataset group, with a domain if given. An encryption key and its role are stored but not used."""
    if "roleArn" in request and "kmsKeyArn" not in request:
        raise InvalidInput("A roleArn is valid only together with a kmsKeyArn. Give both or neither.")
    tags = requested_tags(request)
    arn = context.arns.make("dataset-group", request["name"])
    optional = {name: request.get(name) for name in ("roleArn", "kmsKeyArn", "domain")}
    with context.database.atomic():
        groups = len(context.resources.list("dataset-group"))
        limits.check(
            groups, limits.DATASET_GROUPS, f"There are {groups} dataset groups already. Delete some and try again."
        )
        body = {"name": request["name"], "datasetGroupArn": arn, **optional}
        context.resources.insert("dataset-group", arn, body, status=ACTIVE)
        context.tags.put(arn, tags)
    return {"datasetGroupArn": arn, "domain": request.get("domain")}


def describe_dataset_group(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return a dataset group."""
    return {"datasetGroup": context.resources.get("dataset-group", request["datasetGroupArn"]).describe()}


def list_dataset_groups(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return all dataset groups, oldest first."""
    return resource_page(context, request, "ListDatasetGroups", "datasetGroups", "dataset-group")


def delete_dataset_group(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Delete a group without event trackers, datasets, solutions and recommenders; its filters go with it."""
    with context.database.atomic():
        group = context.resources.get("dataset-group", request["datasetGroupArn"])
        for kind in ("event-tracker", "dataset", "solution", "recommender"):
            left = context.resources.list(kind, parent_arn=group.arn, limit=1)
            if left:
                words = f"the {kind.replace('-', ' ')} {left[0].arn}"
                raise ResourceInUse(f"The dataset group {group.arn} has {words}. Delete that first.")
        for dependent in context.resources.list(GO_WITH_IT, parent_arn=group.arn):
            context.resources.delete(dependent.arn)
        context.resources.delete(group.arn)
    return {}
