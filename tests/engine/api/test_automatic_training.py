"""performAutoTraining: off unless it is asked for; then versions are made when they are due."""

import itertools
import time

import pytest

from services.engine.jobs.training import automatic
from services.engine.testing import test_engine as opened_engine
from services.engine.testing import tiny_world
from tests.engine.helpers import POPULARITY, refused

HOUR, DAY = 3600, 86_400


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with opened_engine(tmp_path_factory.mktemp("automatic") / "home") as engine:
        yield engine, tiny_world(engine)


@pytest.fixture
def after(world, monkeypatch):
    """Queue and run what is due so many seconds from now; return how many trainings that were."""

    def run(seconds):
        moment = time.time() + seconds
        monkeypatch.setattr(automatic, "now", lambda: moment)
        n_due = automatic.queue_due_trainings(world[0].context.database)
        world[0].context.start_worker()
        return n_due

    return run


@pytest.fixture
def created(world):
    """Create solutions and delete them after the test."""
    personalize = world[0].client("personalize")
    arns = []

    def create(name, **more):
        request = {"name": name, "datasetGroupArn": world[1].group, "recipeArn": POPULARITY} | more
        arns.append(personalize.create_solution(**request)["solutionArn"])
        return arns[-1]

    yield create
    for arn in arns:
        personalize.delete_solution(solutionArn=arn)


def versions(world, solution):
    listed = world[0].client("personalize").list_solution_versions(solutionArn=solution)["solutionVersions"]
    describe = world[0].client("personalize").describe_solution_version
    arns = [version["solutionVersionArn"] for version in listed]
    return [describe(solutionVersionArn=arn)["solutionVersion"] for arn in arns]


def describe(world, solution):
    return world[0].client("personalize").describe_solution(solutionArn=solution)["solution"]


MOMENTS = itertools.count(int(time.time()))


def click(world):
    """Send an event that is like no other: a second one of the same second would be the same event."""
    world[0].client("personalize-events").put_events(
        trackingId=world[1].tracking_id,
        userId="u1",
        sessionId="s",
        eventList=[{"eventType": "view", "itemId": "i1", "sentAt": next(MOMENTS)}],
    )


def test_nothing_trains_by_itself_unless_it_is_asked_for(world, created, after):
    solution = created("quiet")
    assert describe(world, solution)["performAutoTraining"] is False
    assert after(40 * DAY) == 0
    assert versions(world, solution) == []


def test_versions_are_made_when_they_are_due(world, created, after):
    solution = created(
        "weekly",
        performAutoTraining=True,
        solutionConfig={"autoTrainingConfig": {"schedulingExpression": "rate(7 days)"}},
    )
    assert describe(world, solution)["performAutoTraining"] is True
    assert after(HOUR / 2) == 0
    assert after(HOUR + 1) == 1
    (first,) = versions(world, solution)
    assert (first["status"], first["trainingType"], first["trainingMode"]) == ("ACTIVE", "AUTOMATIC", "FULL")
    assert after(8 * DAY) == 0, "no interactions have arrived"
    click(world)
    assert after(6 * DAY) == 0
    assert after(8 * DAY) == 1
    assert len(versions(world, solution)) == 2


def test_a_version_by_hand_in_the_first_hour_takes_the_place_of_the_first(world, created, after):
    solution = created("by-hand", performAutoTraining=True)
    personalize = world[0].client("personalize")
    personalize.create_solution_version(solutionArn=solution)
    assert after(2 * HOUR) == 0
    personalize.create_solution_version(solutionArn=solution, trainingMode="AUTOTRAIN")
    assert [version["trainingMode"] for version in versions(world, solution)] == ["FULL", "AUTOTRAIN"]


def test_an_update_switches_it_on_and_off_and_changes_the_schedule(world, created, after):
    solution = created("changed")
    personalize = world[0].client("personalize")
    schedule = {"autoTrainingConfig": {"schedulingExpression": "rate(2 days)"}}
    with refused("InvalidInputException", "belongs to performAutoTraining"):
        personalize.update_solution(solutionArn=solution, solutionUpdateConfig=schedule)
    personalize.update_solution(solutionArn=solution, performAutoTraining=True, solutionUpdateConfig=schedule)
    shown = describe(world, solution)
    assert shown["solutionConfig"] == schedule
    assert shown["latestSolutionUpdate"]["performAutoTraining"] is True
    assert shown["latestSolutionUpdate"]["solutionUpdateConfig"] == schedule
    assert after(2 * HOUR) == 1
    click(world)
    assert after(3 * DAY) == 1
    personalize.update_solution(solutionArn=solution, performAutoTraining=False)
    click(world)
    assert after(30 * DAY) == 0


@pytest.mark.parametrize("expression", ["rate(0 days)", "rate(31 days)"])
def test_a_schedule_has_one_to_thirty_days(created, expression):
    with refused("InvalidInputException", "use rate(1 day) to rate(30 days)"):
        created(
            "bad", performAutoTraining=True, solutionConfig={"autoTrainingConfig": {"schedulingExpression": expression}}
        )


def test_autotrain_is_for_solutions_that_train_automatically(world, created):
    solution = created("manual")
    with refused("InvalidInputException", "AUTOTRAIN is for solutions that train automatically"):
        world[0].client("personalize").create_solution_version(solutionArn=solution, trainingMode="AUTOTRAIN")
