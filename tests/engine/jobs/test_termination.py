"""A worker process that is terminated, or that hangs, in the middle of any code: it ends, and says why."""

import signal
import subprocess
import sys

import pytest

from services.engine.jobs import launcher
from services.engine.jobs.lock import WorkerLock
from services.engine.settings import EngineSettings
from tests.engine.small_world import until

pytestmark = pytest.mark.usefixtures("worker_processes")

PROGRAM = """
import sys, threading, time
from services.engine.errors import JobStopped
from services.engine.jobs import termination, worker
from services.engine.jobs.outcomes import JobResult
from services.engine.jobs.progress import JobProgress

termination.GRACE_S = 0.5

def run(tools, job, stop):
    JobProgress(tools.database, job, [("read", 1.0)], stop).stage("read")
    {body}

worker.runner_of = lambda kind: run
sys.exit(worker.main(sys.argv[1:]))
"""
BODIES = {
    "it asks whether to stop": "while not stop.wait(0.01): pass\n    raise JobStopped",
    "it waits for something that never comes": "threading.Event().wait()",
    "it turns everything into an error of its own": (
        "try: time.sleep(300)\n    except BaseException as e: raise RuntimeError('Query interrupted') from e"
    ),
    "it runs a statement of a library": (
        "import duckdb\n    duckdb.connect().execute('SELECT sum(hash(a.range * b.range)) "
        "FROM range(10000000) a, range(10000000) b')"
    ),
    "it writes to the database": (
        "with tools.database.atomic():\n        tools.resources.update(job.arn, body={'half': 'done'})\n"
        "        threading.Event().wait()"
    ),
}


def start(settings: EngineSettings, body: str) -> subprocess.Popen:
    """Start a worker whose jobs run this code, as the launcher starts one."""
    with WorkerLock.take(settings) as lock:
        _, _, _, *arguments = launcher.worker_command(settings, lock)
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM.format(body=body), *arguments],
            env=launcher.worker_environment(settings),
            pass_fds=(lock.descriptor,),
            stderr=subprocess.DEVNULL,
        )


@pytest.fixture
def waiting(tools, queued):
    """Queue a second job and return its ARN."""
    arn = queued.replace("first", "second")
    with tools.database.atomic():
        tools.resources.insert("dataset-import-job", arn, {"jobName": "second"}, status="CREATE PENDING")
        tools.queue.enqueue("import", arn, {})
    return arn


def stage_has_begun(tools):
    query = "SELECT count(*) FROM job_stages WHERE started_at IS NOT NULL"
    return tools.database.reader().execute(query).fetchone()[0]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_sigterm_ends_a_worker_whatever_it_is_doing(tools, queued, waiting, body):
    with start(tools.settings, body) as process:
        until(lambda: stage_has_begun(tools))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 128 + signal.SIGTERM
    assert tools.queue.find(waiting).state == "queued"
    launcher.fail_abandoned_jobs(tools.database, tools.resources, tools.queue)
    import_job = tools.resources.get("dataset-import-job", queued)
    assert import_job.status == "CREATE FAILED"
    assert "half" not in import_job.body
    if "atomic" not in body:  # there the database is locked, and the next request finds the abandoned job
        assert "terminated (SIGTERM) while it was importing" in import_job.failure_reason
    assert "unexpected stopped" not in import_job.failure_reason


def test_sigterm_ends_an_idle_worker(tools):
    with start(tools.settings, "") as process:
        until(lambda: (tools.settings.home / "worker.lock").read_text() == "0")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 128 + signal.SIGTERM


def test_a_job_that_makes_no_progress_is_given_up_and_the_next_one_runs(tools, queued, waiting):
    settings = EngineSettings(home=tools.settings.home, worker_silent_s=1.0)
    with start(settings, BODIES["it waits for something that never comes"]) as process:
        assert process.wait(timeout=60) == 1
    assert "made no progress for" in tools.resources.get("dataset-import-job", queued).failure_reason
    with start(settings, "return JobResult()") as process:
        until(lambda: tools.queue.find(waiting).state == "done")
        process.terminate()


def test_a_job_that_makes_progress_is_not_given_up(tools, queued):
    settings = EngineSettings(home=tools.settings.home, worker_silent_s=1.0, worker_idle_s=0.1)
    body = """progress = JobProgress(tools.database, job, [("read", 1.0)], stop)
    progress.stage("read")
    for step in range(12):
        time.sleep(0.3)
        progress.update(step / 12)
    return JobResult()"""
    with start(settings, body) as process:
        assert process.wait(timeout=60) == 0
    assert tools.queue.find(queued).state == "done"
