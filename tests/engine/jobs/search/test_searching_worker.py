"""Searches for the best settings through boto3 and a worker: results, progress, stop, crash."""

import os
import signal

import pytest

from tests.engine.small_world import interactions_csv, small_world, until

RECIPE = "arn:aws:personalize:::recipe/"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with small_world(tmp_path_factory.mktemp("searching") / "home") as opened:
        opened.group = opened.create_group()
        opened.import_csv(opened.group, interactions_csv())
        yield opened


def start(world, name, recipe, n_trials, algorithm=None, **ranges):
    config = {
        "algorithmHyperParameters": algorithm or {},
        "hpoConfig": {
            "hpoResourceConfig": {"maxNumberOfTrainingJobs": str(n_trials)},
            "hpoObjective": {"metricName": "precision_at_10"},
            "algorithmHyperParameterRanges": ranges,
        },
    }
    solution = world.personalize.create_solution(
        name=name,
        datasetGroupArn=world.group,
        recipeArn=RECIPE + recipe,
        performHPO=True,
        performAutoTraining=False,
        solutionConfig=config,
    )["solutionArn"]
    return world.personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]


def ended(world, arn):
    until(lambda: world.version(arn)["status"] in ("ACTIVE", "CREATE FAILED", "CREATE STOPPED"))
    return world.version(arn)


def test_counting_recipes_are_searched(world):
    arn = start(world, "sims", "aws-sims", 5)
    version = ended(world, arn)
    assert version["status"] == "ACTIVE"
    tuned = version["tunedHPOParams"]["algorithmHyperParameters"]
    assert set(tuned) == {"popularity_discount_factor", "min_cointeraction_count"}
    job = world.engine.capabilities.job(arn)
    assert [stage.name for stage in job.stages] == ["read", "prepare", "search", "train", "measure", "save"]
    assert job.fraction == 1.0
    trials = job.trials
    assert [trial.number for trial in trials] == [1, 2, 3, 4, 5]
    assert trials[0].settings == {"popularity_discount_factor": "0.5", "min_cointeraction_count": "3"}
    assert {trial.metric for trial in trials} == {"precision_at_10"}
    best = max(trials, key=lambda trial: trial.value)
    assert best.settings == tuned
    metrics = world.personalize.get_solution_metrics(solutionVersionArn=arn)["metrics"]
    assert metrics["precision_at_10"] >= 0
    # the time of a search is no estimate of that of a training
    assert world.engine.capabilities.seconds_expected("aws-sims", 1500) == pytest.approx(1.0, rel=0.1)


def test_learning_recipes_keep_what_is_given_and_show_the_curve_of_the_last_training(world):
    sizes = [{"name": "hidden_dimension", "minValue": 32, "maxValue": 48}]
    arn = start(world, "hrnn", "aws-hrnn", 2, {"epochs": "1"}, integerHyperParameterRanges=sizes)
    version = ended(world, arn)
    assert version["status"] == "ACTIVE"
    tuned = version["tunedHPOParams"]["algorithmHyperParameters"]
    assert list(tuned) == ["hidden_dimension"]
    assert 32 <= int(tuned["hidden_dimension"]) <= 48
    job = world.engine.capabilities.job(arn)
    assert [set(trial.settings) for trial in job.trials] == [{"hidden_dimension"}] * 2
    assert job.trials[0].settings == {"hidden_dimension": "43"}
    search = next(stage for stage in job.stages if stage.name == "search")
    assert job.curve
    assert all(job.started_at + point.seconds >= search.ended_at for point in job.curve)
    campaign = world.deploy(arn, "searched")
    assert len(world.recommended(campaign, "u1")) == 10


def test_a_search_is_stopped_within_a_trial(world):
    arn = start(world, "slow", "aws-hrnn", 3, {"epochs": "200"})
    world.running_pid(arn, "search")
    until(lambda: "trial 1 of 3, epoch" in str(world.engine.capabilities.job(arn).stages))
    world.personalize.stop_solution_version_creation(solutionVersionArn=arn)
    assert ended(world, arn)["status"] == "CREATE STOPPED"


def test_a_worker_killed_in_a_search_leaves_a_reason(world, worker_processes):
    until(world.worker_is_gone)
    before = set(world.engine.settings.models_path.glob("*"))
    arn = start(world, "killed", "aws-hrnn", 3, {"epochs": "200"})
    pid = world.running_pid(arn, "search")
    os.kill(pid, signal.SIGKILL)
    version = ended(world, arn)
    assert version["status"] == "CREATE FAILED"
    assert f"The worker process (pid {pid}) ended unexpectedly" in version["failureReason"]
    assert set(world.engine.settings.models_path.glob("*")) == before


@pytest.mark.slow
def test_automl_leaves_out_what_the_data_does_not_suit(world):
    few = world.create_group("few")  # it trains for as long as the recipe thinks right
    world.import_csv(few, interactions_csv(n_users=50, n_events=20, n_items=40), "few")
    recipes = [RECIPE + name for name in ("aws-hrnn-coldstart", "aws-hrnn-metadata", "aws-hrnn")]
    solution = world.personalize.create_solution(
        name="best",
        datasetGroupArn=few,
        performAutoML=True,
        performAutoTraining=False,
        solutionConfig={"autoMLConfig": {"recipeList": recipes}},
    )["solutionArn"]
    arn = world.personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    version = ended(world, arn)
    assert version["status"] == "ACTIVE"
    assert version["recipeArn"] == RECIPE + "aws-hrnn"
    described = world.personalize.describe_solution(solutionArn=solution)["solution"]
    assert described["autoMLResult"] == {"bestRecipeArn": RECIPE + "aws-hrnn"}
    log = "\n".join(world.engine.capabilities.job(arn).log)
    assert "aws-hrnn-coldstart is left out" in log
    assert "aws-hrnn-metadata is left out" in log
