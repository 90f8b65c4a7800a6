import errno

import pytest

from services.engine.errors import InvalidInput, JobFailed, JobStopped
from services.engine.jobs.failures import failure_reason
from services.engine.jobs.outcomes import JobResult, begin_job, complete_job, fail_abandoned_jobs, stop_job
from services.engine.jobs.progress import JobProgress


def status(tools, arn):
    resource = tools.resources.get("dataset-import-job", arn)
    return resource.status, resource.failure_reason


def test_a_job_completes_together_with_all_that_it_changes(tools, queued):
    dataset = tools.resources.insert("dataset", "arn:x:dataset/films/ITEMS", {"name": "items"}, status="ACTIVE")
    job = tools.queue.claim(1)
    begin_job(tools.database, tools.resources, job)
    assert status(tools, queued) == ("CREATE IN_PROGRESS", None)
    result = JobResult({"rows": 3}, {dataset.arn: {"_snapshot": {"path": "p"}}})
    complete_job(tools.database, tools.resources, tools.queue, job, result)
    assert status(tools, queued) == ("ACTIVE", None)
    assert tools.resources.get("dataset", dataset.arn)["_snapshot"] == {"path": "p"}
    assert tools.queue.find(queued).state == "done"


def test_a_result_that_cannot_be_written_changes_nothing(tools, queued):
    job = tools.queue.claim(1)
    missing = JobResult({"rows": 3}, {"arn:x:dataset/gone/ITEMS": {"_snapshot": {}}})
    with pytest.raises(Exception, match="does not exist"):
        complete_job(tools.database, tools.resources, tools.queue, job, missing)
    assert tools.queue.find(queued).state == "running"
    assert "rows" not in tools.resources.get("dataset-import-job", queued).body


def test_a_stop_wins_over_a_result_that_comes_later(tools, queued):
    job = tools.queue.claim(1)
    tools.queue.request_stop(queued)
    with pytest.raises(JobStopped):
        complete_job(tools.database, tools.resources, tools.queue, job, JobResult())
    stop_job(tools.database, tools.resources, tools.queue, job)
    assert status(tools, queued) == ("CREATE STOPPED", None)


def test_a_left_job_fails_with_what_happened(tools, queued):
    job = tools.queue.claim(4711)
    progress = JobProgress(tools.database, job, (("read", 0.5), ("write", 0.5)))
    progress.stage("read")
    progress.stage("write")
    fail_abandoned_jobs(tools.database, tools.resources, tools.queue)
    state, reason = status(tools, queued)
    assert state == "CREATE FAILED"
    assert "pid 4711" in reason
    assert "importing, 50 % done" in reason
    assert "The dataset is unchanged. Start it again." in reason


def test_a_left_job_that_was_to_stop_is_stopped(tools, queued):
    tools.queue.claim(4711)
    tools.queue.request_stop(queued)
    fail_abandoned_jobs(tools.database, tools.resources, tools.queue)
    assert status(tools, queued) == ("CREATE STOPPED", None)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (JobFailed("Row 7 is bad."), "Row 7 is bad."),
        (InvalidInput("No such file."), "No such file."),
        (MemoryError(), "not enough memory for importing"),
        (
            RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"),
            "not enough memory",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), "is full"),
        (ZeroDivisionError("secret row content"), "unexpected stopped the importing: ZeroDivisionError"),
    ],
)
def test_reasons_are_sentences(tools, queued, error, words):
    reason = failure_reason(error, tools.queue.claim(1), tools.settings)
    assert words in reason
    assert "Traceback" not in reason
    assert "secret" not in reason
