"""Solution versions through boto3, trained by hand."""

import re

import pytest

from services.engine.api import limits
from tests.engine.helpers import HRNN, METRICS, PREFIX, refused


def test_version_passes_through_its_states(personalize, films, solution, worker):
    arn = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]

    def described():
        return personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]

    assert re.fullmatch(re.escape(solution) + "/[0-9a-f]{8}", arn)
    assert described()["status"] == "CREATE PENDING"
    assert described()["name"] == f"sequence/{arn[-8:]}"
    assert described()["datasetGroupArn"] == films.group
    assert (described()["trainingMode"], described()["trainingType"]) == ("FULL", "MANUAL")
    assert "trainingHours" not in described()
    worker.begin(arn)
    assert described()["status"] == "CREATE IN_PROGRESS"
    worker.complete(arn, body={"trainingHours": 0.25, "_metrics": METRICS})
    assert described()["status"] == "ACTIVE"
    assert described()["trainingHours"] == 0.25
    assert not any(name.startswith("_") for name in described())
    latest = personalize.describe_solution(solutionArn=solution)["solution"]["latestSolutionVersion"]
    assert (latest["solutionVersionArn"], latest["status"]) == (arn, "ACTIVE")


def test_version_keeps_its_solutions_config(personalize, films):
    config = {"algorithmHyperParameters": {"bptt": "8"}}
    solution = personalize.create_solution(
        name="s", datasetGroupArn=films.group, recipeArn=HRNN, solutionConfig=config
    )["solutionArn"]
    arn = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    version = personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]
    assert version["solutionConfig"] == config
    assert version["recipeArn"] == HRNN


def test_version_name_is_taken_once_in_a_solution(personalize, solution):
    arn = personalize.create_solution_version(solutionArn=solution, name="spring")["solutionVersionArn"]
    assert personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]["name"] == "spring"
    with refused("ResourceAlreadyExistsException", arn):
        personalize.create_solution_version(solutionArn=solution, name="spring")


@pytest.mark.parametrize("mode", ["UPDATE", "AUTOTRAIN"])
def test_version_refuses_modes_that_are_not_possible(personalize, solution, mode):
    with refused("InvalidInputException", f"trainingMode {mode}"):
        personalize.create_solution_version(solutionArn=solution, trainingMode=mode)


def test_version_needs_imported_interactions(personalize, worker):
    group = personalize.create_dataset_group(name="empty")["datasetGroupArn"]
    solution = personalize.create_solution(name="e", datasetGroupArn=group, recipeArn=HRNN)["solutionArn"]
    with refused("InvalidInputException", "no Interactions dataset"):
        personalize.create_solution_version(solutionArn=solution)


def test_version_waits_for_the_import_that_runs(personalize, films, engine, solution):
    engine.context.resources.update(films.interactions, body={"_snapshot": None})
    with refused("InvalidInputException", "Import at least 1000 interactions first"):
        personalize.create_solution_version(solutionArn=solution)
    job = personalize.create_dataset_import_job(
        jobName="again", datasetArn=films.interactions, dataSource={"dataLocation": "s3://local/x.csv"}
    )["datasetImportJobArn"]
    with refused("InvalidInputException", f"Wait until {job} is ACTIVE"):
        personalize.create_solution_version(solutionArn=solution)


def test_versions_that_may_wait_have_a_limit(personalize, solution, monkeypatch):
    monkeypatch.setattr(limits, "PENDING_SOLUTION_VERSIONS", 1)
    personalize.create_solution_version(solutionArn=solution)
    with refused("LimitExceededException", "PENDING or IN_PROGRESS"):
        personalize.create_solution_version(solutionArn=solution)


def test_waiting_version_is_stopped_at_once(engine, personalize, solution):
    arn = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    personalize.stop_solution_version_creation(solutionVersionArn=arn)
    version = personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]
    assert version["status"] == "CREATE STOPPED"
    assert engine.context.queue.claim(worker_pid=1) is None


def test_running_version_is_stopped_by_the_worker(engine, personalize, solution, worker):
    arn = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    worker.begin(arn)
    for _ in range(2):
        personalize.stop_solution_version_creation(solutionVersionArn=arn)
        version = personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]
        assert version["status"] == "CREATE STOPPING"
    assert engine.context.queue.find(arn).stop_requested


def test_version_that_has_ended_cannot_be_stopped(personalize, solution, train):
    with refused("InvalidInputException", "is ACTIVE; only one that is CREATE PENDING"):
        personalize.stop_solution_version_creation(solutionVersionArn=train(solution))


def test_metrics_are_there_when_the_version_is_active(personalize, solution, train, worker):
    arn = train(solution)
    answer = personalize.get_solution_metrics(solutionVersionArn=arn)
    assert answer["metrics"] == METRICS
    assert answer["solutionVersionArn"] == arn
    waiting = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    with refused("ResourceInUseException", "CREATE PENDING"):
        personalize.get_solution_metrics(solutionVersionArn=waiting)
    worker.fail(waiting, "Too few users.")
    with refused("InvalidInputException", "CREATE FAILED: Too few users."):
        personalize.get_solution_metrics(solutionVersionArn=waiting)


def test_list_of_versions_wants_its_solution(personalize, solution, train):
    arns = [train(solution), train(solution)]
    listed = personalize.list_solution_versions(solutionArn=solution)["solutionVersions"]
    assert [entry["solutionVersionArn"] for entry in listed] == arns
    assert set(listed[0]) == {
        "solutionVersionArn",
        "status",
        "trainingMode",
        "trainingType",
        "creationDateTime",
        "lastUpdatedDateTime",
    }
    with refused("ResourceNotFoundException", "The given solution does not exist"):
        personalize.list_solution_versions(solutionArn=f"{PREFIX}:solution/none")
