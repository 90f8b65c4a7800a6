"""Real worker processes: the whole walk, and what is true after one was killed."""

import os
import signal
import subprocess
import sys

import pytest

from services.engine import open_engine
from services.engine.jobs.launcher import worker_environment
from services.engine.jobs.worker import peak_memory_mb
from tests.engine.small_world import interactions_csv, small_world, until

pytestmark = pytest.mark.usefixtures("worker_processes")

INTERACTIONS_CSV = interactions_csv()
SLOW = {"epochs": "200"}  # an aws-hrnn training that lasts much longer than any of these tests


@pytest.fixture
def world(tmp_path):
    with small_world(tmp_path / "home") as opened:
        yield opened
        for pid in {job.worker_pid for job in opened.engine.context.queue.in_state("running")}:
            os.kill(pid, signal.SIGKILL)


def test_from_a_file_to_recommendations(world):
    group = world.create_group()
    world.import_csv(group, INTERACTIONS_CSV)
    version = world.train(group, "aws-popularity-count", "popular")
    campaign = world.deploy(version, "popular")
    assert len(world.recommended(campaign, "u1")) == 10
    assert world.recommended(campaign, "u1") == world.recommended(campaign, "a new user")
    metrics = world.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
    assert 0 < metrics["precision_at_25"] < 1
    assert world.version(version)["trainingHours"] > 0


def test_a_worker_serves_the_next_job_too_and_leaves_when_there_is_none(world):
    group = world.create_group()
    first = world.import_csv(group, INTERACTIONS_CSV, "first")
    second = world.import_csv(group, INTERACTIONS_CSV, "second")
    queue = world.engine.context.queue
    assert queue.find(first).worker_pid == queue.find(second).worker_pid
    until(world.worker_is_gone)
    third = world.import_csv(group, INTERACTIONS_CSV, "third")
    assert queue.find(third).worker_pid != queue.find(first).worker_pid


def test_bad_data_leaves_the_data_set_as_it_was(world):
    group = world.create_group()
    world.import_csv(group, INTERACTIONS_CSV)
    before = world.engine.context.resources.get("dataset", world.dataset_arn(group, "Interactions"))["_snapshot"]
    bad = world.start_import(group, INTERACTIONS_CSV.replace("USER_ID", "VISITOR"), "bad")
    until(lambda: world.import_job(bad)["status"] == "CREATE FAILED")
    assert "USER_ID" in world.import_job(bad)["failureReason"]
    after = world.engine.context.resources.get("dataset", world.dataset_arn(group, "Interactions"))["_snapshot"]
    assert after == before


def test_a_snapshot_that_was_replaced_goes(world):
    group = world.create_group()
    world.import_csv(group, INTERACTIONS_CSV, "first")
    world.import_csv(group, interactions_csv(seed=1), "second")
    folder = world.engine.settings.datasets_path / "films" / "INTERACTIONS"
    until(lambda: len([path for path in folder.iterdir() if path.is_dir()]) == 1)


def test_a_home_that_was_moved_goes_on_where_it_is(tmp_path):
    with small_world(tmp_path / "home") as world:
        group = world.create_group()
        world.import_csv(group, INTERACTIONS_CSV)
        version = world.train(group, "aws-popularity-count", "popular")
        before = world.recommended(world.deploy(version, "popular"), "u1")
        until(world.worker_is_gone)
    (tmp_path / "home").rename(tmp_path / "elsewhere")
    with small_world(tmp_path / "elsewhere") as moved:
        again = moved.personalize.create_solution_version(solutionArn=moved.version(version)["solutionArn"])
        until(lambda: moved.version(again["solutionVersionArn"])["status"] == "ACTIVE")
        assert moved.recommended(version.split("solution/")[0] + "campaign/popular", "u1") == before


def test_a_worker_killed_in_an_import(world):
    group = world.create_group()
    world.import_csv(group, INTERACTIONS_CSV)
    big = interactions_csv(n_users=20_000, n_events=25)
    arn = world.start_import(group, big, "big")
    pid = world.running_pid(arn, "read")
    os.kill(pid, signal.SIGKILL)
    until(lambda: world.import_job(arn)["status"] != "CREATE IN_PROGRESS")
    failed = world.import_job(arn)
    assert failed["status"] == "CREATE FAILED"
    assert f"The worker process (pid {pid}) ended unexpectedly while it was importing" in failed["failureReason"]
    dataset = world.engine.context.resources.get("dataset", world.dataset_arn(group, "Interactions"))
    assert dataset["_snapshot"]["n_rows"] == 60 * 25

    world.import_csv(group, big, "again")
    dataset = world.engine.context.resources.get("dataset", world.dataset_arn(group, "Interactions"))
    assert dataset["_snapshot"]["n_rows"] == 20_000 * 25
    folders = world.engine.settings.datasets_path / "films" / "INTERACTIONS"
    until(lambda: [path.name for path in folders.iterdir()] == [os.path.basename(dataset["_snapshot"]["path"])])


def test_a_worker_killed_in_training(world):
    group = world.create_group()
    world.import_csv(group, INTERACTIONS_CSV)
    arn = world.start_training(group, "aws-hrnn", "slow", **SLOW)
    pid = world.running_pid(arn, "train")
    os.kill(pid, signal.SIGKILL)
    until(lambda: world.version(arn)["status"] != "CREATE IN_PROGRESS")
    failed = world.version(arn)
    assert failed["status"] == "CREATE FAILED"
    assert f"The worker process (pid {pid}) ended unexpectedly while it was training" in failed["failureReason"]
    assert not list(world.engine.settings.models_path.glob("*"))
    again = world.personalize.create_solution_version(solutionArn=failed["solutionArn"])["solutionVersionArn"]
    assert world.running_pid(again, "train") != pid


def test_jobs_that_wait_behind_a_killed_one_are_done(world):
    group = world.create_group()
    world.import_csv(group, INTERACTIONS_CSV)
    slow = world.start_training(group, "aws-hrnn", "slow", **SLOW)
    pid = world.running_pid(slow)
    waiting = world.start_training(group, "aws-popularity-count", "popular")
    os.kill(pid, signal.SIGKILL)
    until(lambda: world.version(waiting)["status"] == "ACTIVE")
    assert world.version(slow)["status"] == "CREATE FAILED"


def test_a_worker_that_is_told_to_end_says_so(world):
    group = world.create_group()
    world.import_csv(group, INTERACTIONS_CSV)
    arn = world.start_training(group, "aws-hrnn", "slow", **SLOW)
    os.kill(world.running_pid(arn, "train"), signal.SIGTERM)
    until(lambda: world.version(arn)["status"] == "CREATE FAILED")
    assert "SIGTERM" in world.version(arn)["failureReason"]
    until(world.worker_is_gone)


def test_a_training_is_stopped_and_the_worker_goes_on(world):
    group = world.create_group()
    world.import_csv(group, INTERACTIONS_CSV)
    arn = world.start_training(group, "aws-hrnn", "slow", **SLOW)
    waiting = world.start_training(group, "aws-hrnn", "waiting", **SLOW)
    pid = world.running_pid(arn, "train")
    world.personalize.stop_solution_version_creation(solutionVersionArn=waiting)
    assert world.version(waiting)["status"] == "CREATE STOPPED"
    world.personalize.stop_solution_version_creation(solutionVersionArn=arn)
    assert world.version(arn)["status"] in ("CREATE STOPPING", "CREATE STOPPED")
    until(lambda: world.version(arn)["status"] == "CREATE STOPPED")
    popular = world.train(group, "aws-popularity-count", "popular")
    assert world.engine.context.queue.find(popular).worker_pid == pid


def test_two_engines_on_one_home_share_one_worker_and_one_truth(world, tmp_path):
    group = world.create_group()
    with small_world(tmp_path / "home") as other:
        first = world.start_import(group, INTERACTIONS_CSV, "first")
        second = other.start_import(group, INTERACTIONS_CSV, "second")
        until(lambda: {other.import_job(first)["status"], world.import_job(second)["status"]} == {"ACTIVE"})
        queue = world.engine.context.queue
        assert queue.find(first).worker_pid == queue.find(second).worker_pid
        campaign = world.deploy(world.train(group, "aws-popularity-count", "popular"), "popular")
        assert other.recommended(campaign, "u1") == world.recommended(campaign, "u1")


def other_process(code, *arguments):
    """Return a process that has one line of Python to run, with a world `w` opened on the first argument."""
    head = "import sys, time; from pathlib import Path; from tests.engine.small_world import small_world\n"
    command = [sys.executable, "-c", f"{head}with small_world(Path(sys.argv[1])) as w: {code}", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_an_engine_that_was_closed_leaves_its_job_running(world, tmp_path):
    group = world.create_group()
    world.import_csv(group, INTERACTIONS_CSV)
    start = "print(w.start_training(sys.argv[2], 'aws-popularity-count', 'popular'))"
    with other_process(start, tmp_path / "home", group) as app:
        arn = app.communicate(timeout=60)[0].strip()
    # nothing polls the API here, so only the closed engine can have started a worker
    until(lambda: world.engine.context.queue.find(arn).state == "done")
    assert world.version(arn)["status"] == "ACTIVE"


def test_an_app_that_is_killed_leaves_its_job_running(world, tmp_path):
    group = world.create_group()
    world.import_csv(group, INTERACTIONS_CSV)
    until(world.worker_is_gone)
    start = "print(w.start_training(sys.argv[2], 'aws-hrnn', 'slow', epochs='200'), flush=True); time.sleep(600)"
    with other_process(start, tmp_path / "home", group) as app:
        arn = app.stdout.readline().strip()
        pid = world.running_pid(arn)
        os.kill(app.pid, signal.SIGKILL)
        app.wait()
        assert world.running_pid(arn, "train") == pid
        assert world.version(arn)["status"] == "CREATE IN_PROGRESS"


def test_an_app_that_is_killed_leaves_its_import_running(world, tmp_path):
    group = world.create_group()
    world.import_csv(group, INTERACTIONS_CSV)
    until(world.worker_is_gone)
    (tmp_path / "big.csv").write_text(interactions_csv(n_users=20_000, n_events=25))
    start = (
        "from pathlib import Path; "
        "print(w.start_import(sys.argv[2], Path(sys.argv[3]).read_text(), 'big'), flush=True); time.sleep(600)"
    )
    with other_process(start, tmp_path / "home", group, str(tmp_path / "big.csv")) as app:
        arn = app.stdout.readline().strip()
        pid = world.running_pid(arn)
        os.kill(app.pid, signal.SIGKILL)
        app.wait()
    until(lambda: world.import_job(arn)["status"] in ("ACTIVE", "CREATE FAILED"))  # it may still be pending
    assert world.import_job(arn)["status"] == "ACTIVE"
    assert world.engine.context.queue.find(arn).worker_pid == pid
    dataset = world.engine.context.resources.get("dataset", world.dataset_arn(group, "Interactions"))
    assert dataset["_snapshot"]["n_rows"] == 20_000 * 25


def test_a_second_worker_of_a_home_leaves_at_once(world):
    group = world.create_group()
    world.import_csv(group, INTERACTIONS_CSV)
    arn = world.start_training(group, "aws-hrnn", "slow", **SLOW)
    world.running_pid(arn)
    settings = world.engine.settings
    second = subprocess.run(
        [sys.executable, "-m", "services.engine.jobs.worker", "--home", str(settings.home)],
        env=worker_environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert second.returncode == 1
    assert "another worker holds" in second.stderr


def test_a_worker_started_by_hand_does_what_waits(tmp_path):
    engine = open_engine(tmp_path / "home")
    settings = engine.settings
    engine.close()
    environment = worker_environment(settings) | {"PERSONALIZE_WORKER_IDLE_S": "0.2"}
    done = subprocess.run(
        [sys.executable, "-m", "services.engine.jobs.worker", "--home", str(settings.home)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    assert "worker exits: no jobs" in done.stderr


def test_a_process_knows_its_own_peak_whatever_started_it():
    held = bytearray(300 << 20)
    held[:: 1 << 12] = b"x" * len(held[:: 1 << 12])
    program = "from services.engine.jobs.worker import peak_memory_mb; print(peak_memory_mb())"
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert 5 < float(finished.stdout) < 250
    assert peak_memory_mb() > 300
    del held
