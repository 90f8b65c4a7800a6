"""What a job gets to work with, and which function does which kind of job."""

import threading
from collections.abc import Callable, Mapping
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


def runners() -> Mapping[str, Runner]:
    """Return the runner of each kind of job; loads what they need, which takes a moment."""
    from services.engine.jobs.exports import run_export
    from services.engine.jobs.imports import run_import
    from services.engine.jobs.training import run_training

    return {"import": run_import, "export": run_export, "train": run_training}
