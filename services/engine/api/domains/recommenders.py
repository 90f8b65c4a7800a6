"""Recommenders: one use case of a domain dataset group, trained by the worker and served at once.

A recommender has trainings of its own, one resource each, which no operation lists. Its state is read from them: until
the first has ended that of the newest training, then ACTIVE or INACTIVE. Our choices where AWS's documentation is
silent: UpdateRecommender with unchanged training columns trains again when there is newer data, because nothing here
trains unasked (jobs/training/recommender_trainings.py); an update whose training fails leaves the recommender as it
was.
"""

from collections.abc import Mapping
from typing import Any

from services.engine.api import limits
from services.engine.api.domains.recommender_checks import check_config, check_data, use_case_for
from services.engine.api.paging import resource_page
from services.engine.api.states import ACTIVE, FAILED, PENDING, STOPPED, UNFINISHED
from services.engine.api.tags import requested_tags
from services.engine.clock import now
from services.engine.context import EngineContext
from services.engine.errors import InvalidInput, ResourceInUse
from services.engine.jobs.training.automatic import newer_data
from services.engine.jobs.training.recommender_trainings import queue_recommender
from services.engine.recipes.use_cases import use_case_of
from services.engine.store.leftovers import remove_models, remove_snapshots
from services.engine.store.resources import Resource
from services.engine.store.versions import RECOMMENDER_VERSION, recommender_version

INACTIVE = "INACTIVE"


def create_recommender(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Queue the training of a use case; the recommender is ACTIVE when it has ended."""
    config = request.get("recommenderConfig", {})
    tags = requested_tags(request)
    with context.database.atomic():
        group = context.resources.get("dataset-group", request["datasetGroupArn"])
        use_case = use_case_for(group, request["recipeArn"])
        check_config(context, use_case, config, group.arn)
        check_data(context, use_case, group.arn)
        limits.check(
            len(context.resources.list("recommender", parent_arn=group.arn)),
            limits.RECOMMENDERS_PER_GROUP,
            f"More than {limits.RECOMMENDERS_PER_GROUP} recommenders in a dataset group. Please delete some and try "
            "again.",
        )
        arn = context.arns.make("recommender", request["name"])
        body = {
            "name": request["name"],
            "recommenderArn": arn,
            "datasetGroupArn": group.arn,
            "recipeArn": use_case.arn,
        }
        recommender = context.resources.insert("recommender", arn, body, parent_arn=group.arn, status=ACTIVE)
        context.tags.put(arn, tags)
        queue_recommender(context.resources, context.queue, recommender, use_case, config)
    context.start_worker()
    return {"recommenderArn": arn}


def describe_recommender(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return a recommender with the metrics of the model that it serves, and its newest update."""
    recommender = context.resources.get("recommender", request["recommenderArn"])
    served = recommender_version(context.resources, recommender.arn)
    more = {
        "modelMetrics": None if served is None else served["_metrics"],
        "latestRecommenderUpdate": _update(context, recommender),
    }
    return {"recommender": _described(context, recommender) | {k: v for k, v in more.items() if v is not None}}


def list_recommenders(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the recommenders of a dataset group, or all, oldest first."""
    return resource_page(
        context,
        request,
        "ListRecommenders",
        "recommenders",
        "recommender",
        "datasetGroupArn",
        describe=lambda recommender: _described(context, recommender),
    )


def update_recommender(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Change a recommender's configuration; other training columns, or newer data, start a training.

    Until that has ended, the recommender answers as before.
    """
    config = request["recommenderConfig"]
    with context.database.atomic():
        recommender, newest = _ready(context, request["recommenderArn"], "updated")
        use_case = use_case_of(recommender["recipeArn"])
        assert use_case is not None
        check_config(context, use_case, config, recommender["datasetGroupArn"])
        served = recommender_version(context.resources, recommender.arn)
        trains = served is None or _trains_again(context, served, config)
        if trains:
            check_data(context, use_case, recommender["datasetGroupArn"])
            obsolete = _remove_versions(context, recommender, keep=served)
            newest = queue_recommender(context.resources, context.queue, recommender, use_case, config)
        else:
            obsolete = []
            context.resources.update(newest.arn, body={"_config": config})
        moment = now()
        update = {"config": config, "version": newest.arn if trains else None, "at": moment}
        context.resources.update(recommender.arn, body={"_update": update})
    _remove_files(context, obsolete)
    if trains:
        context.start_worker()
    return {"recommenderArn": recommender.arn}


def start_recommender(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Let a stopped recommender answer again, with the model that it had."""
    return _switch(context, request["recommenderArn"], INACTIVE, ACTIVE, "started")


def stop_recommender(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Let a recommender answer no requests until it is started again."""
    return _switch(context, request["recommenderArn"], ACTIVE, INACTIVE, "stopped")


def delete_recommender(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Delete a recommender with its model; it must not be in training."""
    with context.database.atomic():
        recommender = context.resources.get("recommender", request["recommenderArn"])
        _refuse_training(context, recommender, "deleted")
        removed = _remove_versions(context, recommender, keep=None)
        context.resources.delete(recommender.arn)
    _remove_files(context, removed)
    return {}


def recommender_status(context: EngineContext, recommender: Resource) -> tuple[str, str | None]:
    """Return (status, the reason of a failure) of a recommender."""
    if recommender_version(context.resources, recommender.arn) is not None:
        return recommender.status or ACTIVE, None
    newest = context.resources.newest(RECOMMENDER_VERSION, recommender.arn)
    if newest is None:
        return FAILED, "Its training is gone. Delete the recommender and create it again."
    if newest.status == STOPPED:
        return FAILED, "The training was stopped. Delete the recommender, or train it with UpdateRecommender."
    return newest.status or PENDING, newest.failure_reason


def _described(context: EngineContext, recommender: Resource) -> dict[str, Any]:
    status, reason = recommender_status(context, recommender)
    version = recommender_version(context.resources, recommender.arn) or context.resources.newest(
        RECOMMENDER_VERSION, recommender.arn
    )
    described = recommender.describe() | {
        "status": status,
        "recommenderConfig": {} if version is None else version["_config"],
    }
    return described if reason is None else described | {"failureReason": reason}


def _update(context: EngineContext, recommender: Resource) -> dict[str, Any] | None:
    """Return the latestRecommenderUpdate of a recommender; None before its first update."""
    update = recommender.body.get("_update")
    if update is None:
        return None
    version = update["version"] and context.resources.find(RECOMMENDER_VERSION, update["version"])
    described = {"recommenderConfig": update["config"], "creationDateTime": update["at"]}
    if not version:
        return described | {"status": ACTIVE, "lastUpdatedDateTime": update["at"]}
    described |= {"status": version.status, "lastUpdatedDateTime": version.updated}
    return described if version.failure_reason is None else described | {"failureReason": version.failure_reason}


def _trains_again(context: EngineContext, served: Resource, config: Mapping[str, Any]) -> bool:
    """Return whether the columns, the recipe or the data differ from those that the served model was trained on."""
    use_case = use_case_of(context.resources.get("recommender", served["solutionArn"])["recipeArn"])
    if use_case is not None and use_case.info.arn != served["recipeArn"]:
        return True
    if config.get("trainingDataConfig") != served["_config"].get("trainingDataConfig"):
        return True
    return newer_data(context.resources, context.live, served)


def _ready(context: EngineContext, arn: str, doing: str) -> tuple[Resource, Resource]:
    """Return a recommender that is not in training, and its newest version."""
    recommender = context.resources.get("recommender", arn)
    newest = _refuse_training(context, recommender, doing)
    if newest is None:
        raise InvalidInput(f"The recommender {arn} has no training any more. Delete it and create it again.")
    return recommender, newest


def _refuse_training(context: EngineContext, recommender: Resource, doing: str) -> Resource | None:
    newest = context.resources.newest(RECOMMENDER_VERSION, recommender.arn)
    if newest is not None and newest.status in UNFINISHED:
        raise ResourceInUse(
            f"The recommender {recommender.arn} cannot be {doing} while its training is {newest.status}. Wait until it "
            "has ended."
        )
    return newest


def _switch(context: EngineContext, arn: str, before: str, after: str, doing: str) -> dict[str, Any]:
    with context.database.atomic():
        recommender, _ = _ready(context, arn, doing)
        status, _ = recommender_status(context, recommender)
        if status != before:
            raise InvalidInput(f"The recommender {arn} is {status}; only one that is {before} can be {doing}.")
        context.resources.update(arn, status=after)
    return {"recommenderArn": arn}


def _remove_versions(context: EngineContext, recommender: Resource, keep: Resource | None) -> list[Resource]:
    """Delete the versions of a recommender but one, and return them."""
    versions = context.resources.list(RECOMMENDER_VERSION, parent_arn=recommender.arn)
    removed = [version for version in versions if keep is None or version.arn != keep.arn]
    for version in removed:
        for drawn in context.resources.list("item-map", parent_arn=version.arn):
            context.resources.delete(drawn.arn)
        context.resources.delete(version.arn)
    return removed


def _remove_files(context: EngineContext, versions: list[Resource]) -> None:
    remove_models(context.settings, [version["_model_path"] for version in versions if "_model_path" in version.body])
    trained_on = [path for version in versions for path in version.body.get("_snapshots", {}).values()]
    remove_snapshots(context.settings, context.resources, trained_on)
