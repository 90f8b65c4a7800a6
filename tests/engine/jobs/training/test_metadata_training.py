"""Metadata, context and cold items, from files to answers, through boto3 and a real worker."""

import numpy as np
import pytest

from tests.engine.small_world import schema, small_world, until

N_USERS, N_WARM, N_COLD = 60, 80, 110
INTERACTIONS = schema(
    "Interactions",
    USER_ID="string",
    ITEM_ID="string",
    TIMESTAMP="long",
    PLACE={"type": ["null", "string"], "categorical": True},
)
ITEMS = schema(
    "Items",
    ITEM_ID="string",
    PARITY={"type": ["null", "string"], "categorical": True},
    YEAR={"type": ["null", "int"]},
    CREATION_TIMESTAMP="long",
)
USERS = schema("Users", USER_ID="string", GENDER={"type": "string", "categorical": True})
START = 1_700_000_000
NEWEST = START + 3600 * 24


def interactions_csv() -> str:
    """Return women who take even items and men who take odd ones; low numbers at home, high ones on the way."""
    rng = np.random.default_rng(0)
    lines = ["USER_ID,ITEM_ID,TIMESTAMP,PLACE"]
    for user in range(N_USERS):
        for step, item in enumerate(rng.choice(np.arange(user % 2, N_WARM, 2), 25, replace=False)):
            place = "home" if item < N_WARM // 2 else "away"
            lines.append(f"u{user},i{item},{START + 3600 * step},{place}")
    return "\n".join(lines) + "\n"


def items_csv() -> str:
    created = [START - 10**7] * N_WARM + [NEWEST - 3600] * N_COLD
    rows = [
        f"i{item},{'odd' if item % 2 else 'even'}|all,{1950 + item % 60},{time}" for item, time in enumerate(created)
    ]
    return "\n".join(["ITEM_ID,PARITY,YEAR,CREATION_TIMESTAMP", *rows]) + "\n"


def users_csv() -> str:
    rows = [f"u{user},{'man' if user % 2 else 'woman'}" for user in range(N_USERS)]
    return "\n".join(["USER_ID,GENDER", *rows, "shy-woman,woman", "shy-man,man"]) + "\n"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with small_world(tmp_path_factory.mktemp("metadata") / "home") as opened:
        personalize = opened.personalize
        group = personalize.create_dataset_group(name="metadata")["datasetGroupArn"]
        files = {
            "Interactions": (INTERACTIONS, interactions_csv()),
            "Items": (ITEMS, items_csv()),
            "Users": (USERS, users_csv()),
        }
        for kind, (text, csv) in files.items():
            schema_arn = personalize.create_schema(name=kind, schema=text)["schemaArn"]
            personalize.create_dataset(name=kind, datasetType=kind, datasetGroupArn=group, schemaArn=schema_arn)
            opened.import_csv(group, csv, kind, kind)
        opened.group = group
        yield opened


@pytest.fixture(scope="module")
def metadata(world):
    """The campaign of a version of aws-hrnn-metadata."""
    return world.deploy(world.train(world.group, "aws-hrnn-metadata", "metadata", epochs="30"), "metadata")


def numbers(answer) -> np.ndarray:
    return np.array([int(item["itemId"][1:]) for item in answer["itemList"]])


def test_context_colours_the_answer_and_unknown_context_does_not(world, metadata):
    asked = {"campaignArn": metadata, "userId": "u2", "numResults": 5}
    plain = world.runtime.get_recommendations(**asked)
    away = world.runtime.get_recommendations(**asked, context={"PLACE": "away"})
    moon = world.runtime.get_recommendations(**asked, context={"PLACE": "moon", "WEATHER": "none"})
    assert (numbers(away) >= N_WARM // 2).mean() >= 0.8
    assert moon["itemList"] == plain["itemList"]
    assert 0 < sum(item["score"] for item in plain["itemList"]) <= 1


def test_user_without_interactions_is_coloured_by_metadata(world, metadata):
    woman, man = (
        numbers(world.runtime.get_recommendations(campaignArn=metadata, userId=user, numResults=10))
        for user in ("shy-woman", "shy-man")
    )
    assert (woman % 2 == 0).mean() >= 0.8
    assert (man % 2 == 1).mean() >= 0.8


def test_stranger_is_answered(world, metadata):
    assert len(world.recommended(metadata, "nobody")) == 10


def test_cold_start_recommends_new_items_only(world):
    version = world.train(world.group, "aws-hrnn-coldstart", "new", epochs="10")
    campaign = world.deploy(version, "new")
    answer = world.runtime.get_recommendations(campaignArn=campaign, userId="u4", numResults=20)
    assert (numbers(answer) >= N_WARM).all()
    assert len(world.recommended(campaign, "nobody")) == 10
    assert "coverage" in world.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]


def test_too_few_cold_items_fail_in_words(world):
    solution = world.personalize.create_solution(
        name="none-new",
        datasetGroupArn=world.group,
        recipeArn="arn:aws:personalize:::recipe/aws-hrnn-coldstart",
        performAutoTraining=False,
        solutionConfig={"featureTransformationParameters": {"cold_start_max_duration": "0.001"}},
    )["solutionArn"]
    version = world.personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    until(lambda: world.version(version)["status"] == "CREATE FAILED")
    assert "there must be 100 to 80,000" in world.version(version)["failureReason"]


def test_excluded_columns_are_not_learned_from(world):
    solution = world.personalize.create_solution(
        name="blind",
        datasetGroupArn=world.group,
        recipeArn="arn:aws:personalize:::recipe/aws-hrnn-metadata",
        performAutoTraining=False,
        solutionConfig={
            "algorithmHyperParameters": {"epochs": "1"},
            "trainingDataConfig": {"excludedDatasetColumns": {"Interactions": ["PLACE"], "Users": ["GENDER"]}},
        },
    )["solutionArn"]
    version = world.personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    until(lambda: world.version(version)["status"] == "ACTIVE")
    campaign = world.deploy(version, "blind")
    asked = {"campaignArn": campaign, "numResults": 10}
    shy = [world.runtime.get_recommendations(**asked, userId=user)["itemList"] for user in ("shy-woman", "shy-man")]
    assert shy[0] == shy[1]
    places = [
        world.runtime.get_recommendations(**asked, userId="u2", context={"PLACE": place})["itemList"]
        for place in ("home", "away")
    ]
    assert places[0] == places[1]


def test_plain_hrnn_is_given_no_column(world):
    version = world.train(world.group, "aws-hrnn", "plain", epochs="1")
    campaign = world.deploy(version, "plain")
    asked = {"campaignArn": campaign, "userId": "u2", "numResults": 10}
    plain = world.runtime.get_recommendations(**asked)
    assert world.runtime.get_recommendations(**asked, context={"PLACE": "away"})["itemList"] == plain["itemList"]
    assert len(world.recommended(campaign, "shy-woman")) == 10
