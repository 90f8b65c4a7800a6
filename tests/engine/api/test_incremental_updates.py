"""aws-semantic-similarity through boto3: without interactions, and with new items that need no training."""

import json
import time

import pytest

from services.engine.jobs.training import automatic, increments
from services.engine.testing import ROLE
from services.engine.testing import test_engine as opened_engine
from tests.engine.helpers import POPULARITY, refused, schema

RECIPE = "arn:aws:personalize:::recipe/aws-semantic-similarity"
KINDS = ("iron rails and steam engines", "whales of the deep ocean")
TEXTS = schema(
    "Items",
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TITLE", "type": "string", "itemName": True},
    {"name": "PLOT", "type": "string", "textual": True},
    {"name": "KIND", "type": "string", "categorical": True},
    {"name": "CREATION_TIMESTAMP", "type": "long"},
)


@pytest.fixture
def world(tmp_path):
    """An engine with a group that has items and nothing else, and the items' ARN."""
    with opened_engine(tmp_path / "home") as engine:
        personalize = engine.client("personalize")
        group = personalize.create_dataset_group(name="films")["datasetGroupArn"]
        arn = personalize.create_schema(name="texts", schema=TEXTS)["schemaArn"]
        items = personalize.create_dataset(name="items", datasetType="Items", datasetGroupArn=group, schemaArn=arn)
        yield engine, group, items["datasetArn"]


def bring(engine, items, n=40, first=0, mode="FULL"):
    rows = [f"i{i},Number {i},A tale of {KINDS[i % 2]},film,{1_600_000_000 + i}" for i in range(first, first + n)]
    location = f"s3://films/{first}-{n}.csv"
    header = "ITEM_ID,TITLE,PLOT,KIND,CREATION_TIMESTAMP"
    engine.objects.put_bytes(location, "\n".join([header, *rows]).encode())
    engine.client("personalize").create_dataset_import_job(
        jobName=f"from-{first}-{n}",
        datasetArn=items,
        dataSource={"dataLocation": location},
        roleArn=ROLE,
        importMode=mode,
    )


def put(engine, items, item_id, plot):
    properties = json.dumps({"title": "New", "plot": plot, "kind": "film", "creationTimestamp": 1_700_000_000})
    engine.client("personalize-events").put_items(
        datasetArn=items, items=[{"itemId": item_id, "properties": properties}]
    )


def deploy(engine, group, **more):
    personalize = engine.client("personalize")
    solution = personalize.create_solution(name="like", datasetGroupArn=group, recipeArn=RECIPE, **more)["solutionArn"]
    version = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    campaign = personalize.create_campaign(name="like", solutionVersionArn=version)["campaignArn"]
    return solution, version, campaign


def neighbours(engine, campaign, item_id, n=10):
    answer = engine.client("personalize-runtime").get_recommendations(
        campaignArn=campaign, itemId=item_id, numResults=n
    )
    return [item["itemId"] for item in answer["itemList"]]


def update(engine, monkeypatch, seconds=120):
    """Queue and run the updates that are due so many seconds from now; return how many there were."""
    moment = time.time() + seconds
    monkeypatch.setattr(increments, "now", lambda: moment)
    n_due = increments.queue_due_increments(engine.context.database)
    engine.context.start_worker()
    return n_due


def test_items_alone_are_enough(world):
    engine, group, items = world
    personalize = engine.client("personalize")
    solution = personalize.create_solution(name="early", datasetGroupArn=group, recipeArn=RECIPE)["solutionArn"]
    with refused("InvalidInputException", "has no items"):
        personalize.create_solution_version(solutionArn=solution)
    bring(engine, items)
    _, version, campaign = deploy(engine, group)
    assert all(int(item[1:]) % 2 == 0 for item in neighbours(engine, campaign, "i6"))
    metrics = personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
    assert set(metrics) == {"item_popularity", "item_freshness", "item_similarity"}
    assert 0.1 < metrics["item_similarity"] < 1
    assert metrics["item_popularity"] == 0
    assert personalize.describe_solution(solutionArn=solution)["solution"]["performIncrementalUpdate"] is False


def test_an_item_that_is_put_is_found_without_a_training(world, monkeypatch):
    engine, group, items = world
    bring(engine, items)
    solution, version, campaign = deploy(engine, group, performIncrementalUpdate=True)
    personalize = engine.client("personalize")
    described = personalize.describe_solution(solutionArn=solution)["solution"]
    assert described["performIncrementalUpdate"] is True
    before = personalize.describe_solution_version(solutionVersionArn=version)["solutionVersion"]
    assert before["performIncrementalUpdate"] is True
    assert update(engine, monkeypatch) == 0, "nothing has arrived"
    put(engine, items, "whale", "Whales of the deep ocean, again")
    assert "whale" not in neighbours(engine, campaign, "i1", 40)
    assert update(engine, monkeypatch) == 1
    assert "whale" in neighbours(engine, campaign, "i1", 25)
    assert all(int(item[1:]) % 2 == 1 for item in neighbours(engine, campaign, "whale"))
    assert len(personalize.list_solution_versions(solutionArn=solution)["solutionVersions"]) == 1
    after = personalize.describe_solution_version(solutionVersionArn=version)["solutionVersion"]
    assert after["status"] == "ACTIVE"
    assert after["lastUpdatedDateTime"] >= before["lastUpdatedDateTime"]
    assert update(engine, monkeypatch, 600) == 0, "it has been taken in"
    folders = [folder for folder in engine.settings.models_path.iterdir() if not folder.name.startswith(".")]
    assert len(folders) == 1, "the model of before is removed"


def test_an_import_changes_texts_and_a_pause_lies_between_two_updates(world, monkeypatch):
    engine, group, items = world
    bring(engine, items)
    deploy(engine, group, performIncrementalUpdate=True)
    campaign = engine.client("personalize").list_campaigns()["campaigns"][0]["campaignArn"]
    put(engine, items, "i1", "Now it is about iron rails and steam engines")
    assert update(engine, monkeypatch) == 1
    assert "i1" in neighbours(engine, campaign, "i2", 25)
    bring(engine, items, n=4, first=60, mode="INCREMENTAL")
    assert update(engine, monkeypatch, 1) == 0
    assert update(engine, monkeypatch, 3600) == 1
    assert {"i60", "i62"} <= set(neighbours(engine, campaign, "i2", 30))


def test_what_no_campaign_serves_and_what_asks_for_none_stays(world, monkeypatch):
    engine, group, items = world
    bring(engine, items)
    personalize = engine.client("personalize")
    solution, _version, campaign = deploy(engine, group)
    put(engine, items, "whale", "Whales of the deep ocean, again")
    assert update(engine, monkeypatch) == 0
    personalize.update_solution(solutionArn=solution, performIncrementalUpdate=True)
    described = personalize.describe_solution(solutionArn=solution)["solution"]
    assert described["performIncrementalUpdate"] is True
    assert described["latestSolutionUpdate"]["performIncrementalUpdate"] is True
    assert update(engine, monkeypatch) == 1
    put(engine, items, "reef", "Whales of the deep ocean, once more")
    personalize.delete_campaign(campaignArn=campaign)
    assert update(engine, monkeypatch, 3600) == 0
    personalize.delete_solution(solutionArn=solution)
    assert not engine.context.resources.list(increments.KIND)


def test_other_recipes_are_refused(world):
    personalize = world[0].client("personalize")
    for more in ({"recipeArn": POPULARITY}, {"performAutoML": True}):
        with refused("InvalidInputException", "performIncrementalUpdate is for aws-semantic-similarity"):
            personalize.create_solution(name="no", datasetGroupArn=world[1], performIncrementalUpdate=True, **more)
    with refused("InvalidInputException", "trainingMode UPDATE is for aws-user-personalization;"):
        solution = personalize.create_solution(name="like", datasetGroupArn=world[1], recipeArn=RECIPE)
        personalize.create_solution_version(solutionArn=solution["solutionArn"], trainingMode="UPDATE")


def test_automatic_training_follows_the_items(world, monkeypatch):
    engine, group, items = world
    bring(engine, items)
    personalize = engine.client("personalize")
    solution = personalize.create_solution(
        name="weekly", datasetGroupArn=group, recipeArn=RECIPE, performAutoTraining=True
    )["solutionArn"]

    def train(days):
        moment = time.time() + days * 86_400
        monkeypatch.setattr(automatic, "now", lambda: moment)
        n_due = automatic.queue_due_trainings(engine.context.database)
        engine.context.start_worker()
        return n_due

    assert train(1) == 1
    assert train(8) == 0, "no items have arrived"
    put(engine, items, "whale", "Whales of the deep ocean, again")
    assert train(8) == 1
    assert len(personalize.list_solution_versions(solutionArn=solution)["solutionVersions"]) == 2
