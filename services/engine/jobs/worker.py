"""The worker process: runs the queued jobs of one home folder, one after the other, and exits when there are none.

`python -m services.engine.jobs.worker --home DIR`. It has a lower priority, is detached from the process that started
it, and is the only worker of its home (jobs/lock.py). An exception of a job becomes the failureReason of its resource.
"""

import argparse
import faulthandler
import logging
import os
import resource
import signal
import sys
import time
from pathlib import Path

from services.engine.errors import JobStopped
from services.engine.jobs import housekeeping
from services.engine.jobs.failures import failure_reason
from services.engine.jobs.launcher import worker_command, worker_environment
from services.engine.jobs.lock import WorkerLock
from services.engine.jobs.outcomes import (
    begin_job,
    complete_job,
    fail_abandoned_jobs,
    fail_job,
    fail_running_job,
    silent_reason,
    stop_job,
    terminated_reason,
)
from services.engine.jobs.progress import Heartbeat
from services.engine.jobs.queue import Job, JobQueue
from services.engine.jobs.running import runner_of
from services.engine.jobs.silence import Silence
from services.engine.jobs.termination import Termination, end_process
from services.engine.jobs.tools import JobTools
from services.engine.jobs.training.schedule import Schedule
from services.engine.read_only import REFUSAL
from services.engine.settings import PRIVATE_UMASK, EngineSettings, from_environment
from services.engine.store.database import Database
from services.engine.store.leftovers import remove_models, remove_snapshots
from services.engine.store.objects import open_objects
from services.engine.store.resources import Resources

logger = logging.getLogger(__name__)

POLL_INTERVAL_S = 0.1


class Worker:
    """Runs jobs from the queue while it holds the home's lock."""

    def __init__(self, settings: EngineSettings) -> None:
        self._running: tuple[Job, Heartbeat] | None = None
        self.termination = Termination(self._stop_running, self._store_termination)
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
            with held:
                self._work_until_idle()
            if self.termination.requested.is_set():
                return
            # Another process may have queued a job and seen the lock still held: check the queue once more.
            held = WorkerLock.take(tools.settings) if tools.queue.in_state("queued") else None

    def close(self) -> None:
        """Close the database."""
        self._tools.database.close()

    def _work_until_idle(self) -> None:
        idle_since = time.monotonic()
        schedule = Schedule(self._tools.database, self._tools.settings.recommender_days)
        requested = self.termination.requested
        while not requested.is_set():
            schedule.queue_due()
            job = self._tools.queue.claim(os.getpid()) if self._tools.queue.in_state("queued") else None
            if job is not None:
                self.run_job(job)
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since >= self._tools.settings.worker_idle_s:
                return
            else:
                time.sleep(POLL_INTERVAL_S)

    def run_job(self, job: Job) -> None:
        """Run one job and store its result; what a job that failed has written is removed."""
        if not self._succeeds(job):
            housekeeping.remove_orphans(self._tools.settings, self._tools.resources)

    def _succeeds(self, job: Job) -> bool:
        tools = self._tools
        ends = (tools.database, tools.resources, tools.queue, job)
        logger.info("job started number=%d kind=%s arn=%s", job.number, job.kind, job.arn)
        started = time.monotonic()
        try:
            with Heartbeat(tools.database, job, Silence(tools.settings.worker_silent_s), self._give_up) as heartbeat:
                self._running = (job, heartbeat)
                if self.termination.requested.is_set():
                    heartbeat.stop.set()
                begin_job(tools.database, tools.resources, job)
                result = runner_of(job.kind)(tools, job, heartbeat.stop)
                complete_job(*ends, result)
            remove_snapshots(tools.settings, tools.resources, result.replaced_snapshots)
            remove_models(tools.settings, result.replaced_models)
        except JobStopped:
            current = tools.queue.find(job.arn)
            if self.termination.requested.is_set() and not (current and current.stop_requested):
                fail_job(*ends, terminated_reason(job))
            else:
                stop_job(*ends)
            logger.info("job stopped number=%d", job.number)
        except Exception as error:
            logger.exception("job failed number=%d kind=%s arn=%s", job.number, job.kind, job.arn)
            fail_job(*ends, failure_reason(error, job, tools.settings))
        else:
            seconds = time.monotonic() - started
            logger.info("job done number=%d seconds=%.1f worker_peak_mb=%.0f", job.number, seconds, peak_memory_mb())
            return True
        finally:
            self._running = None
        return False

    def _stop_running(self) -> None:
        running = self._running
        if running is not None:
            running[1].stop.set()

    def _store_termination(self) -> None:
        running = self._running
        if running is not None:
            self._fail_running(running[0], terminated_reason(running[0]))

    def _give_up(self, seconds: float) -> None:
        """End this process, whose job hangs; the next request starts another worker."""
        running = self._running
        if running is not None:
            reason = silent_reason(running[0], seconds)
            logger.error("job hangs number=%d seconds=%.0f: the worker is ended", running[0].number, seconds)
            faulthandler.dump_traceback(all_threads=True)
            end_process(lambda: self._fail_running(running[0], reason), 1)

    def _fail_running(self, job: Job, reason: str) -> None:
        fail_running_job(self._tools.database, self._tools.resources, self._tools.queue, job, reason)


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
    os.umask(PRIVATE_UMASK)
    settings = from_environment(options.home)
    if settings.read_only:
        sys.stderr.write(f"{REFUSAL}\n")
        return 1
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
    os.nice(settings.worker_niceness)
    worker = Worker(settings)
    worker.termination.install()
    worker.run(WorkerLock.adopt(options.lock_fd))
    if worker.termination.requested.is_set():
        return 128 + signal.SIGTERM
    worker.close()
    logger.info("worker exits: no jobs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
