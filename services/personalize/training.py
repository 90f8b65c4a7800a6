"""Train, stop, retry, deploy and delete, through the Amazon Personalize API."""

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

from services.backend import Backend
from services.errors import NameTakenError, TrainingError, plain_errors
from services.personalize.datasets import MAX_NAME_LENGTH, GroupView, pages
from services.personalize.recipes import parameters, recipe_arn
from services.personalize.versions import VersionView, campaigns, solution_campaigns, version
from services.personalize.waiting import poll_seconds, wait_until, wait_until_gone, wait_until_ready


def create_solution(
    backend: Backend,
    group_arn: str,
    name: str,
    recipe: str,
    *,
    event_type: str | None = None,
    hyperparameters: Mapping[str, str] | None = None,
    search_trials: int | None = None,
) -> str:
    """Return the ARN of a solution of this name and these settings; an equal one that exists is reused.

    recipe is AWS's name, for example "aws-hrnn". search_trials: how many trainings a search for the best values
    of all other settings may make; None does not search. Raises TrainingError when the name is taken by other
    settings.
    """
    personalize = backend.personalize
    config: dict[str, Any] = {**_config(backend, recipe, hyperparameters or {}), **search_config(search_trials)}
    with plain_errors(TrainingError):
        for solution in pages(personalize, "list_solutions", "solutions"):
            if solution["name"] != name:
                continue
            described = personalize.describe_solution(solutionArn=solution["solutionArn"])["solution"]
            same = (
                described["datasetGroupArn"] == group_arn
                and described.get("recipeArn") == recipe_arn(recipe)
                and described.get("eventType") == event_type
                and described.get("performHPO", False) == (search_trials is not None)
                and all(
                    described.get("solutionConfig", {}).get(key, {}) == config.get(key, {})
                    for key in (*CONFIG_KEYS, "hpoConfig")
                )
            )
            if same:
                return str(solution["solutionArn"])
            raise NameTakenError(f"A solution named {name} exists with other settings. Choose another name.")
        arguments: dict[str, Any] = {"eventType": event_type} if event_type else {}
        if search_trials is not None:
            arguments["performHPO"] = True
        return str(
            personalize.create_solution(
                name=name,
                datasetGroupArn=group_arn,
                recipeArn=recipe_arn(recipe),
                solutionConfig=config,
                performAutoTraining=False,
                **arguments,
            )["solutionArn"]
        )


CONFIG_KEYS = ("algorithmHyperParameters", "featureTransformationParameters")


def search_config(n_trials: int | None) -> dict[str, Any]:
    """Return the part of solutionConfig that asks for a search with n trials; AWS runs up to ten at a time."""
    if n_trials is None:
        return {}
    resources = {"maxNumberOfTrainingJobs": str(n_trials), "maxParallelTrainingJobs": str(min(n_trials, 10))}
    return {"hpoConfig": {"hpoResourceConfig": resources}}


def create_version(backend: Backend, solution_arn: str) -> str:
    """Start training, once the solution is ready, and return the solution version's ARN."""
    personalize = backend.personalize
    with plain_errors(TrainingError):
        wait_until_ready(backend, lambda: personalize.describe_solution(solutionArn=solution_arn))
        return str(personalize.create_solution_version(solutionArn=solution_arn)["solutionVersionArn"])


def train(
    backend: Backend,
    group_arn: str,
    name: str,
    recipe: str,
    *,
    event_type: str | None = None,
    hyperparameters: Mapping[str, str] | None = None,
    search_trials: int | None = None,
) -> str:
    """Create the solution (or reuse an equal one) and start training; return the version's ARN.

    A solution created by this call is deleted when the training cannot be started.
    """
    known = {solution["name"] for solution in pages(backend.personalize, "list_solutions", "solutions")}
    solution = create_solution(
        backend,
        group_arn,
        name,
        recipe,
        event_type=event_type,
        hyperparameters=hyperparameters,
        search_trials=search_trials,
    )
    try:
        return create_version(backend, solution)
    except TrainingError:
        if name not in known:
            with suppress(ClientError):  # one that cannot be deleted stays; what is said is why it does not train
                backend.personalize.delete_solution(solutionArn=solution)
        raise


def train_next(
    backend: Backend,
    group: GroupView,
    recipe: str,
    *,
    event_type: str | None = None,
    hyperparameters: Mapping[str, str] | None = None,
    search_trials: int | None = None,
) -> str:
    """Train a recipe on a data set group; return the version's ARN.

    The solution is named after both. The same settings give another version of it, other settings another solution.
    """
    name = default_name(group.name, recipe)
    for attempt in (name, free_name(backend, name)):
        try:
            return train(
                backend,
                group.arn,
                attempt,
                recipe,
                event_type=event_type,
                hyperparameters=hyperparameters,
                search_trials=search_trials,
            )
        except NameTakenError:
            continue
    raise NameTakenError(f"{name} was taken by somebody else meanwhile. Try again.")


def default_name(group_name: str, recipe: str) -> str:
    """Return the usual name of a recipe's solution and campaign: "films-hrnn"."""
    short = recipe.removeprefix("aws-").removesuffix("-count")
    return f"{group_name[: MAX_NAME_LENGTH - len(short) - 1]}-{short}"


def free_name(backend: Backend, preferred: str) -> str:
    """Return the name, with a number appended when a solution or campaign has it already."""
    taken = {solution["name"] for solution in pages(backend.personalize, "list_solutions", "solutions")}
    taken |= {campaign["name"] for campaign in pages(backend.personalize, "list_campaigns", "campaigns")}
    name, number = preferred[:MAX_NAME_LENGTH], 2
    while name in taken:
        suffix = f"-{number}"
        name = preferred[: MAX_NAME_LENGTH - len(suffix)] + suffix
        number += 1
    return name


def stop(backend: Backend, version_arn: str) -> None:
    """Ask for a training to be stopped. Raises TrainingError when it has ended already."""
    with plain_errors(TrainingError):
        backend.personalize.stop_solution_version_creation(solutionVersionArn=version_arn)


def retry(backend: Backend, version_arn: str, hyperparameters: Mapping[str, str] | None = None) -> str:
    """Train again, with the same settings or with these; return the new version's ARN.

    Other settings give another solution, as AWS never changes the settings of a solution.
    """
    old = version(backend, version_arn)
    if old is None:
        raise TrainingError("This version was deleted. Start a new training instead.")
    if hyperparameters is None or dict(hyperparameters) == dict(old.hyperparameters):
        return create_version(backend, old.solution_arn)
    with plain_errors(TrainingError):
        solution = backend.personalize.describe_solution(solutionArn=old.solution_arn)["solution"]
    return train(
        backend,
        solution["datasetGroupArn"],
        f"{old.solution_name[: MAX_NAME_LENGTH - 7]}-{secrets.token_hex(3)}",
        old.recipe,
        event_type=old.event_type,
        hyperparameters=hyperparameters,
        search_trials=old.search_trials,
    )


def deploy(
    backend: Backend, version_arn: str, campaign_name: str, campaign_config: Mapping[str, Any] | None = None
) -> str:
    """Deploy a version as a campaign of this name, new or updated; return the campaign's ARN.

    campaign_config: how the campaign explores; by default as the recipe does.
    """
    personalize = backend.personalize
    config: dict[str, Any] = {"campaignConfig": dict(campaign_config)} if campaign_config else {}
    with plain_errors(TrainingError):
        solution_arn = personalize.describe_solution_version(solutionVersionArn=version_arn)["solutionVersion"][
            "solutionArn"
        ]
        group = personalize.describe_solution(solutionArn=solution_arn)["solution"]["datasetGroupArn"]
        for campaign in campaigns(backend, group):
            if campaign.name == campaign_name:
                if campaign.solution_version_arn != version_arn:
                    personalize.update_campaign(campaignArn=campaign.arn, solutionVersionArn=version_arn, **config)
                return campaign.arn
        return str(
            personalize.create_campaign(
                name=campaign_name, solutionVersionArn=version_arn, minProvisionedTPS=1, **config
            )["campaignArn"]
        )


def delete_campaign(backend: Backend, campaign_arn: str) -> None:
    """Delete a campaign and wait until it is deleted."""
    with plain_errors(TrainingError):
        backend.personalize.delete_campaign(campaignArn=campaign_arn)
        wait_until_gone(backend, lambda: backend.personalize.describe_campaign(campaignArn=campaign_arn))


def delete_solution(backend: Backend, solution_arn: str) -> None:
    """Delete a solution with all its versions, its campaigns first."""
    with plain_errors(TrainingError):
        for campaign in solution_campaigns(backend, solution_arn):
            delete_campaign(backend, campaign.arn)
        backend.personalize.delete_solution(solutionArn=solution_arn)
        wait_until_gone(backend, lambda: backend.personalize.describe_solution(solutionArn=solution_arn))


def _config(backend: Backend, recipe: str, values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Sort hyperparameters into AWS's two maps. Raises TrainingError for a name that the recipe does not have."""
    if not values:
        return {}
    with plain_errors(TrainingError):
        known = {parameter.name: parameter for parameter in parameters(backend, recipe)}
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise TrainingError(f"{recipe} has no hyperparameter {unknown[0]}. It has {', '.join(known) or 'none'}.")
    config: dict[str, dict[str, str]] = {}
    for name, value in values.items():
        config.setdefault(CONFIG_KEYS[known[name].featurization], {})[name] = str(value)
    return config


def follow(
    backend: Backend,
    version_arn: str,
    report: Callable[[float | None, str], None],
    check_cancelled: Callable[[], None],
) -> VersionView | None:
    """Follow a training until it ends and return the version; None when it was deleted meanwhile.

    When check_cancelled raises, the training is stopped, and the error raised again once it has stopped.
    """

    def end_if_cancelled() -> None:
        try:
            check_cancelled()
        except Exception:
            stop_and_wait(backend, version_arn)
            raise

    def on_poll(view: VersionView | None) -> None:
        end_if_cancelled()
        if view is not None:
            report(*_progress(view))

    def on_trouble(sentence: str) -> None:
        end_if_cancelled()
        report(None, sentence)

    return wait_until(
        lambda: version(backend, version_arn),
        _has_ended,
        interval_s=poll_seconds(backend),
        on_poll=on_poll,
        on_trouble=on_trouble,
    )


def stop_and_wait(backend: Backend, version_arn: str) -> None:
    """Stop a training and wait until it has stopped; does nothing when it has ended already."""
    try:
        stop(backend, version_arn)
    except TrainingError:
        return
    wait_until(lambda: version(backend, version_arn), _has_ended, interval_s=poll_seconds(backend))


def _has_ended(view: VersionView | None) -> bool:
    return view is None or not view.running


def _progress(view: VersionView) -> tuple[float | None, str]:
    """Return the fraction that is done, None on AWS, and the current stage with its note."""
    if view.job is None:
        return None, view.status.lower()
    stage = view.job.stage
    parts = [stage.name, stage.note] if stage is not None else ["waiting for the worker"]
    return view.job.fraction, " · ".join(part for part in parts if part)
