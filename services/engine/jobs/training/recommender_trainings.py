"""Trainings of recommenders: queued by CreateRecommender and UpdateRecommender, and when they are due by themselves.

Source: Amazon Personalize developer guide, "Creating recommenders": AWS trains each one again every 7 days, and none
that is stopped. Here that is off unless the setting recommender_days says otherwise; then as documented, while a worker
runs or requests come, if data has arrived.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from services.engine.clock import now
from services.engine.jobs.queue import JobQueue
from services.engine.jobs.training.automatic import DAY_S, UNFINISHED, newer_data
from services.engine.store.database import Database
from services.engine.store.live import LiveRows
from services.engine.store.resources import Resource, Resources
from services.engine.store.versions import RECOMMENDER_VERSION, recommender_version

if TYPE_CHECKING:
    from services.engine.recipes.use_cases import UseCase


def queue_recommender(
    resources: Resources, queue: JobQueue, recommender: Resource, use_case: UseCase, config: Mapping[str, Any]
) -> Resource:
    """Queue a training of a recommender; call it within the caller's atomic()."""
    arn = f"{recommender.arn}/{secrets.token_hex(4)}"
    columns = config.get("trainingDataConfig")
    body = {
        "name": recommender["name"],
        "solutionArn": recommender.arn,
        "recipeArn": use_case.info.arn,
        "eventType": use_case.event_type,
        "datasetGroupArn": recommender["datasetGroupArn"],
        "solutionConfig": {} if columns is None else {"trainingDataConfig": columns},
        "performHPO": False,
        "performAutoML": False,
        "_config": dict(config),
    }
    version = resources.insert(RECOMMENDER_VERSION, arn, body, parent_arn=recommender.arn, status="CREATE PENDING")
    queue.enqueue("recommender", arn, {})
    return version


def queue_due_recommenders(database: Database, days: int) -> int:
    """Queue a training of each recommender whose newest is so many days old; return how many there are."""
    from services.engine.recipes.use_cases import use_case_of  # loads all recipes, and scipy with them

    resources, live = Resources(database), LiveRows(database)
    if not days or not _due(resources, live, days):
        return 0
    with database.atomic():  # again: another process may have queued them meanwhile
        due = _due(resources, live, days)
        for recommender, served in due:
            use_case = use_case_of(recommender["recipeArn"])
            assert use_case is not None
            queue_recommender(resources, JobQueue(database), recommender, use_case, served["_config"])
    return len(due)


def _due(resources: Resources, live: LiveRows, days: int) -> list[tuple[Resource, Resource]]:
    """Return the recommenders that are due, each with the version that it serves."""
    found = []
    for recommender in resources.list("recommender"):
        served = recommender_version(resources, recommender.arn)
        newest = resources.newest(RECOMMENDER_VERSION, recommender.arn)
        if served is None or newest is None or recommender.status != "ACTIVE" or newest.status in UNFINISHED:
            continue
        if now() >= newest.created + days * DAY_S and newer_data(resources, live, newest):
            found.append((recommender, served))
    return found
