"""optimizationObjective: lists move towards items with greater numbers, and the metric says what that finds."""

import numpy as np
import pytest

from services.engine.jobs.training.objective import Objective
from services.engine.testing import test_engine as opened_engine
from services.engine.testing import tiny_world, train
from tests.engine.domain_world import import_rows
from tests.engine.helpers import refused, schema

ITEMS = schema("Items", {"name": "ITEM_ID", "type": "string"}, {"name": "MARGIN", "type": "float"})
MARGINS = {f"i{n}": float(n % 7) for n in range(40)}
RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A shop whose items have margins, with two versions: without and with an objective."""
    with opened_engine(tmp_path_factory.mktemp("objective") / "home") as engine:
        shop = tiny_world(engine)
        personalize = engine.client("personalize")
        for dataset in personalize.list_datasets(datasetGroupArn=shop.group)["datasets"]:
            if dataset["datasetType"] == "ITEMS":
                personalize.delete_dataset(datasetArn=dataset["datasetArn"])
        rows = "ITEM_ID,MARGIN\n" + "".join(f"{item},{margin}\n" for item, margin in MARGINS.items())
        import_rows(engine, shop.group, "margins", "Items", ITEMS, rows)
        versions = {}
        for sensitivity in ("OFF", "HIGH"):
            objective = {"itemAttribute": "MARGIN", "objectiveSensitivity": sensitivity}
            versions[sensitivity] = train(
                engine,
                shop.group,
                "aws-user-personalization",
                sensitivity.lower(),
                algorithmHyperParameters={"epochs": "1"},
                optimizationObjective=objective,
            )
        yield engine, shop, versions


def mean_margin(world, sensitivity):
    """Return the mean margin of the first ten of some users' lists."""
    runtime = world[0].client("personalize-runtime")
    found = []
    for user in ("u1", "u2", "u3", "nobody"):
        answer = runtime.get_recommendations(campaignArn=world[2][sensitivity][1], userId=user, numResults=10)
        found += [MARGINS[item["itemId"]] for item in answer["itemList"]]
    return np.mean(found)


def test_lists_follow_the_objective(world):
    assert mean_margin(world, "HIGH") > mean_margin(world, "OFF") + 0.5


def test_the_metric_is_reported_with_an_objective_only(world):
    personalize = world[0].client("personalize")
    metrics = personalize.get_solution_metrics(solutionVersionArn=world[2]["HIGH"][0])["metrics"]
    assert 0 <= metrics["average_rewards_at_k"] <= 1
    plain = personalize.get_solution_metrics(solutionVersionArn=world[1].solution_version)["metrics"]
    assert "average_rewards_at_k" not in plain


@pytest.mark.parametrize("column", ["NONE", "ITEM_ID"])
def test_the_column_must_hold_numbers(world, column):
    with refused("InvalidInputException", "must be a column of numbers"):
        world[0].client("personalize").create_solution(
            name="bad",
            datasetGroupArn=world[1].group,
            recipeArn=RECIPE,
            solutionConfig={"optimizationObjective": {"itemAttribute": column}},
        )


def test_a_bonus_is_bounded_and_nothing_for_items_without_a_number():
    numbers = np.array([*[0.0, 1.0] * 50, 1000.0, np.nan])
    bonus = Objective(0.5, numbers).bonus()
    assert bonus[-1] == 0
    assert bonus[-2] == pytest.approx(1.5)
    assert not Objective(1.0, np.full(5, 3.0)).bonus().any(), "equal numbers change nothing"
