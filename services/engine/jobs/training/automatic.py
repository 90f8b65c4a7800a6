"""Automatic training: solutions with performAutoTraining get a version of their own when one is due.

Source: Amazon Personalize developer guide, "Configuring automatic training". The first version is due an hour after
automatic training was switched on, unless one was created by hand meanwhile; the next ones when the days of the
solution's schedule have passed since the newest version, and interactions have arrived since. Here it is off unless
somebody asks for it, and nothing trains while neither a worker runs nor a process of this home answers requests.
"""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from services.engine.clock import now
from services.engine.errors import InvalidInput
from services.engine.jobs.queue import JobQueue
from services.engine.store.database import Database
from services.engine.store.datasets import datasets_of
from services.engine.store.live import LiveRows
from services.engine.store.resources import Resource, Resources

HOUR_S, DAY_S = 3600.0, 86_400.0
DEFAULT_SCHEDULE = "rate(7 days)"
MAX_DAYS = 30
UNFINISHED = ("CREATE PENDING", "CREATE IN_PROGRESS", "CREATE STOPPING")
TRAINED_MODES = ("FULL", "AUTOTRAIN")
COPIED = (
    "solutionArn",
    "performHPO",
    "performAutoML",
    "performIncrementalUpdate",
    "recipeArn",
    "eventType",
    "datasetGroupArn",
    "solutionConfig",
)
"""Members that a version copies from its solution."""


def queue_version(
    resources: Resources, queue: JobQueue, solution: Resource, arn: str, name: str, mode: str, training_type: str
) -> None:
    """Create a version of a solution and queue its training; call it within the caller's atomic()."""
    body = {
        "name": name,
        "solutionVersionArn": arn,
        **{member: solution.body.get(member) for member in COPIED},
        "trainingMode": mode,
        "trainingType": training_type,
    }
    resources.insert("solution-version", arn, body, parent_arn=solution.arn, status="CREATE PENDING")
    queue.enqueue("update" if mode == "UPDATE" else "train", arn, {})


def schedule_days(expression: str) -> int:
    """Return the days of a schedulingExpression. Raises InvalidInput for less than 1 or more than 30."""
    found = re.fullmatch(r"rate\((\d+) days?\)", expression)
    days = int(found[1]) if found else 0
    if not 1 <= days <= MAX_DAYS:
        raise InvalidInput(f"schedulingExpression is {expression}; use rate(1 day) to rate({MAX_DAYS} days).")
    return days


def queue_due_trainings(database: Database) -> int:
    """Queue a version of each solution that is due for one; return how many there are."""
    resources, queue, live = Resources(database), JobQueue(database), LiveRows(database)
    due = [solution for solution in resources.list("solution") if _is_due(resources, live, solution)]
    if not due:
        return 0
    with database.atomic():  # again: another process may have queued them meanwhile
        due = [solution for solution in resources.list("solution") if _is_due(resources, live, solution)]
        for solution in due:
            token = secrets.token_hex(4)
            arn = f"{solution.arn}/{token}"
            queue_version(resources, queue, solution, arn, f"{solution['name']}/{token}", "FULL", "AUTOMATIC")
    return len(due)


def full_version(resources: Resources, solution_arn: str) -> Resource | None:
    """Return the newest ACTIVE version of a solution that was trained, not updated; None without one."""
    versions = resources.list("solution-version", parent_arn=solution_arn)
    trained = [v for v in versions if v.status == "ACTIVE" and v.body.get("trainingMode", "FULL") in TRAINED_MODES]
    return trained[-1] if trained else None


def learns_from(recipe_arn: str | None) -> str:
    """Return the type of the dataset that a recipe cannot do without; None is AutoML, which learns from events."""
    from services.engine.recipes.registry import find  # loads all recipes, and scipy with them

    needs = recipe_arn is None or find(recipe_arn).recipe_class.needs_interactions
    return "INTERACTIONS" if needs else "ITEMS"


def newer_data(resources: Resources, live: LiveRows, version: Resource) -> bool:
    """Return whether data has arrived in a version's dataset group since its training began."""
    datasets = datasets_of(resources, version["datasetGroupArn"])
    learned = learns_from(version.body.get("recipeArn"))
    number = int(version.body.get("_events_up_to" if learned == "INTERACTIONS" else "_items_up_to", 0))
    if learned in datasets and live.newest(datasets[learned].arn) > number:
        return True
    return any(
        job.status == "ACTIVE" and job.updated > version.created
        for dataset in datasets.values()
        for job in resources.list("dataset-import-job", parent_arn=dataset.arn)
    )


def _is_due(resources: Resources, live: LiveRows, solution: Resource) -> bool:
    if not solution.body.get("performAutoTraining") or solution.status != "ACTIVE":
        return False
    if not _has_data(resources, live, solution):
        return False
    newest = resources.newest("solution-version", solution.arn)
    since = float(solution.body.get("_auto_since", solution.created))
    if newest is None or newest.created < since:
        return now() >= since + HOUR_S
    if newest.status in UNFINISHED or now() < newest.created + _days(solution) * DAY_S:
        return False
    return newer_data(resources, live, newest)


def _has_data(resources: Resources, live: LiveRows, solution: Resource) -> bool:
    learned = learns_from(solution.body.get("recipeArn"))
    dataset = datasets_of(resources, solution["datasetGroupArn"]).get(learned)
    return dataset is not None and ("_snapshot" in dataset.body or live.newest(dataset.arn) > 0)


def _days(solution: Resource) -> int:
    config: Mapping[str, Any] = (solution.body.get("solutionConfig") or {}).get("autoTrainingConfig") or {}
    return schedule_days(config.get("schedulingExpression", DEFAULT_SCHEDULE))
