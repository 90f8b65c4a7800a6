"""aws-user-personalization from files to answers, through boto3 and a real worker."""

import uuid

import numpy as np
import pytest

from services.engine.recipes.exploration import Exploration
from services.engine.runtime.inference import recommend_for_user
from tests.engine.small_world import schema, small_world

N_USERS, N_KNOWN, N_NEW = 60, 60, 20
INTERACTIONS = schema(
    "Interactions", USER_ID="string", ITEM_ID="string", TIMESTAMP="long", IMPRESSION={"type": ["null", "string"]}
)
ITEMS = schema(
    "Items", ITEM_ID="string", PARITY={"type": ["null", "string"], "categorical": True}, CREATION_TIMESTAMP="long"
)
START = 1_700_000_000
NEWEST = START + 3600 * 20
IGNORED = range(N_KNOWN, N_KNOWN + N_NEW // 2)
"""New items that every user was shown and none chose."""


def interactions_csv() -> str:
    rng = np.random.default_rng(0)
    lines = ["USER_ID,ITEM_ID,TIMESTAMP,IMPRESSION"]
    for user in range(N_USERS):
        for step, item in enumerate(rng.choice(np.arange(user % 2, N_KNOWN, 2), 21, replace=False)):
            shown = "|".join(f"i{other}" for other in (item, *IGNORED))
            lines.append(f"u{user},i{item},{START + 3600 * step},{shown}")
    return "\n".join(lines) + "\n"


def items_csv() -> str:
    created = [START - 10**7] * N_KNOWN + [NEWEST - 86_400 * 3] * N_NEW
    rows = [f"i{item},{'odd' if item % 2 else 'even'},{time}" for item, time in enumerate(created)]
    return "\n".join(["ITEM_ID,PARITY,CREATION_TIMESTAMP", *rows]) + "\n"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with small_world(tmp_path_factory.mktemp("exploration") / "home") as opened:
        personalize = opened.personalize
        opened.group = personalize.create_dataset_group(name="new")["datasetGroupArn"]
        for kind, text, csv in (
            ("Interactions", INTERACTIONS, interactions_csv()),
            ("Items", ITEMS, items_csv()),
        ):
            schema_arn = personalize.create_schema(name=kind, schema=text)["schemaArn"]
            personalize.create_dataset(name=kind, datasetType=kind, datasetGroupArn=opened.group, schemaArn=schema_arn)
            opened.import_csv(opened.group, csv, kind, kind)
        yield opened


@pytest.fixture(scope="module")
def version(world):
    return world.train(world.group, "aws-user-personalization", "exploring", epochs="10")


@pytest.fixture(scope="module")
def campaigns(world, version):
    """Campaigns of one version by their itemExplorationConfig."""
    configs = {
        "default": {},
        "none": {"explorationWeight": "0"},
        "most": {"explorationWeight": "1"},
        "young": {"explorationWeight": "1", "explorationItemAgeCutOff": "2"},
    }
    return {
        name: world.deploy(version, name, **({"campaignConfig": {"itemExplorationConfig": config}} if config else {}))
        for name, config in configs.items()
    }


def shown(world, campaign: str, n_users: int = N_USERS) -> np.ndarray:
    return np.array([[int(item[1:]) for item in world.recommended(campaign, f"u{user}")] for user in range(n_users)])


def test_campaigns_of_one_version_explore_as_each_is_told(world, campaigns):
    shares = {name: (shown(world, campaign) >= N_KNOWN).mean() for name, campaign in campaigns.items()}
    assert shares["none"] == shares["young"] == 0
    assert 0 < shares["default"] < shares["most"]


def test_items_that_were_passed_over_are_shown_less_than_others(world, campaigns):
    lists = shown(world, campaigns["most"])
    assert np.isin(lists, IGNORED).sum() < 0.3 * (lists >= N_KNOWN + N_NEW // 2).sum()


def test_without_exploration_the_answer_is_always_the_same(world, campaigns):
    asked = {"campaignArn": campaigns["none"], "userId": "u5", "numResults": 10}
    first, second = (world.runtime.get_recommendations(**asked)["itemList"] for _ in range(2))
    assert first == second


def test_answers_differ_and_each_can_be_computed_again_from_its_id(world, campaigns, version):
    asked = {"campaignArn": campaigns["most"], "userId": "u5", "numResults": 10}
    answers = [world.runtime.get_recommendations(**asked) for _ in range(3)]
    assert len({str(answer["itemList"]) for answer in answers}) == 3
    artifact = world.engine.context.models.get(version)
    for answer in answers:
        seed = uuid.UUID(answer["recommendationId"].removeprefix("RID-")).int
        again = recommend_for_user(artifact, "u5", 10, exploration=Exploration(1.0, 30.0, seed))
        assert artifact.items.ids(again.item_indices) == [item["itemId"] for item in answer["itemList"]]
        assert [round(score, 7) for score in again.scores.tolist()] == [item["score"] for item in answer["itemList"]]


def test_scores_fall_and_are_shares_of_one(world, campaigns):
    answer = world.runtime.get_recommendations(campaignArn=campaigns["most"], userId="u5", numResults=500)
    scores = [item["score"] for item in answer["itemList"]]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(1.0, abs=1e-4)


def test_strangers_are_answered_and_explore_too(world, campaigns):
    lists = [world.recommended(campaigns["most"], f"stranger-{n}") for n in range(10)]
    assert all(len(items) == 10 for items in lists)
    assert any(int(item[1:]) >= N_KNOWN for items in lists for item in items)


def test_version_has_awss_metrics_and_the_recipe_its_description(world, version):
    metrics = world.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
    assert len(metrics) == 8
    arn = "arn:aws:personalize:::recipe/aws-user-personalization"
    recipe = world.personalize.describe_recipe(recipeArn=arn)["recipe"]
    assert recipe["recipeType"] == "USER_PERSONALIZATION"
    algorithm = world.personalize.describe_algorithm(algorithmArn=recipe["algorithmArn"])["algorithm"]
    assert algorithm["defaultHyperParameters"] == {"hidden_dimension": "149", "bptt": "32", "recency_mask": "true"}
