"""The map job: from a trained model to its items in two dimensions, and the request that queues it.

The training does not wait for it and cannot fail because of it: somebody asks for the map of a version that is trained.
The job's resource is the engine's own, of kind "item-map" with the version as its parent; no operation lists it.
"""

import secrets
import threading

import numpy as np

from services.engine.arns import resource_name
from services.engine.errors import InvalidInput, JobFailed
from services.engine.jobs.maps import embedding
from services.engine.jobs.outcomes import JobResult
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.queue import Job, JobQueue
from services.engine.jobs.tools import JobTools
from services.engine.models.artifacts import Artifact, read_artifact
from services.engine.models.item_map import MapFacts, PlacedItems, write_map
from services.engine.store.database import Database
from services.engine.store.resources import Resource, Resources
from services.engine.store.versions import trained_version

KIND = "item-map"
STAGES = (("read", 0.03), ("draw", 0.9), ("measure", 0.07))
MAX_ITEMS = 60_000
"""A browser draws so many; of larger catalogues the items that most users had are drawn."""
MIN_ITEMS = 12
UNFINISHED = ("CREATE PENDING", "CREATE IN_PROGRESS", "CREATE STOPPING")


def request_map(database: Database, resources: Resources, queue: JobQueue, version: Resource) -> tuple[str, bool]:
    """Queue the map of a trained version; return its ARN, and whether it is new.

    A map that is drawn or being drawn stays; one that failed or was stopped is begun anew. Raises InvalidInput.
    """
    if "_model_path" not in version.body:
        raise InvalidInput(f"The version {version.arn} has no trained model. Wait until it is ACTIVE.")
    with database.atomic():
        for known in resources.list(KIND, parent_arn=version.arn):
            if known.status == "ACTIVE" or known.status in UNFINISHED:
                return known.arn, False
            resources.delete(known.arn)
        before, _, name = version.arn.rpartition(":")
        arn = f"{before}:{KIND}/{name.partition('/')[2]}/{secrets.token_hex(4)}"
        body = {"name": resource_name(version.arn)}
        resources.insert(KIND, arn, body, parent_arn=version.arn, status="CREATE PENDING")
        queue.enqueue("map", arn, {})
    return arn, True


def run_map(tools: JobTools, job: Job, stop: threading.Event) -> JobResult:
    """Draw the map of the job's version into its model folder. Raises JobFailed with a reason."""
    resource = tools.resources.get(KIND, job.arn)
    version = trained_version(tools.resources, resource.parent_arn or "")
    folder = tools.settings.models_path / version["_model_path"]
    progress = JobProgress(tools.database, job, STAGES, stop)
    progress.stage("read")
    try:
        artifact = read_artifact(folder)
    except FileNotFoundError as error:
        raise JobFailed(f"The model of {version.arn} was deleted. Train the solution again.") from error
    write_map(folder, drawn(artifact, progress))
    progress.end()
    return JobResult()


def drawn(artifact: Artifact, progress: JobProgress) -> PlacedItems:
    """Return the map of a model. Raises JobFailed for a model without vectors, or with too few items."""
    known = artifact.model.item_vectors()
    if known is None:
        raise JobFailed(f"{artifact.recipe} has no vectors of items, so there is no map of them. Train another recipe.")
    items, vectors = known
    if len(items) < MIN_ITEMS:
        raise JobFailed(f"The model knows {len(items)} items; a map needs at least {MIN_ITEMS}.")
    n_items = len(items)
    if n_items > MAX_ITEMS:
        popular = np.sort(np.argsort(-artifact.users_of_items[items], kind="stable")[:MAX_ITEMS])
        items, vectors = items[popular], vectors[popular]
    vectors = np.asarray(vectors, np.float32)
    progress.stage("draw", f"{len(items):,} items")
    flat = embedding.places(vectors, lambda fraction: progress.update(fraction, f"{len(items):,} items"))
    progress.stage("measure")
    share, n_measured = embedding.kept(vectors, flat)
    chance = embedding.N_NEAREST / (len(items) - 1)
    progress.log(
        f"{len(items):,} of {n_items:,} items drawn. Of an item's {embedding.N_NEAREST} nearest, {100 * share:.0f} % "
        f"are among its {embedding.N_NEAREST} nearest on the map, by chance {100 * chance:.1f} %."
    )
    return PlacedItems(
        np.asarray(items, np.int32), flat, MapFacts(share, min(1.0, chance), embedding.N_NEAREST, n_measured, n_items)
    )
