"""trainingMode UPDATE: new items enter aws-user-personalization without a training."""

import json

import pytest

from services.engine.testing import test_engine as opened_engine
from services.engine.testing import tiny_world
from tests.engine.helpers import PREFIX, refused

EPOCHS = {"algorithmHyperParameters": {"epochs": "1"}}
NEW = ("fresh1", "fresh2", "fresh3")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A version, and one that was updated after new items and an event had been put."""
    with opened_engine(tmp_path_factory.mktemp("update") / "home") as engine:
        shop = tiny_world(engine)
        personalize, events = engine.client("personalize"), engine.client("personalize-events")
        solution = personalize.create_solution(
            name="updated",
            datasetGroupArn=shop.group,
            recipeArn="arn:aws:personalize:::recipe/aws-user-personalization",
            solutionConfig=EPOCHS,
        )["solutionArn"]
        with refused("InvalidInputException", "needs an ACTIVE version"):
            personalize.create_solution_version(solutionArn=solution, trainingMode="UPDATE")
        full = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
        properties = json.dumps({"category": "books", "price": 5.0, "creationTimestamp": 1_700_000_000})
        events.put_items(
            datasetArn=f"{PREFIX}:dataset/shop/ITEMS",
            items=[{"itemId": item, "properties": properties} for item in NEW],
        )
        events.put_events(
            trackingId=shop.tracking_id,
            userId="newcomer",
            sessionId="s",
            eventList=[{"eventType": "view", "itemId": "i1", "sentAt": 1_700_000_000}],
        )
        updated = personalize.create_solution_version(solutionArn=solution, trainingMode="UPDATE")
        yield engine, shop, solution, full, updated["solutionVersionArn"]


def listed(world, version, weight, user="u7"):
    """Return a user's whole list by a campaign of this version."""
    personalize = world[0].client("personalize")
    campaign = personalize.create_campaign(
        name=f"c{version[-8:]}-{weight[-1]}",
        solutionVersionArn=version,
        campaignConfig={"itemExplorationConfig": {"explorationWeight": weight, "explorationItemAgeCutOff": "3"}},
    )["campaignArn"]
    runtime = world[0].client("personalize-runtime")
    answer = runtime.get_recommendations(campaignArn=campaign, userId=user, numResults=50)["itemList"]
    personalize.delete_campaign(campaignArn=campaign)
    return {item["itemId"]: item["score"] for item in answer}


def test_the_version_is_an_update_with_the_metrics_of_the_full_one(world):
    personalize = world[0].client("personalize")
    described = personalize.describe_solution_version(solutionVersionArn=world[4])["solutionVersion"]
    assert (described["status"], described["trainingMode"]) == ("ACTIVE", "UPDATE"), described
    metrics = [personalize.get_solution_metrics(solutionVersionArn=arn)["metrics"] for arn in world[3:5]]
    assert metrics[0] == metrics[1]


def test_new_items_are_explored_and_known_ones_are_scored_as_before(world):
    assert not set(NEW) & set(listed(world, world[3], "1")), "the full version does not know them"
    assert set(NEW) <= set(listed(world, world[4], "1"))
    before, after = listed(world, world[3], "0"), listed(world, world[4], "0")
    assert list(before) == list(after)
    assert list(after.values()) == pytest.approx(list(before.values()), rel=1e-4)


def test_users_and_events_of_today_are_in_the_version(world):
    size = world[0].capabilities.training_size(world[4])
    assert size["n_users"] == world[0].capabilities.training_size(world[3])["n_users"] + 1
    assert size["n_items"] == world[0].capabilities.training_size(world[3])["n_items"] + len(NEW)


def test_an_update_of_an_update_starts_from_the_full_version(world):
    personalize = world[0].client("personalize")
    again = personalize.create_solution_version(solutionArn=world[2], trainingMode="UPDATE")["solutionVersionArn"]
    assert personalize.describe_solution_version(solutionVersionArn=again)["solutionVersion"]["status"] == "ACTIVE"
    assert set(NEW) <= set(listed(world, again, "1"))


def test_other_recipes_are_not_updated(world):
    personalize = world[0].client("personalize")
    solution = personalize.list_solutions(datasetGroupArn=world[1].group)["solutions"][0]["solutionArn"]
    with refused("InvalidInputException", "UPDATE is for aws-user-personalization"):
        personalize.create_solution_version(solutionArn=solution, trainingMode="UPDATE")
