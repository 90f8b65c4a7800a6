"""Recipes that a backend has: the engine has every one, an account of today has successors of the legacy ones."""

from functools import partial
from types import SimpleNamespace

import pytest

from services.engine.testing import test_engine, tiny_world
from services.engine.wire.hook import make_client
from services.engine.wire.like_aws.account import AccountDispatcher
from services.engine.wire.like_aws.behaviour import Behaviour
from services.filters import named
from services.personalize.legacy.stand_ins import current, offered
from services.personalize.recipe_names import HRNN, HRNN_COLDSTART, HRNN_METADATA, POPULARITY_COUNT, SIMS
from services.personalize.recipe_names import USER_PERSONALIZATION as SUCCESSOR
from services.personalize.training import create_solution, train
from services.personalize.waiting import wait_until_active
from services.remembered import Remembered
from services.sandbox.tracker import tracking_id

SETTINGS = {"hidden_dimension": "43", "bptt": "32", "min_user_history_length_percentile": "0.1"}


@pytest.fixture(scope="module")
def backends(tmp_path_factory):
    """Give the engine, and the same engine as an account of today, with a shop in it."""
    with test_engine(tmp_path_factory.mktemp("current")) as engine:
        group = tiny_world(engine).group
        account = AccountDispatcher(engine.context, Behaviour(seconds=0.0, rate=0.0))
        today = SimpleNamespace(
            kind="aws", capabilities=None, personalize=make_client("personalize", account, "us-east-1"), group=group
        )
        yield SimpleNamespace(kind="embedded", personalize=engine.client("personalize")), today


@pytest.mark.parametrize("recipe", [HRNN, HRNN_METADATA, HRNN_COLDSTART, SIMS, POPULARITY_COUNT])
def test_the_engine_trains_what_it_is_asked_for(backends, recipe):
    engine, _ = backends
    chosen = current(engine, recipe)
    assert (chosen.recipe, chosen.differs, chosen.campaign_config) == (recipe, "", {})
    assert chosen.settings(SETTINGS) == SETTINGS
    assert chosen.config({"hpoConfig": {}}) == {"hpoConfig": {}}


def test_an_account_of_today_has_every_page_of_recipes_but_the_legacy_ones(backends):
    _, today = backends
    assert {SUCCESSOR, SIMS, POPULARITY_COUNT} <= offered(today)
    assert not {HRNN, HRNN_METADATA, HRNN_COLDSTART} & offered(today)
    assert current(today, SIMS).recipe == SIMS


@pytest.mark.parametrize(
    ("recipe", "weight", "words"),
    [
        (HRNN, "0", "without exploration"),
        (HRNN_METADATA, "0", "uses the columns too"),
        (HRNN_COLDSTART, "1", "tries new items instead"),
    ],
)
def test_a_successor_stands_in_and_says_what_differs(backends, recipe, weight, words):
    _, today = backends
    chosen = current(today, recipe)
    assert chosen.recipe == SUCCESSOR
    assert chosen.campaign_config["itemExplorationConfig"]["explorationWeight"] == weight
    assert words in chosen.differs


def test_a_successor_gets_only_the_settings_that_it_has(backends):
    """So that a solution can be made of them; a setting of HRNN alone would be refused."""
    _, today = backends
    chosen = current(today, HRNN)
    assert chosen.settings(SETTINGS) == {"hidden_dimension": "43", "bptt": "32"}
    config = {"algorithmHyperParameters": SETTINGS, "hpoConfig": {}, "trainingDataConfig": {}}
    assert chosen.config(config) == {
        "algorithmHyperParameters": {"hidden_dimension": "43", "bptt": "32"},
        "trainingDataConfig": {},
    }
    arn = create_solution(today, today.group, "successor", chosen.recipe, hyperparameters=chosen.settings(SETTINGS))
    described = today.personalize.describe_solution(solutionArn=arn)["solution"]
    assert described["recipeArn"].endswith(SUCCESSOR)
    assert described["performAutoTraining"] is False, "nothing trains, and costs, by itself"


def test_what_takes_its_time_to_be_made_is_waited_for_before_it_is_used(tmp_path):
    with test_engine(tmp_path) as engine:
        group = tiny_world(engine).group
        for tracker in engine.client("personalize").list_event_trackers()["eventTrackers"]:
            engine.client("personalize").delete_event_tracker(eventTrackerArn=tracker["eventTrackerArn"])
        account = AccountDispatcher(engine.context, Behaviour(seconds=0.2, rate=0.0))
        personalize = make_client("personalize", account, "us-east-1")
        for job in personalize.list_dataset_import_jobs()["datasetImportJobs"]:  # they take the account's time too
            arn = job["datasetImportJobArn"]
            wait_until_active(
                partial(personalize.describe_dataset_import_job, datasetImportJobArn=arn), timeout_s=10, interval_s=0.02
            )
        slow = SimpleNamespace(
            kind="aws", capabilities=None, personalize=personalize, poll_s=0.02, remembered=Remembered()
        )
        assert train(slow, group, "slow", POPULARITY_COUNT).startswith("arn:aws:personalize")
        made = named.create(slow, "shop", "in-stock", 'INCLUDE ItemID WHERE Items.AVAILABLE IN ("True")')
        assert made.status == "ACTIVE"
        tracking_id(slow, "shop")
        (tracker,) = personalize.list_event_trackers()["eventTrackers"]
        assert tracker["status"] == "ACTIVE"
