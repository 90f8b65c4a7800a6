"""What a job gets to work with, and which function does which kind of job."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from services.engine.jobs.outcomes import JobResult
from services.engine.jobs.queue import Job, JobQueue
from services.engine.settings import EngineSettings
from services.engine.store.database import Database
from services.engine.store.objects import ObjectStore
from services.engine.store.resources import Resources


@dataclass(frozen=True)
class JobTools:
    """The stores of one home folder, as the worker holds them."""

    settings: EngineSettings
    database: Database
    resources: Resources
    queue: JobQueue
    objects: ObjectStore


Runner = Callable[[JobTools, Job, threading.Event], JobResult]
"""Does a job; the event is set when a person asks for a stop. Raises JobFailed with a reason, or JobStopped."""


def runner_of(kind: str) -> Runner:
    """Return what does a kind of job; loads what it needs and nothing else."""
    if kind == "import":
        from services.engine.jobs.imports import run_import

        return run_import
    if kind == "export":
        from services.engine.jobs.exports import run_export

        return run_export
    if kind == "train":
        from services.engine.jobs.training import run_training

        return run_training
    if kind == "batch":
        from services.engine.jobs.batch import run_batch

        return run_batch
    raise ValueError(f"no such kind of job: {kind}")
