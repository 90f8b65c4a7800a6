"""What a job has written when it cannot be completed: the worker that goes on removes it."""

import os
import threading
from contextlib import closing

import pytest

from services.engine.errors import JobStopped
from services.engine.jobs import worker
from services.engine.jobs.housekeeping import remove_orphans
from services.engine.jobs.outcomes import JobResult
from services.engine.jobs.queue import Job
from services.engine.jobs.tools import JobTools
from services.engine.jobs.worker import Worker


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), JobStopped("stop")])
def test_files_of_a_job_that_was_not_completed_are_removed(tools, queued, monkeypatch, error: Exception) -> None:
    snapshot = tools.settings.datasets_path / "films" / "INTERACTIONS" / "snapshot-1"
    model = tools.settings.models_path / "abc"

    def written(tools: JobTools, job: Job, stop: threading.Event) -> JobResult:
        for folder in (snapshot, model):
            folder.mkdir(parents=True)
        return JobResult()

    def not_completed(*_: object) -> None:
        assert snapshot.exists()
        raise error

    monkeypatch.setattr(worker, "runner_of", lambda kind: written)
    monkeypatch.setattr(worker, "complete_job", not_completed)
    with closing(Worker(tools.settings)) as running:
        running.run_job(tools.queue.claim(worker_pid=1))
    assert tools.queue.find(queued).state in ("failed", "stopped")
    assert not snapshot.exists()
    assert not model.exists()


def test_what_an_app_is_uploading_stays_for_a_day(tools: JobTools) -> None:
    scratch = tools.settings.scratch_path
    uploading, left, of_a_job = (scratch / name for name in ("explorer-batch-1", "explorer-batch-2", "export-3"))
    for folder in (uploading, left, of_a_job):
        folder.mkdir(parents=True)
    os.utime(left, (1, 1))
    remove_orphans(tools.settings, tools.resources)
    assert uploading.exists()
    assert not left.exists()
    assert not of_a_job.exists()
