"""The file that a long training leaves: whole or absent, found by the next version of its solution, removed in time."""

import numpy as np
import pytest

from services.engine.jobs import records
from services.engine.jobs.housekeeping import remove_orphans
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.training.checkpoints import TrainingCheckpoints, checkpoint_path

SOLUTION = "arn:aws:personalize:us-east-1:000000000000:solution/mine"
WEIGHTS = {"network.w": np.arange(6, dtype=np.float32).reshape(2, 3)}


@pytest.fixture
def progress(tools, queued):
    made = JobProgress(tools.database, tools.queue.claim(1), [("train", 1.0)])
    made.stage("train")
    return made


def test_what_was_saved_is_found_by_the_next_training_of_the_solution(tools, progress):
    TrainingCheckpoints(tools.settings, SOLUTION, progress).save(WEIGHTS)
    found = TrainingCheckpoints(tools.settings, SOLUTION, progress).load()
    assert list(found) == ["network.w"]
    np.testing.assert_array_equal(found["network.w"], WEIGHTS["network.w"])
    assert TrainingCheckpoints(tools.settings, f"{SOLUTION}-other", progress).load() is None


def test_it_is_worth_saving_only_after_a_while(tools, progress):
    assert not TrainingCheckpoints(tools.settings, SOLUTION, progress).due
    at_once = TrainingCheckpoints(tools.settings, SOLUTION, progress, save_every_s=0)
    assert at_once.due


@pytest.mark.parametrize("content", [b"", b"\x00" * 40, b"\xff" * 40])
def test_a_file_that_cannot_be_read_counts_as_none(tools, progress, content):
    path = checkpoint_path(tools.settings, SOLUTION)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert TrainingCheckpoints(tools.settings, SOLUTION, progress).load() is None


def test_the_speed_counts_the_time_of_the_earlier_training(tools, progress):
    checkpoints = TrainingCheckpoints(tools.settings, SOLUTION, progress)
    checkpoints._started -= 600
    checkpoints.save(WEIGHTS)
    again = TrainingCheckpoints(tools.settings, SOLUTION, progress)
    again.load()
    again.resumed(0.5, "going on after epoch 2 of 4")
    job = tools.queue.in_state("running")[0]
    stage = records.stages(tools.database, job.number)[0]
    left = records.seconds_left((stage,), job.started_at)
    assert stage.note == "going on after epoch 2 of 4"
    assert 590 < left < 610
    assert any("earlier training" in line for line in records.log_tail(tools.database, job.number, 10))


def test_a_finished_training_and_a_deleted_solution_leave_nothing(tools, progress):
    checkpoints = TrainingCheckpoints(tools.settings, SOLUTION, progress)
    checkpoints.save(WEIGHTS)
    checkpoints.remove()
    assert checkpoints.load() is None
    with tools.database.atomic():
        tools.resources.insert("solution", SOLUTION, {"name": "mine"}, status="ACTIVE")
    checkpoints.save(WEIGHTS)
    TrainingCheckpoints(tools.settings, f"{SOLUTION}-deleted", progress).save(WEIGHTS)
    remove_orphans(tools.settings, tools.resources)
    assert [path.name for path in tools.settings.checkpoints_path.iterdir()] == ["mine.safetensors"]
