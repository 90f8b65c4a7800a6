"""The text of failureReason: the job's own sentence, or a description of an unexpected error. Never a traceback."""

import errno

from services.engine.errors import EngineError, JobFailed
from services.engine.jobs.outcomes import ACTIVITIES, UNCHANGED
from services.engine.jobs.queue import Job
from services.engine.settings import EngineSettings

OUT_OF_MEMORY_TEXTS = ("out of memory", "can't allocate memory", "cannot allocate memory", "failed to allocate")
"""Texts of duckdb, torch and the C library in errors that are not MemoryError."""


def failure_reason(error: Exception, job: Job, settings: EngineSettings) -> str:
    """Return why a job failed and what to do, for a user."""
    if isinstance(error, JobFailed):
        return str(error)
    if isinstance(error, EngineError):
        return error.message
    if isinstance(error, MemoryError) or any(words in str(error).lower() for words in OUT_OF_MEMORY_TEXTS):
        return (
            f"There was not enough memory for {ACTIVITIES[job.kind]}. {UNCHANGED[job.kind]} Close other programs, or "
            "use less data, then start it again."
        )
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk that holds {settings.home} is full. {UNCHANGED[job.kind]} Make room on it, then start it again."
        )
    return (
        f"Something unexpected stopped the {ACTIVITIES[job.kind]}: {type(error).__name__}. {UNCHANGED[job.kind]} "
        f"{settings.logs_path / 'worker.log'} says where (job {job.number})."
    )
