"""The text of failureReason: the job's own sentence, or a description of an unexpected error. Never a traceback."""

from services.engine.errors import EngineError, JobFailed
from services.engine.jobs.outcomes import ACTIVITIES, UNCHANGED
from services.engine.jobs.queue import Job
from services.engine.settings import EngineSettings
from services.engine.store.faults import storage_sentence

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
    sentence = storage_sentence(error, settings.home)
    if sentence is not None:
        return f"{sentence} {UNCHANGED[job.kind]}"
    return (
        f"Something unexpected stopped the {ACTIVITIES[job.kind]}: {type(error).__name__}. {UNCHANGED[job.kind]} "
        f"{settings.logs_path / 'worker.log'} says where (job {job.number})."
    )
