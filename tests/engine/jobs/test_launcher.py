import os
import subprocess
import sys

from services.engine.jobs import launcher
from services.engine.jobs.lock import WorkerLock


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
    monkeypatch.setattr(launcher, "_start", lambda settings, lock: (started.append(settings), lock.close()))
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
    assert environment["OMP_NUM_THREADS"] == str(tools.settings.worker_threads)
    assert environment["PATH"] == "/bin"
    assert "AWS_ENDPOINT_URL_S3" not in environment
    assert os.fspath(launcher.PROJECT_ROOT) in environment["PYTHONPATH"]
