"""Batch inference jobs: recommendations of a solution version for the lines of a file, run by the worker.

Our choices where AWS's documentation is silent: numResults is 1 to 500; for recipes that rank, a job without numResults
returns the complete lists, and a job with it their first items.
"""

from collections.abc import Mapping
from typing import Any

from services.engine.api import limits
from services.engine.api.exploration import MEMBER as EXPLORATION
from services.engine.api.exploration import OF_THIS_ENGINE, check_exploration
from services.engine.api.filters import check_filter
from services.engine.api.influence import check_influence
from services.engine.api.paging import resource_page
from services.engine.api.recommendations import DEFAULT_RESULTS, MAX_RESULTS
from services.engine.api.solutions import group_schemas
from services.engine.api.states import PENDING, require_active, unfinished
from services.engine.api.tags import requested_tags
from services.engine.context import EngineContext
from services.engine.errors import InvalidInput
from services.engine.recipes.registry import find
from services.engine.store.locations import Location, parse_location
from services.engine.store.resources import Resource

BATCH_INFERENCE = "BATCH_INFERENCE"
THEMED = ("aws-similar-items", "aws-sims")
"""The recipes whose lists may have themes; AWS's is the first."""


def create_batch_inference_job(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Queue a batch job. The job checks its files and fails with a reason when they do not exist."""
    check_locations(request["jobInput"]["s3DataSource"]["path"], request["jobOutput"]["s3DataDestination"]["path"])
    tags = requested_tags(request)
    with context.database.atomic():
        version = context.resources.get("solution-version", request["solutionVersionArn"])
        require_active(version)
        _check_mode(context, request, version)
        if request.get("filterArn"):
            check_filter(context, request["filterArn"], version)
        limits.check(
            len(unfinished(context.resources, "batch-inference-job")),
            limits.PENDING_BATCH_JOBS,
            f"More than {limits.PENDING_BATCH_JOBS} resources with PENDING or IN_PROGRESS status.",
        )
        arn = context.arns.make("batch-inference-job", request["jobName"])
        body = {
            "jobName": request["jobName"],
            "batchInferenceJobArn": arn,
            "solutionVersionArn": version.arn,
            "numResults": _n_results(request, find(version["recipeArn"]).recipe_type),
            "jobInput": request["jobInput"],
            "jobOutput": request["jobOutput"],
            "roleArn": request["roleArn"],
            "filterArn": request.get("filterArn"),
            "batchInferenceJobMode": request.get("batchInferenceJobMode", BATCH_INFERENCE),
            "batchInferenceJobConfig": request.get("batchInferenceJobConfig"),
            "themeGenerationConfig": request.get("themeGenerationConfig"),
        }
        context.resources.insert("batch-inference-job", arn, body, parent_arn=version.arn, status=PENDING)
        context.tags.put(arn, tags)
        context.queue.enqueue("batch", arn, {})
    context.start_worker()
    return {"batchInferenceJobArn": arn}


def describe_batch_inference_job(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return a batch job with its status and, if it failed, the reason."""
    job = context.resources.get("batch-inference-job", request["batchInferenceJobArn"])
    return {"batchInferenceJob": job.describe()}


def list_batch_inference_jobs(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the batch jobs of a solution version, or all, oldest first."""
    return resource_page(
        context, request, "ListBatchInferenceJobs", "batchInferenceJobs", "batch-inference-job", "solutionVersionArn"
    )


def _check_mode(context: EngineContext, request: Mapping[str, Any], version: Resource) -> None:
    """Raise InvalidInput for a batchInferenceJobConfig or themes that the recipe, or the data, cannot have."""
    config = request.get("batchInferenceJobConfig") or {}
    own = sorted(set(config.get(EXPLORATION, {})) & set(OF_THIS_ENGINE))
    if own:
        raise InvalidInput(f"{EXPLORATION} {own[0]} is for campaigns only. Leave it out of a batch job.")
    schemas = group_schemas(context, version["datasetGroupArn"])
    check_exploration(config, version["recipeArn"])
    check_influence(config, version["recipeArn"], schemas)
    themes = request.get("themeGenerationConfig")
    if request.get("batchInferenceJobMode", BATCH_INFERENCE) == BATCH_INFERENCE:
        if themes:
            raise InvalidInput("themeGenerationConfig belongs to batchInferenceJobMode THEME_GENERATION. Set that.")
        return
    name = find(version["recipeArn"]).name
    if name not in THEMED:
        raise InvalidInput(f"The recipe {name} has no themes; {' and '.join(THEMED)} have. Use BATCH_INFERENCE.")
    if not themes:
        raise InvalidInput("THEME_GENERATION needs a themeGenerationConfig with the column of the items' names.")
    column = themes["fieldsForThemeGeneration"]["itemName"]
    field = schemas["Items"].find(column) if "Items" in schemas else None
    if field is None or field.type != "string":
        raise InvalidInput(f"itemName is {column}, which is no column of text of the Items dataset. Name one.")


def _n_results(request: Mapping[str, Any], recipe_type: str) -> int | None:
    """Return the length of lists, None for complete rankings."""
    n_results = request.get("numResults")
    if n_results is None:
        return None if recipe_type == "PERSONALIZED_RANKING" else DEFAULT_RESULTS
    if not 1 <= n_results <= MAX_RESULTS:
        raise InvalidInput(f"numResults is {n_results}; a batch job gives 1 to {MAX_RESULTS} items a line.")
    return int(n_results)


def check_locations(source: str, target: str) -> None:
    """Raise InvalidInput, beginning with AWS's message, for an invalid location, and for equal input and output.

    An output folder may hold the input file, as AWS's notebooks have it: a file is not its folder.
    """
    input_location = _location(source, "Invalid S3 input path")
    output_location = _location(target, "Invalid S3 output path")
    output_path = [output_location.bucket, *output_location.segments]
    input_path = [input_location.bucket, *input_location.segments]
    if output_path == input_path:
        raise InvalidInput(f"Invalid S3 output path. {target} is the folder of the input; give another folder.")


def _location(url: str, message_start: str) -> Location:
    try:
        return parse_location(url)
    except InvalidInput as error:
        raise InvalidInput(f"{message_start}. {error.message.removeprefix('Invalid Data location. ')}") from error
