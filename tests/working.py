"""Jobs that run in a thread of the test process instead of a worker process of their own.

A worker process imports its libraries anew for each test's home: 1 to 5 seconds of the processor, most of them torch's,
for jobs that take tenths of a second. Queue, lock, jobs and database are the same. Tests of the process itself (its
signals, its end, its environment) ask for own_process(), and whatever starts the app as a command has real workers.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from services.engine.jobs import launcher
from services.engine.jobs.lock import WorkerLock
from services.engine.jobs.worker import Worker
from services.engine.read_only import refuse
from services.engine.settings import EngineSettings

LEAVE_S = 60

_start_process = launcher._start
_working: dict[threading.Thread, Worker] = {}


def _start_thread(settings: EngineSettings, lock: WorkerLock) -> None:
    """As launcher._start(): the thread keeps a copy of the lock, the caller closes its own."""
    if settings.read_only:
        refuse()
    held = WorkerLock.adopt(os.dup(lock.descriptor))
    threading.Thread(target=_work, args=(settings, held), name=f"worker of {settings.home}", daemon=True).start()


def _work(settings: EngineSettings, lock: WorkerLock) -> None:
    thread = threading.current_thread()
    worker = _working[thread] = Worker(settings)  # made here: a database has connections of each thread
    try:
        worker.run(lock)
    finally:
        worker.close()
        del _working[thread]


def work_in_threads() -> None:
    """Let every worker that this process starts be a thread."""
    launcher._start = _start_thread


@contextmanager
def own_process() -> Iterator[None]:
    """Let workers be processes, as they are outside tests."""
    launcher._start = _start_process
    try:
        yield
    finally:
        launcher._start = _start_thread


def leave() -> None:
    """Ask the threads to leave, since they must not outlive the interpreter's libraries, and wait for them."""
    working = dict(_working)
    for worker in working.values():
        worker.termination.requested.set()
        worker._stop_running()
    for thread in working:
        thread.join(LEAVE_S)
