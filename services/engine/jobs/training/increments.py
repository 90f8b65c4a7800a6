"""When incremental updates are due (performIncrementalUpdate): items have arrived for a version that a campaign serves.

Source: the API references of CreateSolution and SolutionUpdateSummary: it is for aws-semantic-similarity and for
versions with active campaigns. AWS's guide speaks of about 30 minutes; here it is due within a minute of an import or
PutItems. The job's resource is the engine's own, with the version as its parent; no operation lists it.
"""

import secrets

from services.engine.arns import resource_name
from services.engine.clock import now
from services.engine.jobs.queue import JobQueue
from services.engine.jobs.training.automatic import UNFINISHED, full_version
from services.engine.store.database import Database
from services.engine.store.datasets import datasets_of
from services.engine.store.live import LiveRows
from services.engine.store.resources import Resource, Resources
from services.engine.store.versions import served_version_arn

KIND = "incremental-update"
PAUSE_S = 60.0
"""Seconds between two updates of a version: items that are put one by one are taken in together."""


def queue_due_increments(database: Database) -> int:
    """Queue an update of each version that items have arrived for; return how many there are."""
    resources = Resources(database)
    if not _due(resources, LiveRows(database)):
        return 0
    with database.atomic():  # again: another process may have queued them meanwhile
        due = _due(resources, LiveRows(database))
        for version, number in due:
            for ended in resources.list(KIND, parent_arn=version.arn):
                resources.delete(ended.arn)
            before, _, name = version.arn.rpartition(":")
            arn = f"{before}:{KIND}/{name.partition('/')[2]}/{secrets.token_hex(4)}"
            body = {"name": resource_name(version.arn), "_items_up_to": number}
            resources.insert(KIND, arn, body, parent_arn=version.arn, status="CREATE PENDING")
            JobQueue(database).enqueue("increment", arn, {})
    return len(due)


def _due(resources: Resources, live: LiveRows) -> list[tuple[Resource, int]]:
    """Return the versions that items have arrived for, each with the number of the newest item that was put."""
    found = ((solution, _newer_items(resources, live, solution)) for solution in resources.list("solution"))
    return [newer for _, newer in found if newer is not None]


def _newer_items(resources: Resources, live: LiveRows, solution: Resource) -> tuple[Resource, int] | None:
    """Return a solution's served version and the number of the newest item, if it is due for an update."""
    if not solution.body.get("performIncrementalUpdate"):
        return None
    version = full_version(resources, solution.arn)
    items = datasets_of(resources, solution["datasetGroupArn"]).get("ITEMS")
    if version is None or items is None or not _is_served(resources, solution, version):
        return None
    last = resources.newest(KIND, version.arn)
    if last is not None and (last.status in UNFINISHED or now() < last.created + PAUSE_S):
        return None
    read_at, number = version.created, int(version.body.get("_items_up_to", 0))
    if last is not None:
        read_at, number = last.created, int(last["_items_up_to"])
    newest = live.newest(items.arn)
    imports = resources.list("dataset-import-job", parent_arn=items.arn)
    arrived = newest > number or any(job.status == "ACTIVE" and job.updated > read_at for job in imports)
    return (version, newest) if arrived else None


def _is_served(resources: Resources, solution: Resource, version: Resource) -> bool:
    campaigns = resources.list("campaign", parent_arn=solution.arn)
    return any(served_version_arn(resources, campaign) == version.arn for campaign in campaigns)
