"""The embedded engine's functions beyond the API, with a real worker."""

import os
import signal

import pytest

from services.engine.errors import EngineError
from services.engine.jobs.evaluation.metrics import AWS_METRICS
from tests.engine.small_world import interactions_csv, small_world, until


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with small_world(tmp_path_factory.mktemp("capabilities") / "home") as opened:
        opened.group = opened.create_group()
        opened.imported = opened.import_csv(opened.group, interactions_csv())
        opened.hrnn = opened.train(opened.group, "aws-hrnn", "hrnn", epochs="3")
        yield opened


def test_a_finished_import_keeps_its_stages_and_log(world):
    job = world.engine.capabilities.job(world.imported)
    assert (job.kind, job.resource_kind, job.name, job.status) == ("import", "dataset-import-job", "first", "ACTIVE")
    assert [stage.name for stage in job.stages] == ["read", "check", "sort", "write"]
    assert all(stage.fraction == 1.0 and stage.ended_at is not None for stage in job.stages)
    assert (job.fraction, job.seconds_left, job.recipe) == (1.0, None, None)
    assert "1,500 rows read" in job.log[-1]


def test_a_finished_training_keeps_its_curve_beside_popularity(world):
    job = world.engine.capabilities.job(world.hrnn)
    assert job.recipe == "aws-hrnn"
    assert {1, 2, 3} <= {point.epoch for point in job.curve}
    assert len({point.baseline for point in job.curve}) == 1
    assert all(0 <= point.value <= 1 for point in job.curve)
    assert job.queued_at <= job.started_at <= job.ended_at


def test_the_evaluation_has_three_methods_with_intervals_and_agrees_with_the_api(world):
    evaluation = world.engine.capabilities.evaluation(world.hrnn)
    assert [method.name for method in evaluation.methods] == ["model", "popularity", "random"]
    metrics = world.personalize.get_solution_metrics(solutionVersionArn=world.hrnn)["metrics"]
    assert set(metrics) == set(AWS_METRICS)
    for key, value in metrics.items():
        estimate = evaluation.method("model").metrics[key]
        assert estimate.value == pytest.approx(value, abs=5e-5)
        assert estimate.low <= estimate.value <= estimate.high
    assert {"hit_rate_at_10", "hit_rate_at_25"} < set(evaluation.method("popularity").metrics)
    difference = evaluation.model_minus_popularity["precision_at_25"]
    model, popular = (evaluation.method(name).metrics["precision_at_25"].value for name in ("model", "popularity"))
    assert difference.value == pytest.approx(model - popular)
    assert evaluation.n_users == 6


def test_sizes_and_expectations(world):
    assert world.engine.capabilities.training_size(world.hrnn) == {"n_events": 1500, "n_users": 60, "n_items": 80}
    job = world.engine.capabilities.job(world.hrnn)
    own = world.engine.capabilities.seconds_expected("aws-hrnn", 1500)
    assert own == pytest.approx(job.ended_at - job.started_at)
    assert world.engine.capabilities.seconds_expected("aws-hrnn", 3000) == pytest.approx(2 * own)
    much = world.engine.capabilities.seconds_expected("aws-hrnn", 1_000_000)  # nothing seen of that size: the rule
    assert much == pytest.approx(116, rel=0.3), "what MovieLens 1M takes"
    assert world.engine.capabilities.seconds_expected("aws-hrnn-metadata", 100_000) == pytest.approx(37, rel=0.3)
    assert world.engine.capabilities.seconds_expected("aws-unheard-of", 1000) is None


def test_reasons_and_made_up_lists_agree_with_the_campaigns_own_answer(world):
    campaign, capabilities = world.deploy(world.hrnn, "films"), world.engine.capabilities
    shown = world.recommended(campaign, "u7", 10)
    events = capabilities.what_if.known_events(campaign, "u7")
    assert len(events) == 25
    assert list(capabilities.what_if.list_for_history(campaign, events, 10, user_id="u7").item_ids) == shown
    found = capabilities.what_if.reasons(campaign, "u7", shown, n_events=6)
    assert found.ranks.tolist() == list(range(1, 11))
    assert found.events == events[-6:]
    assert found.strengths.shape == found.ranks_without.shape == (10, 6)
    by_version = capabilities.what_if.reasons(world.hrnn, "u7", shown, n_events=6)
    assert by_version.ranks_without.tolist() == found.ranks_without.tolist()
    without = capabilities.what_if.list_for_history(
        campaign, events[:-1], 80, user_id="u7", also_had=[events[-1].item_id]
    ).item_ids
    assert [without.index(item_id) + 1 for item_id in shown] == found.ranks_without[:, -1].tolist()


def test_reasons_of_a_model_that_is_not_there_are_refused_in_words(world):
    nothing = "arn:aws:personalize:us-east-1:000000000000:{}/none"
    with pytest.raises(EngineError, match="campaign/none"):
        world.engine.capabilities.what_if.reasons(nothing.format("campaign"), "u7", ["i1"])
    with pytest.raises(EngineError, match="solution/none"):
        world.engine.capabilities.what_if.list_for_history(nothing.format("solution"), [], 5)


def test_what_does_not_exist_is_none(world):
    nothing = "arn:aws:personalize:us-east-1:000000000000:solution/none/0"
    capabilities = world.engine.capabilities
    assert capabilities.job(nothing) is None
    assert capabilities.evaluation(nothing) is None
    assert capabilities.training_size(nothing) is None


def test_a_running_job_is_listed_with_its_progress_and_a_failed_one_with_its_reason(world, worker_processes):
    until(world.worker_is_gone)
    arn = world.start_training(world.group, "aws-hrnn", "slow", epochs="200")
    pid = world.running_pid(arn, "train")
    until(lambda: world.engine.capabilities.job(arn).curve)
    until(lambda: any("epoch" in stage.note for stage in world.engine.capabilities.job(arn).stages))
    (job,) = world.engine.capabilities.jobs()
    assert job.arn == arn
    assert job.status == "CREATE IN_PROGRESS"
    assert 0 < job.fraction < 1
    os.kill(pid, signal.SIGKILL)
    until(lambda: world.engine.capabilities.jobs() == [])
    failed = world.engine.capabilities.job(arn)
    assert failed.status == "CREATE FAILED"
    assert "ended unexpectedly" in failed.failure_reason
    assert [job.arn for job in world.engine.capabilities.jobs(active_only=False)] == [world.imported, world.hrnn, arn]


def test_an_import_can_be_stopped_and_leaves_the_dataset_unchanged(world):
    capabilities, resources = world.engine.capabilities, world.engine.context.resources
    dataset = world.dataset_arn(world.group, "Interactions")
    before = resources.get("dataset", dataset)["_snapshot"]
    running = world.start_import(world.group, interactions_csv(n_users=5_000), "to-stop")
    waiting = world.start_import(world.group, interactions_csv(), "waiting")
    world.running_pid(running, "read")
    assert capabilities.stop(waiting)
    assert world.import_job(waiting)["status"] == "CREATE STOPPED"
    assert capabilities.stop(running)
    until(lambda: world.import_job(running)["status"] == "CREATE STOPPED")
    assert resources.get("dataset", dataset)["_snapshot"] == before
    assert not capabilities.stop(running)
    assert not capabilities.stop("arn:aws:personalize:us-east-1:000000000000:dataset-import-job/none")
