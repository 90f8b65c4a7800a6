"""What every job works with: the stores of one home folder."""

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
"""Runs a job; the event is set when a user requests a stop. Raises JobFailed with a reason, or JobStopped."""
