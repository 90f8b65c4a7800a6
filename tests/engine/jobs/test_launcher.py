import fcntl
import os
import sqlite3
import subprocess
import sys

import pytest

from services.engine.jobs import launcher
from services.engine.jobs.lock import WorkerLock

pytestmark = pytest.mark.usefixtures("worker_processes")


def hold_lock(settings):
    """Return a process that has inherited the worker's lock, as a worker does, and waits for its input to close."""
    lock = WorkerLock.take(settings)
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE, pass_fds=(lock.descriptor,)
    )
    lock.close()
    return process


def end(process):
    process.kill()
    process.wait()
    process.stdin.close()


def test_only_one_can_hold_the_lock(tools):
    lock = WorkerLock.take(tools.settings)
    assert WorkerLock.take(tools.settings) is None
    lock.close()
    again = WorkerLock.take(tools.settings)
    assert again is not None
    again.close()


def test_an_inherited_lock_lives_and_dies_with_the_child(tools):
    process = hold_lock(tools.settings)
    try:
        assert WorkerLock.take(tools.settings) is None
    finally:
        end(process)
    lock = WorkerLock.take(tools.settings)
    assert lock is not None
    lock.close()


def test_a_running_job_stays_while_its_worker_lives(tools, queued):
    process = hold_lock(tools.settings)
    try:
        tools.queue.claim(process.pid)
        launcher.settle_abandoned_jobs(tools.database, tools.resources, tools.queue, tools.settings)
        assert tools.queue.find(queued).state == "running"
    finally:
        end(process)
    launcher.settle_abandoned_jobs(tools.database, tools.resources, tools.queue, tools.settings)
    assert tools.queue.find(queued).state == "failed"
    assert f"pid {process.pid}" in tools.resources.get("dataset-import-job", queued).failure_reason


def test_ensure_worker_starts_none_beside_a_running_one(tools, monkeypatch):
    started = []
    monkeypatch.setattr(launcher, "_start", lambda settings, lock: started.append(settings))
    process = hold_lock(tools.settings)
    try:
        launcher.ensure_worker(tools.settings)
        assert started == []
    finally:
        end(process)
    launcher.ensure_worker(tools.settings)
    assert started == [tools.settings]


def test_a_worker_that_never_gets_to_its_work_is_given_up(tools, queued, monkeypatch):
    # a worker that dies at once: the interpreter runs an empty program
    monkeypatch.setattr(
        launcher, "worker_command", lambda settings, lock: [sys.executable, "-c", "raise SystemExit(1)"]
    )
    deadline = launcher.MAX_FAILED_STARTS * 200
    while tools.queue.find(queued).state == "queued" and deadline:
        launcher.settle_abandoned_jobs(tools.database, tools.resources, tools.queue, tools.settings)
        for process in launcher._started:
            process.wait(timeout=30)
        deadline -= 1
    reason = tools.resources.get("dataset-import-job", queued).failure_reason
    assert "could not be started" in reason
    assert "worker.log" in reason


def test_the_worker_gets_the_settings_and_its_thread_caps(tools):
    environment = launcher.worker_environment(tools.settings, {"AWS_ENDPOINT_URL_S3": "http://other", "PATH": "/bin"})
    assert environment["PERSONALIZE_HOME"] == str(tools.settings.home)
    assert environment["PERSONALIZE_WORKER_THREADS"] == "2"
    assert environment["OMP_NUM_THREADS"] == "1"
    assert environment["PATH"] == "/bin"
    assert "AWS_ENDPOINT_URL_S3" not in environment
    assert os.fspath(launcher.PROJECT_ROOT) in environment["PYTHONPATH"]


def settle(tools):
    launcher.settle_abandoned_jobs(tools.database, tools.resources, tools.queue, tools.settings)


def is_free(settings):
    lock = WorkerLock.take(settings)
    if lock is not None:
        lock.close()
    return lock is not None


@pytest.mark.parametrize("error", [sqlite3.OperationalError("database or disk is full"), OSError(28, "No space left")])
@pytest.mark.parametrize("step", ["fail_abandoned_jobs", "_start"])
def test_the_lock_is_free_again_when_settling_fails(tools, queued, monkeypatch, step, error):
    def fail(*arguments):
        raise error

    monkeypatch.setattr(launcher, step, fail)
    with pytest.raises(type(error)):
        settle(tools)
    assert is_free(tools.settings)


def test_the_lock_is_free_again_when_the_database_is_busy(tools, queued, monkeypatch):
    monkeypatch.setattr("services.engine.store.database.BUSY_TIMEOUT_S", 0.1)
    tools.queue.claim(worker_pid=1)
    tools.database.close()  # later connections wait only briefly
    other = sqlite3.connect(tools.settings.database_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        settle(tools)
    assert is_free(tools.settings)
    other.execute("ROLLBACK")
    other.close()
    settle(tools)
    assert tools.queue.find(queued).state == "failed"


@pytest.mark.parametrize("step", ["write_failed_starts", "failed_starts"])
def test_the_lock_is_free_again_and_the_job_waits_when_a_start_fails(tools, queued, monkeypatch, step):
    def fail(*arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(WorkerLock, step, fail)
        launcher.ensure_worker(tools.settings)
    assert is_free(tools.settings)
    assert tools.queue.find(queued).state == "queued"


def test_no_open_file_is_left_when_the_lock_cannot_be_taken(tools, monkeypatch):
    def fail(descriptor, operation):
        raise OSError(37, "No locks available")

    before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(fcntl, "flock", fail)
    for _ in range(3):
        with pytest.raises(OSError, match="No locks"):
            WorkerLock.take(tools.settings)
    assert len(os.listdir("/proc/self/fd")) == before
