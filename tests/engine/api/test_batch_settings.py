"""Settings of batch jobs and campaigns: exploration, rankingInfluence, and themes made from shared metadata."""

import json

import pytest

from services.engine import tiny_shop
from services.engine.testing import ROLE, tiny_world, train
from services.engine.testing import test_engine as opened_engine
from tests.engine.helpers import refused

SHELVES = {row.split(",")[0]: row.split(",")[1].split("|") for row in tiny_shop.items().splitlines()[1:]}
THEMES = {
    "batchInferenceJobMode": "THEME_GENERATION",
    "themeGenerationConfig": {"fieldsForThemeGeneration": {"itemName": "CATEGORY"}},
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A shop with related items."""
    with opened_engine(tmp_path_factory.mktemp("batch") / "home") as engine:
        yield engine, tiny_world(engine, recipe="aws-sims")


def run(world, name, lines, version=None, **more):
    """Run a job; return its description and the lines of its output."""
    engine, shop = world
    personalize = engine.client("personalize")
    engine.objects.put_bytes(f"s3://in/{name}.json", "\n".join(map(json.dumps, lines)).encode())
    arn = personalize.create_batch_inference_job(
        jobName=name,
        solutionVersionArn=version or shop.solution_version,
        roleArn=ROLE,
        jobInput={"s3DataSource": {"path": f"s3://in/{name}.json"}},
        jobOutput={"s3DataDestination": {"path": f"s3://out/{name}/"}},
        **more,
    )["batchInferenceJobArn"]
    described = personalize.describe_batch_inference_job(batchInferenceJobArn=arn)["batchInferenceJob"]
    if not engine.objects.exists(f"s3://out/{name}/{name}.json.out"):
        return described, []
    with engine.objects.open_read(f"s3://out/{name}/{name}.json.out") as file:
        return described, [json.loads(line) for line in file]


def test_a_theme_names_what_the_list_shares(world):
    described, output = run(world, "themes", [{"itemId": "i3"}, {"itemId": "i4"}], numResults=6, **THEMES)
    assert described["status"] == "ACTIVE", described
    assert described["batchInferenceJobMode"] == "THEME_GENERATION"
    assert described["themeGenerationConfig"] == THEMES["themeGenerationConfig"]
    for line in output:
        answer = line["output"]
        relevance = answer["itemsThemeRelevanceScores"]
        named = {name.lower() for name in answer["theme"].split(" and ")}
        assert len(relevance) == len(answer["recommendedItems"]) == 6
        assert relevance == sorted(relevance, reverse=True)
        most, least = answer["recommendedItems"][0], answer["recommendedItems"][-1]
        have = [len(named & {*SHELVES[item], "true", "false"}) for item in (most, least)]
        assert have[0] >= have[1]
        assert len(named & {"books", "garden", "kitchen", "music", "toys", "true", "false"}) == len(named)


def test_themes_have_limits(world):
    described, _ = run(world, "many", [{"itemId": "i3"}] * 101, **THEMES)
    assert described["status"] == "CREATE FAILED"
    assert "themes of 100 at most" in described["failureReason"]
    with refused("InvalidInputException", "needs a themeGenerationConfig"):
        run(world, "none", [{"itemId": "i3"}], batchInferenceJobMode="THEME_GENERATION")
    with refused("InvalidInputException", "belongs to batchInferenceJobMode"):
        run(world, "half", [{"itemId": "i3"}], themeGenerationConfig=THEMES["themeGenerationConfig"])
    with refused("InvalidInputException", "itemName is PRICE"):
        other = {"fieldsForThemeGeneration": {"itemName": "PRICE"}}
        run(world, "price", [{"itemId": "i3"}], **THEMES | {"themeGenerationConfig": other})
    version, _ = train(world[0], world[1].group, "aws-popularity-count", "popular")
    with refused("InvalidInputException", "has no themes"):
        run(world, "popular", [{"userId": "u1"}], version=version, **THEMES)
    with refused("InvalidInputException", "takes no rankingInfluence"):
        config = {"batchInferenceJobConfig": {"rankingInfluence": {"POPULARITY": 0.5}}}
        run(world, "influenced", [{"userId": "u1"}], version=version, **config)
    with refused("InvalidInputException", "does not explore"):
        config = {"batchInferenceJobConfig": {"itemExplorationConfig": {"explorationWeight": "0.5"}}}
        run(world, "explored", [{"userId": "u1"}], version=version, **config)


def test_influence_orders_related_items_of_campaigns_and_batch_jobs(world):
    engine, shop = world
    personalize, runtime = engine.client("personalize"), engine.client("personalize-runtime")
    arns = {
        name: personalize.create_campaign(
            name=name, solutionVersionArn=shop.solution_version, campaignConfig={"rankingInfluence": {name: 1.0}}
        )["campaignArn"]
        for name in ("FRESHNESS", "POPULARITY")
    }

    def listed(arn):
        answer = runtime.get_recommendations(campaignArn=arn, itemId="i9", numResults=40)
        return [item["itemId"] for item in answer["itemList"]]

    fresh = [int(item[1:]) for item in listed(arns["FRESHNESS"])]
    assert fresh == sorted(fresh), "low numbers of the tiny shop are new"
    popular = listed(arns["POPULARITY"])
    assert popular != listed(arns["FRESHNESS"])
    assert set(popular) == set(listed(shop.campaign))
    config = {"rankingInfluence": {"POPULARITY": 1.0}}
    _, output = run(world, "by-popularity", [{"itemId": "i9"}], batchInferenceJobConfig=config, numResults=10)
    assert output[0]["output"]["recommendedItems"] == popular[:10]
    with refused("InvalidInputException", "less than or equal to 1"):
        personalize.update_campaign(campaignArn=shop.campaign, campaignConfig={"rankingInfluence": {"POPULARITY": 1.5}})


def test_a_batch_job_explores_and_every_line_draws_its_own(world):
    engine, shop = world
    version, _ = train(
        engine, shop.group, "aws-user-personalization", "exploring", algorithmHyperParameters={"epochs": "1"}
    )
    lines = [{"userId": "nobody"}, {"userId": "nobody"}]
    config = {"itemExplorationConfig": {"explorationWeight": "1", "explorationItemAgeCutOff": "60"}}
    described, explored = run(world, "explored", lines, version=version, batchInferenceJobConfig=config, numResults=40)
    assert described["batchInferenceJobConfig"] == config
    _, plain = run(world, "plain", lines, version=version, numResults=40)
    lists = [line["output"]["recommendedItems"] for line in (*explored, *plain)]
    assert lists[0] != lists[1], "each line has its own sample"
    assert lists[2] == lists[3]
    with refused("InvalidInputException", "for campaigns only"):
        own = {"itemExplorationConfig": {"diversity": "0.5"}}
        run(world, "own", lines, version=version, batchInferenceJobConfig=own)
