import threading

import pytest

from services.engine.errors import JobStopped
from services.engine.jobs import records
from services.engine.jobs.progress import Heartbeat, JobProgress
from services.engine.jobs.records import Stage

STAGES = (("read", 1.0), ("train", 3.0))


def test_stages_are_planned_with_shares_that_sum_to_one(tools, queued):
    job = tools.queue.claim(1)
    JobProgress(tools.database, job, STAGES)
    assert [(s.name, s.share, s.started_at) for s in records.stages(tools.database, job.number)] == [
        ("read", 0.25, None),
        ("train", 0.75, None),
    ]


def test_a_stage_ends_the_one_before_it(tools, queued):
    job = tools.queue.claim(1)
    progress = JobProgress(tools.database, job, STAGES)
    progress.stage("read")
    progress.stage("train", "epoch 1")
    progress.update(0.5, "epoch 2")
    read, train = records.stages(tools.database, job.number)
    assert (read.fraction, read.ended_at is not None) == (1.0, True)
    assert (train.fraction, train.note, train.ended_at) == (0.5, "epoch 2", None)
    assert records.fraction_done((read, train)) == pytest.approx(0.625)


def test_updates_are_written_a_few_times_a_second_only(tools, queued):
    job = tools.queue.claim(1)
    progress = JobProgress(tools.database, job, STAGES)
    progress.stage("read")
    progress.update(0.1)
    progress.update(0.2)
    assert records.stages(tools.database, job.number)[0].fraction == 0.1
    progress.update(1.0)  # the end is always written
    assert records.stages(tools.database, job.number)[0].fraction == 1.0


def test_an_unknown_stage_is_refused(tools, queued):
    progress = JobProgress(tools.database, tools.queue.claim(1), STAGES)
    with pytest.raises(KeyError):
        progress.stage("dance")


def test_update_raises_when_a_stop_was_asked_for(tools, queued):
    stop = threading.Event()
    progress = JobProgress(tools.database, tools.queue.claim(1), STAGES, stop)
    progress.stage("read")
    stop.set()
    with pytest.raises(JobStopped):
        progress.update(0.5)


def test_curve_points_carry_the_baseline_and_a_log_line(tools, queued):
    job = tools.queue.claim(1)
    progress = JobProgress(tools.database, job, STAGES)
    progress.baseline = 0.25
    progress.curve_point(1, 0.3)
    progress.curve_point(2, 0.4)
    curve = records.curve(tools.database, job.number)
    assert [(p.epoch, p.value, p.baseline) for p in curve] == [(1, 0.3, 0.25), (2, 0.4, 0.25)]
    assert "0.4000" in records.log_tail(tools.database, job.number, 1)[0]


def test_the_heartbeat_sees_a_stop_that_another_process_asked_for(tools, queued):
    job = tools.queue.claim(1)
    tools.queue.request_stop(queued)
    with Heartbeat(tools.database, job) as heartbeat:
        assert heartbeat.stop.wait(timeout=10)


def test_time_left_follows_the_stage_that_runs():
    stages = (
        Stage("read", 0.2, 1.0, "", 0.0, 10.0),
        Stage("train", 0.6, 0.5, "", 10.0, None),
        Stage("save", 0.2, 0.0, "", None, None),
    )
    # half of the training took 30 s: 30 s remain of it, and saving is a third as long as training's 60 s
    assert records.seconds_left(stages, 40.0) == pytest.approx(50.0)


def test_time_left_of_the_short_stages_follows_the_longest():
    stages = (
        Stage("train", 0.9, 1.0, "", 0.0, 45.0),
        Stage("measure", 0.05, 1.0, "", 45.0, 46.0),
        Stage("save", 0.05, 0.04, "", 46.0, None),
    )
    # training took half a second per hundredth of the work, and 4.8 hundredths are left; saving has just begun
    assert records.seconds_left(stages, 48.0) == pytest.approx(2.4)


def test_time_left_is_unknown_before_a_stage_has_got_anywhere():
    assert records.seconds_left((Stage("read", 1.0, 0.001, "", 0.0, None),), 5.0) is None
    assert records.seconds_left((), 5.0) is None
