"""What every laboratory does through the API: it imports a data set group of its own, trains, deploys and asks.

The name of such a group begins with LABORATORY of services/personalize/datasets.py, so that no screen offers it; the
laboratory deletes it when it has finished.
"""

import re
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from services.backend import Backend
from services.changes import changing_home
from services.errors import DataError, TrainingError, plain_errors, to_service_error
from services.laboratory.stages import Update
from services.library.prepared import PreparedData, write_csvs
from services.personalize import training, versions
from services.personalize.datasets import LABORATORY, MAX_NAME_LENGTH, GroupView, find_group, group_arn, pages
from services.personalize.deletion import delete_group, remove_copies
from services.personalize.imports import Source, end_imports, import_data
from services.personalize.legacy.stand_ins import current
from services.personalize.recipes import recipe_arn
from services.personalize.states import Status
from services.personalize.waiting import poll_seconds, polled
from services.progress import Report

Lists = dict[str, list[str]]
"""Item ids by user, best first."""
Question = Callable[[str], tuple[str, Mapping[str, Any]]]
"""Returns for a user the method of the runtime client and the members of its request."""
THROTTLED = ("ThrottlingException", "TooManyRequestsException", "LimitExceededException")
MAX_TRIES = 6
"""Calls for one user's list, of which all but the last may be throttled."""
AWS_THREADS = 8
REPORT_EVERY = 25
_NOT_IN_A_NAME = re.compile(r"[^a-zA-Z0-9]+")


def group_name(run: str, part: str | int) -> str:
    """Return the name of a run's group: "lab-20260101-120000-abc123-0"."""
    return f"{LABORATORY}{_NOT_IN_A_NAME.sub('-', run).strip('-')[-40:]}-{part}"


def prepare_group(backend: Backend, name: str, data: PreparedData, report: Report | None = None) -> GroupView:
    """Import prepared data as a data set group of this name and return it.

    Deletes what an earlier attempt left under the name. Raises DataError with the reason.
    """
    if not name.startswith(LABORATORY):
        raise DataError(f'The name of a laboratory\'s group begins with "{LABORATORY}"; "{name}" does not.')
    changing_home(backend.home)
    remove_group(backend, name)
    folder = backend.home / "uploads" / name
    try:
        sources = [Source(f.dataset_type, f.csv, f.schema, f.n_rows) for f in write_csvs(data, folder)]
        return import_data(backend, name, sources, report=report)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def config_of(hyperparameters: Mapping[str, str]) -> dict[str, Any]:
    """Return the solutionConfig of these hyperparameters; empty without any."""
    return {"algorithmHyperParameters": dict(hyperparameters)} if hyperparameters else {}


def train_and_deploy(
    backend: Backend,
    group: str,
    recipe: str,
    *,
    name: str,
    report: Update,
    check_cancelled: Callable[[], None],
    solution_config: Mapping[str, Any] | None = None,
    event_type: str | None = None,
) -> str:
    """Train a recipe on a group to its end, deploy it, and return the campaign's ARN once it answers.

    Where the backend no longer has the recipe, its successor is trained. A training is stopped when check_cancelled
    raises. Raises TrainingError with the reason.
    """
    arn = group_arn(backend, group)
    if arn is None:
        raise TrainingError(f"The data set group {group} is gone; somebody deleted it. Start the run again.")
    name = name[:MAX_NAME_LENGTH]
    chosen = current(backend, recipe)
    config = chosen.config(solution_config or {})
    arguments: dict[str, Any] = {"solutionConfig": config} if config else {}
    if event_type is not None:
        arguments["eventType"] = event_type
    with plain_errors(TrainingError):
        solution = backend.personalize.create_solution(
            name=name, datasetGroupArn=arn, recipeArn=recipe_arn(chosen.recipe), performAutoTraining=False, **arguments
        )["solutionArn"]
    version = training.create_version(backend, solution)
    _follow(backend, version, report, check_cancelled)
    campaign = training.deploy(backend, version, name, chosen.campaign_config)
    _wait_for_campaign(backend, campaign, report, check_cancelled)
    return campaign


def ask_all(
    backend: Backend,
    campaign_arn: str,
    user_ids: Sequence[str],
    n: int,
    *,
    report: Callable[[int], None] | None = None,
    check_cancelled: Callable[[], None] | None = None,
    threads: int | None = None,
    question: Question | None = None,
) -> Lists:
    """Return n item ids for every user, by GetRecommendations, a bounded number of calls at a time.

    question returns for a user another method of the client and its members, without the campaign.

    report is called with the number of users asked so far. A throttled call is repeated after a pause; raises
    ServiceError for any other refusal. threads: by default 8 on AWS and 1 here, where more would only take turns.
    """
    threads = threads or (1 if backend.capabilities is not None else AWS_THREADS)
    asked = question or (lambda user: ("get_recommendations", {"userId": user, "numResults": n}))
    stopped = threading.Event()
    lists: Lists = {}
    pending: dict[Future[list[str]], str] = {}
    remaining = iter(user_ids)
    with ThreadPoolExecutor(threads) as pool:

        def submit() -> None:
            for user in islice(remaining, 4 * threads - len(pending)):
                method, members = asked(user)
                pending[pool.submit(_ask, backend, campaign_arn, method, members, stopped)] = user

        try:
            submit()
            while pending:
                for future in wait(pending, return_when=FIRST_COMPLETED).done:
                    lists[pending.pop(future)] = future.result()
                if check_cancelled is not None:
                    check_cancelled()
                if report is not None and len(lists) % REPORT_EVERY < threads:
                    report(len(lists))
                submit()
        finally:
            stopped.set()
            for future in pending:
                future.cancel()
    return {user: lists[user] for user in user_ids}


def remove_group(backend: Backend, name: str) -> None:
    """Delete a laboratory's group with all its resources and files; does nothing when there is none."""
    if not name.startswith(LABORATORY):
        raise DataError(f'"{name}" is no laboratory\'s group; those begin with "{LABORATORY}".')
    view = find_group(backend, name)
    if view is not None:
        for version in versions.versions(backend, view.arn):
            if version.running:  # left by a run that was killed
                training.stop_and_wait(backend, version.arn)
        end_imports(backend, (job.arn for dataset in view.datasets for job in dataset.imports if job.running))
        delete_group(backend, name)
    remove_copies(backend, name)


def remove_groups_of(backend: Backend, run: str) -> None:
    """Delete what a run, finished or killed, has left: its groups, their objects and files to upload."""
    stem = group_name(run, "")
    listed = pages(backend.personalize, "list_dataset_groups", "datasetGroups")
    names = {str(group["name"]) for group in listed}
    for folder in (backend.home / "objects" / backend.bucket, backend.home / "uploads"):
        names |= {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    for name in sorted(names):
        if name.startswith(stem):
            remove_group(backend, name)


def _ask(
    backend: Backend, campaign_arn: str, method: str, members: Mapping[str, Any], stopped: threading.Event
) -> list[str]:
    """Return one list; a throttled call is repeated unless the asking has stopped. Raises ServiceError."""
    tries = 0
    while True:
        try:
            answer = getattr(backend.runtime, method)(campaignArn=campaign_arn, **members)
        except ClientError as error:
            tries += 1
            throttled = error.response.get("Error", {}).get("Code", "") in THROTTLED
            if not throttled or tries == MAX_TRIES or stopped.wait(0.1 * 2**tries):
                raise to_service_error(error) from error
        else:
            return [str(item["itemId"]) for item in answer.get("itemList") or answer.get("personalizedRanking") or []]


def _follow(backend: Backend, version_arn: str, report: Update, check_cancelled: Callable[[], None]) -> None:
    """Follow a training to its end; stop it, and wait until it is stopped, when check_cancelled raises."""
    view = training.follow(backend, version_arn, report, check_cancelled)
    if view is None:
        raise TrainingError("The solution version was deleted while it was trained. Start the run again.")
    if not view.ready:
        raise TrainingError(view.failure_reason or "The training was stopped by somebody else.")


def _wait_for_campaign(
    backend: Backend, campaign_arn: str, report: Update, check_cancelled: Callable[[], None]
) -> None:
    def describe() -> dict[str, Any]:
        try:
            return dict(backend.personalize.describe_campaign(campaignArn=campaign_arn)["campaign"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            raise TrainingError("The campaign was deleted by somebody else meanwhile. Start the run again.") from error

    def on_trouble(sentence: str) -> None:
        check_cancelled()
        report(None, sentence)

    for campaign in polled(describe, interval_s=poll_seconds(backend), on_trouble=on_trouble):
        if campaign["status"] == Status.ACTIVE:
            return
        if "FAILED" in campaign["status"]:
            raise TrainingError(f"The campaign could not be made: {campaign.get('failureReason', 'no reason given')}")
        check_cancelled()
        report(None, "deploying")
