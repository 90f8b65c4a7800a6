"""The end of a job: changes the resource's status and the job's row in one transaction, with a reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.engine.errors import JobStopped, ResourceNotFound
from services.engine.jobs import records
from services.engine.jobs.queue import Job, JobQueue
from services.engine.store.database import Database
from services.engine.store.resources import Resources

RESOURCE_KINDS = {
    "import": "dataset-import-job",
    "export": "dataset-export-job",
    "train": "solution-version",
    "recommender": "recommender-version",
    "update": "solution-version",
    "batch": "batch-inference-job",
    "segment": "batch-segment-job",
    "deletion": "data-deletion-job",
    "map": "item-map",
    "increment": "incremental-update",
}
"""The kind of resource that each kind of job creates."""
ACTIVITIES = {
    "import": "importing",
    "export": "exporting",
    "train": "training",
    "recommender": "training",
    "update": "updating of a version",
    "batch": "recommending",
    "segment": "making of segments",
    "deletion": "deletion of users",
    "map": "drawing of the map",
    "increment": "taking in of new items",
}
UNCHANGED = {
    "import": "The dataset is unchanged.",
    "export": "The dataset is unchanged.",
    "train": "The data is unchanged.",
    "recommender": "The data is unchanged.",
    "update": "The data is unchanged.",
    "batch": "Files that were finished stay in the output folder.",
    "segment": "Files that were finished stay in the output folder.",
    "deletion": "The datasets are unchanged.",
    "map": "The model is unchanged.",
    "increment": "The model is unchanged.",
}


DELETION_STATES = {
    "CREATE PENDING": "PENDING",
    "CREATE IN_PROGRESS": "IN_PROGRESS",
    "CREATE STOPPING": "IN_PROGRESS",
    "ACTIVE": "COMPLETED",
    "CREATE FAILED": "FAILED",
    "CREATE STOPPED": "FAILED",
}
"""The words of data deletion jobs for the states of all others."""

ENDED = frozenset({"done", "failed", "stopped"})


@dataclass(frozen=True)
class JobResult:
    """The changes of a successful job, made in one transaction."""

    body: Mapping[str, Any] = field(default_factory=dict)
    """Members of the job's own resource."""
    others: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Members of other resources, by ARN."""
    replaced_snapshots: tuple[str, ...] = ()
    """Snapshot folders to remove afterwards, unless a solution version was trained on them."""
    replaced_models: tuple[str, ...] = ()
    """Model folders to remove afterwards, relative to HOME/models."""
    also: Callable[[], None] = lambda: None
    """Further changes of the database, in the same transaction."""


def status_of(kind: str, status: str) -> str:
    """Return the status of a resource in the words of the resources that this kind of job creates."""
    return DELETION_STATES[status] if kind == "deletion" else status


def begin_job(database: Database, resources: Resources, job: Job) -> None:
    """Set a job's resource to IN_PROGRESS, unless a stop was requested meanwhile."""
    with database.atomic():
        if resources.get(RESOURCE_KINDS[job.kind], job.arn).status == status_of(job.kind, "CREATE PENDING"):
            resources.update(job.arn, status=status_of(job.kind, "CREATE IN_PROGRESS"))


def complete_job(database: Database, resources: Resources, queue: JobQueue, job: Job, result: JobResult) -> None:
    """Apply a job's result. Raises JobStopped when a stop was requested before."""
    with database.atomic():
        current = queue.find(job.arn)
        if current is None or current.stop_requested or current.state in ENDED:
            raise JobStopped("A user requested the job to stop.")
        for arn, body in result.others.items():
            resources.update(arn, body=body)
        result.also()
        resources.update(job.arn, status=status_of(job.kind, "ACTIVE"), failure_reason=None, body=result.body)
        queue.finish(job.number, "done")


def fail_job(database: Database, resources: Resources, queue: JobQueue, job: Job, reason: str) -> None:
    """End a job as CREATE FAILED with a reason for the user."""
    _end(database, resources, queue, job, "failed", "CREATE FAILED", reason)


def fail_running_job(database: Database, resources: Resources, queue: JobQueue, job: Job, reason: str) -> None:
    """End a job as fail_job() does, unless it has ended meanwhile."""
    with database.atomic():
        current = queue.find(job.arn)
        if current is not None and current.state == "running":
            fail_job(database, resources, queue, job, reason)


def stop_job(database: Database, resources: Resources, queue: JobQueue, job: Job) -> None:
    """End a job whose stop was requested."""
    _end(database, resources, queue, job, "stopped", "CREATE STOPPED", None)


def request_stop(database: Database, resources: Resources, queue: JobQueue, arn: str) -> None:
    """Stop the unfinished job of a resource: at once while it is queued, otherwise when the worker sees the request."""
    with database.atomic():
        job = queue.find(arn)
        if job is not None and job.state == "queued":
            queue.finish(job.number, "stopped")
            resources.update(arn, status=status_of(job.kind, "CREATE STOPPED"))
        else:
            queue.request_stop(arn)
            kind = "" if job is None else job.kind
            resources.update(arn, status=status_of(kind, "CREATE STOPPING"))


def fail_abandoned_jobs(database: Database, resources: Resources, queue: JobQueue) -> None:
    """End the jobs of a dead worker; call it only with the worker's lock."""
    for job in queue.in_state("running"):
        if job.stop_requested:
            stop_job(database, resources, queue, job)
        else:
            fail_job(database, resources, queue, job, abandoned_reason(database, job))


def terminated_reason(job: Job) -> str:
    """Return the failure reason of a job whose worker was terminated."""
    return (
        f"The worker process was terminated (SIGTERM) while it was {ACTIVITIES[job.kind]}. "
        f"{UNCHANGED[job.kind]} Start it again."
    )


def silent_reason(job: Job, seconds: float) -> str:
    """Return the failure reason of a job that made no progress for this long."""
    return (
        f"The {ACTIVITIES[job.kind]} made no progress for {seconds:,.0f} seconds and was given up. "
        f"{UNCHANGED[job.kind]} Start it again; if it needs longer on this machine, raise PERSONALIZE_WORKER_SILENT_S."
    )


def abandoned_reason(database: Database, job: Job) -> str:
    """Return the failure reason of a job whose worker died."""
    percent = round(100 * records.fraction_done(records.stages(database, job.number)))
    return (
        f"The worker process (pid {job.worker_pid}) ended unexpectedly while it was {ACTIVITIES[job.kind]}, "
        f"{percent} % done: it was killed, or the machine ran out of memory. {UNCHANGED[job.kind]} Start it again."
    )


def _end(
    database: Database, resources: Resources, queue: JobQueue, job: Job, state: str, status: str, reason: str | None
) -> None:
    with database.atomic():
        queue.finish(job.number, state)
        try:
            resources.update(job.arn, status=status_of(job.kind, status), failure_reason=reason)
        except ResourceNotFound:  # deleted meanwhile, together with its job row
            return
