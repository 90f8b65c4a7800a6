"""Solution versions: trained models. Creating one queues a training job for the worker."""

from typing import Any

from services.engine.api import limits
from services.engine.api.paging import resource_page
from services.engine.api.solution_config import check_events
from services.engine.api.solutions import group_schemas
from services.engine.api.states import (
    ACTIVE,
    IN_PROGRESS,
    PENDING,
    UNFINISHED,
    require_active,
    unfinished,
)
from services.engine.api.tags import requested_tags
from services.engine.context import EngineContext
from services.engine.errors import InvalidInput, ResourceAlreadyExists, ResourceInUse
from services.engine.jobs.outcomes import request_stop
from services.engine.jobs.training.automatic import full_version, queue_version
from services.engine.recipes.base import Updating
from services.engine.recipes.registry import find, trainable
from services.engine.store.datasets import datasets_of
from services.engine.store.resources import Resource


def create_solution_version(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Queue the training of a new version on the data of the solution's dataset group at the start of the job."""
    mode = request.get("trainingMode", "FULL")
    tags = requested_tags(request)
    with context.database.atomic():
        solution = context.resources.get("solution", request["solutionArn"])
        require_active(solution)
        _check_mode(context, solution, mode)
        _check_data(context, solution)
        limits.check(
            len(unfinished(context.resources, "solution-version")),
            limits.PENDING_SOLUTION_VERSIONS,
            f"More than {limits.PENDING_SOLUTION_VERSIONS} resources with PENDING or IN_PROGRESS status.",
        )
        arn = context.arns.solution_version(solution["name"])
        name = _name(context, solution, request.get("name"), arn)
        queue_version(context.resources, context.queue, solution, arn, name, mode, "MANUAL")
        context.tags.put(arn, tags)
    context.start_worker()
    return {"solutionVersionArn": arn}


def describe_solution_version(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return a solution version with its status and, if it failed, the reason."""
    version = context.resources.get("solution-version", request["solutionVersionArn"])
    return {"solutionVersion": {"solutionConfig": {}} | version.describe()}


def list_solution_versions(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the versions of a solution, or all, oldest first. Unlike in other lists, the solution must exist."""
    if "solutionArn" in request:
        context.resources.get("solution", request["solutionArn"])
    return resource_page(
        context, request, "ListSolutionVersions", "solutionVersions", "solution-version", "solutionArn"
    )


def stop_solution_version_creation(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Stop a training: at once while it is queued, otherwise when the worker sees the request."""
    with context.database.atomic():
        version = context.resources.get("solution-version", request["solutionVersionArn"])
        if version.status not in UNFINISHED:
            raise InvalidInput(
                f"The solution version {version.arn} is {version.status}; only one that is {PENDING} or {IN_PROGRESS} "
                "can be stopped."
            )
        request_stop(context.database, context.resources, context.queue, version.arn)
    return {}


def get_solution_metrics(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the eight metrics of a version, measured at the end of its training."""
    version = context.resources.get("solution-version", request["solutionVersionArn"])
    if version.status in UNFINISHED:
        raise ResourceInUse(
            f"The solution version {version.arn} is {version.status}. Its metrics are there when it is {ACTIVE}."
        )
    require_active(version)
    return {"solutionVersionArn": version.arn, "metrics": version["_metrics"]}


def _check_mode(context: EngineContext, solution: Resource, mode: str) -> None:
    """Raise InvalidInput for a trainingMode that this solution cannot have."""
    if mode == "AUTOTRAIN" and not solution["performAutoTraining"]:
        raise InvalidInput(
            f"The trainingMode AUTOTRAIN is for solutions that train automatically, and {solution.arn} does not. "
            "Use FULL, or set performAutoTraining with UpdateSolution."
        )
    if mode != "UPDATE":
        return
    able = [
        info.name for info in trainable() if issubclass(info.recipe_class, Updating) and not info.recipe_class.by_itself
    ]
    recipe = solution.body.get("recipeArn")
    if recipe is None or find(recipe).name not in able:
        raise InvalidInput(
            f"The trainingMode UPDATE is for {', '.join(able)}; this solution has another recipe. Use FULL."
        )
    if full_version(context.resources, solution.arn) is None:
        raise InvalidInput(
            f"The trainingMode UPDATE needs an ACTIVE version of {solution.arn} that was trained in full. Create one."
        )


def _check_data(context: EngineContext, solution: Resource) -> None:
    """Raise InvalidInput when there is no data, or no column to select the events by."""
    group_arn = solution["datasetGroupArn"]
    recipe = solution.body.get("recipeArn")
    if recipe is not None and not find(recipe).recipe_class.needs_interactions:
        _check_items(context, group_arn, find(recipe).name)
        return
    interactions = datasets_of(context.resources, group_arn).get("INTERACTIONS")
    if interactions is None:
        raise InvalidInput(
            f"The dataset group {group_arn} has no Interactions dataset. Create one and import interactions into it."
        )
    if "_snapshot" not in interactions.body and not context.live.newest(interactions.arn):
        importing = unfinished(context.resources, "dataset-import-job", interactions.arn)
        remedy = (
            f"Wait until {importing[0].arn} is ACTIVE." if importing else "Import at least 1000 interactions first."
        )
        raise InvalidInput(f"The dataset {interactions.arn} has no imported data to train on. {remedy}")
    schema = group_schemas(context, group_arn)["Interactions"]
    config = (
        {} if solution["performAutoML"] else solution.body.get("solutionConfig") or {}
    )  # ignored by AutoML, as in AWS
    check_events(solution.body.get("eventType"), config, schema)


def _check_items(context: EngineContext, group_arn: str, recipe: str) -> None:
    """Raise InvalidInput when a recipe that learns from items has none."""
    items = datasets_of(context.resources, group_arn).get("ITEMS")
    if items is None or ("_snapshot" not in items.body and not context.live.newest(items.arn)):
        raise InvalidInput(f"The dataset group {group_arn} has no items, and {recipe} learns from them. Import some.")


def _name(context: EngineContext, solution: Resource, name: str | None, arn: str) -> str:
    """Return the version's name: the requested one, else "<solution>/<8 hex>" as in AWS. Raises if it exists."""
    if name is None:
        return f"{solution['name']}/{arn.rsplit('/', 1)[-1]}"
    for version in context.resources.list("solution-version", parent_arn=solution.arn):
        if version["name"] == name:
            raise ResourceAlreadyExists(
                f"The solution {solution.arn} has a version named {name} already: {version.arn}. Use another name."
            )
    return name
