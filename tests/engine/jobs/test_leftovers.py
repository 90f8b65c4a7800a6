"""What a job has written when it cannot be completed: the worker that goes on removes it."""

import threading
from contextlib import closing

import pytest

from services.engine.errors import JobStopped
from services.engine.jobs import worker
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
