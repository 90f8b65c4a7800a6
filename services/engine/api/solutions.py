"""Solutions: a recipe with its configuration, for one dataset group; trainings create versions."""

from collections.abc import Mapping
from typing import Any

from services.engine.api import limits
from services.engine.api.paging import resource_page
from services.engine.api.solution_config import check_config
from services.engine.api.states import ACTIVE, refuse_unfinished
from services.engine.api.tags import requested_tags
from services.engine.clock import now
from services.engine.context import EngineContext
from services.engine.data.schemas import Schema, canonical_dataset_type, parse_schema
from services.engine.errors import InvalidInput, ResourceInUse
from services.engine.jobs.search.plan import auto_ml_plans, hpo_plan
from services.engine.jobs.training.automatic import DEFAULT_SCHEDULE, schedule_days
from services.engine.jobs.training.increments import KIND as INCREMENT
from services.engine.recipes import registry
from services.engine.recipes.base import Updating
from services.engine.recipes.registry import RecipeInfo
from services.engine.recipes.use_cases import use_case_of
from services.engine.store.leftovers import remove_models, remove_snapshots
from services.engine.store.resources import Resource

BATCH_JOBS = ("batch-inference-job", "batch-segment-job")
UPDATABLE: tuple[str, ...] = ("performAutoTraining", "performIncrementalUpdate")


def create_solution(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Create a solution, ACTIVE at once. Unlike on AWS it trains automatically only if performAutoTraining is true."""
    info = _recipe(request)
    _check_incremental(request, info)
    config = request.get("solutionConfig", {})
    trains_itself = request.get("performAutoTraining", False)
    _check_auto_training(trains_itself, config)
    tags = requested_tags(request)
    with context.database.atomic():
        group = context.resources.get("dataset-group", request["datasetGroupArn"])
        if info is None:
            auto_ml_plans(config)
        else:
            check_config(info, config, group_schemas(context, group.arn), trains_itself)
            if request.get("performHPO"):
                hpo_plan(info, config)
        limits.check(
            len(context.resources.list("solution", parent_arn=group.arn)),
            limits.SOLUTIONS_PER_GROUP,
            f"More than {limits.SOLUTIONS_PER_GROUP} resources in ACTIVE state. Please delete some and try again.",
        )
        arn = context.arns.make("solution", request["name"])
        body = {
            "name": request["name"],
            "solutionArn": arn,
            "performHPO": info is None or request.get("performHPO", False),
            "performAutoML": info is None,
            "performAutoTraining": trains_itself,
            "performIncrementalUpdate": request.get("performIncrementalUpdate", False),
            "recipeArn": None if info is None else info.arn,
            "datasetGroupArn": group.arn,
            "eventType": request.get("eventType"),
            "solutionConfig": request.get("solutionConfig"),
        }
        context.resources.insert("solution", arn, body, parent_arn=group.arn, status=ACTIVE)
        context.tags.put(arn, tags)
    return {"solutionArn": arn}


def describe_solution(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return a solution with a summary of its newest version; its configuration is {} if none was given, as at AWS."""
    solution = context.resources.get("solution", request["solutionArn"])
    latest = context.resources.newest("solution-version", solution.arn)
    return {
        "solution": {"solutionConfig": {}}
        | solution.describe()
        | {"latestSolutionVersion": latest and latest.describe()}
    }


def list_solutions(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the solutions of a dataset group, or all, oldest first."""
    return resource_page(context, request, "ListSolutions", "solutions", "solution", "datasetGroupArn")


def update_solution(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Update how a solution trains: automatically or not, its schedule, and the weights of its events."""
    update_config = request.get("solutionUpdateConfig", {})
    changes: dict[str, Any] = {name: request[name] for name in UPDATABLE if name in request}
    if not changes and not update_config:
        raise InvalidInput("Nothing to update was given. Give performAutoTraining or a solutionUpdateConfig.")
    with context.database.atomic():
        solution = context.resources.get("solution", request["solutionArn"])
        recipe = solution.body.get("recipeArn")
        _check_incremental(request, None if recipe is None else registry.find(recipe))
        config = {**(solution.body.get("solutionConfig") or {}), **update_config}
        trains_itself = changes.get("performAutoTraining", solution["performAutoTraining"])
        _check_auto_training(trains_itself, update_config)
        if update_config and solution.body.get("recipeArn"):
            info = registry.find(solution["recipeArn"])
            check_config(info, config, group_schemas(context, solution["datasetGroupArn"]), trains_itself)
        moment = now()
        shown = {"solutionUpdateConfig": update_config} if update_config else {}
        update = changes | shown | {"status": ACTIVE, "creationDateTime": moment, "lastUpdatedDateTime": moment}
        body = changes | {"latestSolutionUpdate": update}
        if update_config:
            body["solutionConfig"] = config
        if trains_itself and (changes.get("performAutoTraining") or "autoTrainingConfig" in update_config):
            body["_auto_since"] = moment
        context.resources.update(solution.arn, body=body)
    return {"solutionArn": solution.arn}


def delete_solution(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Delete a solution with its versions, their models and their batch jobs.

    It must have no campaigns and no unfinished trainings or batch jobs. The output files of batch jobs stay.
    """
    with context.database.atomic():
        solution = context.resources.get("solution", request["solutionArn"])
        campaigns = context.resources.list("campaign", parent_arn=solution.arn, limit=1)
        if campaigns:
            raise ResourceInUse(
                f"The solution {solution.arn} is used by the campaign {campaigns[0].arn}. Delete that first."
            )
        doing = f"The solution {solution.arn} cannot be deleted"
        refuse_unfinished(context.resources, "solution-version", solution.arn, doing)
        versions = context.resources.list("solution-version", parent_arn=solution.arn)
        for version in versions:
            for kind in BATCH_JOBS:
                refuse_unfinished(context.resources, kind, version.arn, doing)
        jobs = [
            job
            for version in versions
            for job in context.resources.list((*BATCH_JOBS, "item-map", INCREMENT), parent_arn=version.arn)
        ]
        for resource in (*jobs, *versions, solution):
            context.resources.delete(resource.arn)
    _remove_folders(context, versions)
    return {}


def group_schemas(context: EngineContext, dataset_group_arn: str) -> dict[str, Schema]:
    """Return the parsed schemas of a group's datasets by dataset type in AWS's spelling ("Interactions")."""
    return {
        canonical_dataset_type(dataset["datasetType"]): parse_schema(
            context.resources.get("schema", dataset["schemaArn"])["schema"]
        )
        for dataset in context.resources.list("dataset", parent_arn=dataset_group_arn)
    }


def _recipe(request: Mapping[str, Any]) -> RecipeInfo | None:
    """Return the requested recipe; None for AutoML, which chooses one during the training."""
    recipe_arn = request.get("recipeArn")
    if not request.get("performAutoML"):
        if recipe_arn is None:
            raise InvalidInput(
                "recipeArn is missing. Give the ARN of a recipe, for example one that ListRecipes shows."
            )
        if use_case_of(recipe_arn) is not None:
            raise InvalidInput(f"{recipe_arn} is a use case of a domain. Create a recommender for it instead.")
        return registry.find(recipe_arn)
    if recipe_arn is not None:
        raise InvalidInput(
            f"performAutoML chooses the recipe, and recipeArn is {recipe_arn}. Leave one of the two out."
        )
    if request.get("performHPO") is False:
        raise InvalidInput("performAutoML always searches, and performHPO is false. Leave performHPO out.")
    return None


def _check_incremental(request: Mapping[str, Any], info: RecipeInfo | None) -> None:
    """Raise InvalidInput for performIncrementalUpdate with a recipe whose models take no new items in by themselves."""
    if not request.get("performIncrementalUpdate"):
        return
    able = [recipe.name for recipe in registry.trainable() if takes_items_in(recipe)]
    if info is None or info.name not in able:
        named = "AutoML" if info is None else f"the recipe {info.name}"
        raise InvalidInput(f"performIncrementalUpdate is for {', '.join(able)}, not for {named}. Leave it out.")


def takes_items_in(info: RecipeInfo) -> bool:
    """Return whether a recipe's models take new items in by themselves."""
    return issubclass(info.recipe_class, Updating) and info.recipe_class.by_itself


def _check_auto_training(trains_itself: bool, config: Mapping[str, Any]) -> None:
    """Raise InvalidInput for a schedule that is not possible, or that nothing would follow."""
    if "autoTrainingConfig" not in config:
        return
    if not trains_itself:
        raise InvalidInput("autoTrainingConfig belongs to performAutoTraining. Set that to true, or leave it out.")
    schedule_days(config["autoTrainingConfig"].get("schedulingExpression", DEFAULT_SCHEDULE))


def _remove_folders(context: EngineContext, versions: list[Resource]) -> None:
    remove_models(context.settings, [version["_model_path"] for version in versions if "_model_path" in version.body])
    trained_on = [path for version in versions for path in version.body.get("_snapshots", {}).values()]
    remove_snapshots(context.settings, context.resources, trained_on)
