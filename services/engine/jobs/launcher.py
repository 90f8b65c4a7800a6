"""Starts the worker process when a job is queued, and settles the jobs of a worker that died.

Called by every process that serves the API. Both functions are fast when nothing is queued or running.
"""

import atexit
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from services.engine.jobs.lock import WorkerLock
from services.engine.jobs.outcomes import fail_abandoned_jobs, fail_job
from services.engine.jobs.queue import JobQueue
from services.engine.read_only import refuse
from services.engine.settings import EngineSettings
from services.engine.store.database import Database
from services.engine.store.resources import Resources
from services.engine.threads import THREAD_VARIABLES

logger = logging.getLogger(__name__)

MAX_FAILED_STARTS = 3
LOG_LIMIT_BYTES = 5_000_000
PROJECT_ROOT = Path(__file__).resolve().parents[3]

_started: list["subprocess.Popen[bytes]"] = []
"""Workers that this process started and that have not been reaped yet."""


def ensure_worker(settings: EngineSettings) -> None:
    """Start a worker for this home unless one is running. An exiting worker checks the queue once more."""
    lock = WorkerLock.take(settings)
    if lock is not None:
        with lock:
            _start(settings, lock)


def settle_abandoned_jobs(database: Database, resources: Resources, queue: JobQueue, settings: EngineSettings) -> None:
    """Fail the jobs of a dead worker with a reason; start a worker if jobs are queued and none is running."""
    if not queue.in_state("running", "queued"):
        return
    lock = WorkerLock.take(settings)
    if lock is None:
        return
    with lock:
        _settle(database, resources, queue, settings, lock)


def _settle(
    database: Database, resources: Resources, queue: JobQueue, settings: EngineSettings, lock: WorkerLock
) -> None:
    fail_abandoned_jobs(database, resources, queue)
    queued = queue.in_state("queued")
    if queued and lock.failed_starts() >= MAX_FAILED_STARTS:
        for job in queued:
            fail_job(
                database,
                resources,
                queue,
                job,
                f"The worker process could not be started: {MAX_FAILED_STARTS} attempts ended before they reached the "
                f"job. {settings.logs_path / 'worker.log'} says why; then start it again.",
            )
        lock.write_failed_starts(0)
        queued = []
    if queued:
        _start(settings, lock)


_NOT_INHERITED = frozenset({"AWS_ENDPOINT_URL_S3", "PERSONALIZE_OBJECTS", "PERSONALIZE_ACCOUNT_ID"})
"""Set anew from the settings, or, like the account, known to the home."""


def worker_environment(settings: EngineSettings, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment of a worker: these settings, and thread limits, which numpy reads when it is loaded."""
    environment = {k: v for k, v in inherited.items() if k not in _NOT_INHERITED}
    environment |= {
        "PERSONALIZE_HOME": str(settings.home),
        "PERSONALIZE_REGION": settings.region,
        "PERSONALIZE_WORKER_THREADS": str(settings.worker_threads),
        "PERSONALIZE_WORKER_NICENESS": str(settings.worker_niceness),
        "PERSONALIZE_WORKER_IDLE_S": str(settings.worker_idle_s),
        "PERSONALIZE_WORKER_SILENT_S": str(settings.worker_silent_s),
        "PERSONALIZE_SYNC": "full" if settings.durable_against_power_cuts else "normal",
        "PYTHONUTF8": "1",  # names of files are bytes in UTF-8 for DuckDB and pyarrow, whatever the locale says
        "PYTHONPATH": os.pathsep.join(filter(None, (str(PROJECT_ROOT), inherited.get("PYTHONPATH")))),
    }
    if settings.s3_endpoint_url:
        environment["AWS_ENDPOINT_URL_S3"] = settings.s3_endpoint_url
    if settings.use_s3:
        environment["PERSONALIZE_OBJECTS"] = "s3"
    threads = str(max(1, settings.worker_threads // 2))  # of single operations; see recipes/halves.py
    return environment | dict.fromkeys(THREAD_VARIABLES, threads)


def worker_command(settings: EngineSettings, lock: WorkerLock) -> list[str]:
    """Return the command line of a worker that inherits the lock."""
    module = "services.engine.jobs.worker"
    return [sys.executable, "-m", module, "--home", str(settings.home), "--lock-fd", str(lock.descriptor)]


def _start(settings: EngineSettings, lock: WorkerLock) -> None:
    """Start a detached worker that inherits the lock and outlives this process; the caller closes its own copy."""
    if settings.read_only:
        refuse()
    _started[:] = [process for process in _started if process.poll() is None]
    try:
        lock.write_failed_starts(lock.failed_starts() + 1)
        with _log_file(settings).open("ab") as log:
            process = subprocess.Popen(
                worker_command(settings, lock),
                env=worker_environment(settings),
                cwd=settings.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lock.descriptor,),
                start_new_session=True,
            )
    except OSError:  # no process, memory or disk space left: the job stays queued until the next attempt
        logger.exception("worker could not be started home=%s", settings.home)
        return
    if not _started:
        atexit.register(_detach_workers)
    _started.append(process)
    logger.info("worker started pid=%d home=%s", process.pid, settings.home)


def _detach_workers() -> None:
    """Mark workers as finished, because subprocess warns of children that are still running at exit."""
    for process in _started:
        process.returncode = process.returncode or 0
    _started.clear()


def _log_file(settings: EngineSettings) -> Path:
    settings.logs_path.mkdir(parents=True, exist_ok=True)
    path = settings.logs_path / "worker.log"
    if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path
