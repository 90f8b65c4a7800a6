"""The worker process: runs the queued jobs of one home folder, one after the other, and exits when there are none.

`python -m services.engine.jobs.worker --home DIR`. It has a lower priority, is detached from the process that started
it, and is the only worker of its home (jobs/lock.py). An exception of a job becomes the failureReason of its resource.
"""

import argparse
import logging
import os
import resource
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from services.engine.errors import JobStopped
from services.engine.jobs import housekeeping
from services.engine.jobs.failures import failure_reason
from services.engine.jobs.launcher import worker_command, worker_environment
from services.engine.jobs.lock import WorkerLock
from services.engine.jobs.outcomes import (
    ACTIVITIES,
    UNCHANGED,
    begin_job,
    complete_job,
    fail_abandoned_jobs,
    fail_job,
    stop_job,
)
from services.engine.jobs.progress import Heartbeat
from services.engine.jobs.queue import Job, JobQueue
from services.engine.jobs.running import runner_of
from services.engine.jobs.tools import JobTools
from services.engine.settings import EngineSettings, from_environment
from services.engine.store.database import Database
from services.engine.store.leftovers import remove_snapshots
from services.engine.store.objects import open_objects
from services.engine.store.resources import Resources

logger = logging.getLogger(__name__)

POLL_INTERVAL_S = 0.1
NICENESS = 10


class Terminated(BaseException):
    """SIGTERM was received; not an Exception, so that no job catches it."""


class Worker:
    """Runs jobs from the queue while it holds the home's lock."""

    def __init__(self, settings: EngineSettings) -> None:
        database = Database(settings)
        self._tools = JobTools(settings, database, Resources(database), JobQueue(database), open_objects(settings))

    def run(self, lock: WorkerLock) -> None:
        """Run jobs until the queue has been empty for a while, then release the lock."""
        tools = self._tools
        fail_abandoned_jobs(tools.database, tools.resources, tools.queue)
        housekeeping.remove_orphans(tools.settings, tools.resources)
        lock.write_failed_starts(0)
        held: WorkerLock | None = lock
        while held is not None:
            self._work_until_idle()
            held.close()
            # Another process may have queued a job and seen the lock still held: check the queue once more.
            held = WorkerLock.take(tools.settings) if tools.queue.in_state("queued") else None

    def _work_until_idle(self) -> None:
        idle_since = time.monotonic()
        while time.monotonic() - idle_since < self._tools.settings.worker_idle_s:
            job = self._tools.queue.claim(os.getpid()) if self._tools.queue.in_state("queued") else None
            if job is None:
                time.sleep(POLL_INTERVAL_S)
                continue
            self.run_job(job)
            idle_since = time.monotonic()

    def run_job(self, job: Job) -> None:
        """Run one job and store its result."""
        tools = self._tools
        ends = (tools.database, tools.resources, tools.queue, job)
        logger.info("job started number=%d kind=%s arn=%s", job.number, job.kind, job.arn)
        started = time.monotonic()
        try:
            with Heartbeat(tools.database, job) as heartbeat:
                begin_job(tools.database, tools.resources, job)
                result = runner_of(job.kind)(tools, job, heartbeat.stop)
                complete_job(*ends, result)
            remove_snapshots(tools.settings, tools.resources, result.replaced_snapshots)
        except JobStopped:
            stop_job(*ends)
            logger.info("job stopped number=%d", job.number)
        except Terminated:
            fail_job(
                *ends,
                f"The worker process was terminated (SIGTERM) while it was {ACTIVITIES[job.kind]}. "
                f"{UNCHANGED[job.kind]} Start it again.",
            )
            raise
        except Exception as error:
            logger.exception("job failed number=%d kind=%s arn=%s", job.number, job.kind, job.arn)
            fail_job(*ends, failure_reason(error, job, tools.settings))
        else:
            seconds = time.monotonic() - started
            logger.info("job done number=%d seconds=%.1f worker_peak_mb=%.0f", job.number, seconds, peak_memory_mb())


def peak_memory_mb() -> float:
    """Return the peak memory of this process in MB.

    Reads /proc if it exists: after fork and exec, ru_maxrss still includes the memory of the parent process.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: list[str] | None = None) -> int:
    """Run a worker; return 0 when it exits without further jobs, 1 when another worker holds the home's lock."""
    parser = argparse.ArgumentParser(prog="services.engine.jobs.worker", description=__doc__)
    parser.add_argument("--home", required=True, help="the engine's home folder")
    parser.add_argument("--lock-fd", type=int, help="open file of the lock that the launcher took")
    options = parser.parse_args(arguments)
    settings = from_environment(options.home)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(levelname)s %(name)s %(message)s")
    if options.lock_fd is None:
        settings.home.mkdir(parents=True, exist_ok=True)
        taken = WorkerLock.take(settings)
        if taken is None:
            logger.error("another worker holds %s", WorkerLock.path(settings))
            return 1
        # Thread limits must be in the environment before numpy is loaded: restart like the launcher does.
        os.set_inheritable(taken.descriptor, True)
        os.execve(sys.executable, worker_command(settings, taken), worker_environment(settings))
    os.nice(NICENESS)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        Worker(settings).run(WorkerLock.adopt(options.lock_fd))
    except Terminated:
        logger.info("worker received SIGTERM")
        return 128 + signal.SIGTERM
    logger.info("worker exits: no jobs")
    return 0


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated


if __name__ == "__main__":
    sys.exit(main())
