"""The v2 recipes: weights of events, new items that are tried, and their answers through boto3."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from services.engine import Engine
from services.engine.recipes.base import EventWeight, Histories, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.hyperparameters import complete, defaults
from services.engine.recipes.registry import find, load_recipe
from services.engine.recipes.v2.weights import event_weights
from services.engine.testing import TinyWorld, test_engine, tiny_world, train
from services.engine.tiny_shop import FIRST
from tests.engine.helpers import refused
from tests.engine.recipes.synthetic import histories_of

NAME = "aws-user-personalization-v2"
RANKING = "aws-personalized-ranking-v2"


def viewed_and_bought(n_users: int = 60) -> Histories:
    """Return people who first meet items 0 to 9, then view one of 10 to 14 and buy one of 15 to 19, in turn."""
    rng = np.random.default_rng(0)
    walks = [
        [*rng.permutation(10)[:6].tolist(), *rng.permutation(5)[:3] + 10, *rng.permutation(5)[:3] + 15]
        for _ in range(n_users)
    ]
    types = np.tile(np.array([0] * 6 + [1] * 3 + [2] * 3, np.int16), n_users)
    return replace(histories_of(walks, 20), event_types=types, event_type_names=("See", "View", "Buy"))


def test_only_what_is_listed_counts_and_only_ratios_matter() -> None:
    histories = viewed_and_bought(2)
    one = event_weights(histories, (EventWeight("view", 0.3), EventWeight("BUY", 0.1)))
    other = event_weights(histories, (EventWeight("view", 0.6), EventWeight("buy", 0.2)))
    np.testing.assert_allclose(one, other)
    assert set(np.round(one, 3).tolist()) == {0.0, 1.5, 0.5}


def test_events_below_their_threshold_do_not_count() -> None:
    histories = replace(viewed_and_bought(1), event_values=np.arange(12, dtype=np.float32))
    weights = event_weights(histories, (EventWeight("buy", 1.0, 10.0),))
    assert weights.tolist() == [0.0] * 10 + [1.0, 1.0]


def test_a_model_foresees_what_its_weights_ask_for() -> None:
    histories = viewed_and_bought()
    values = complete(NAME, find(NAME).hyperparameters)

    def bought(*weights: EventWeight) -> float:
        options = TrainOptions(values, event_weights=weights)
        model = load_recipe(NAME).train(TrainingData(histories), options, SilentProgress())
        state = model.advance(model.initial_state(), *[rows[:6] for rows in histories.of(0)])
        return float(np.exp(model.item_scores([state])[0, 15:]).sum())

    assert bought(EventWeight("Buy")) > 0.6 > 0.4 > bought(EventWeight("View"))


def test_without_weights_it_is_the_network_of_the_recipe_with_metadata() -> None:
    """So every figure of aws-hrnn-metadata on data without event weights is one of v2 as well."""
    data = TrainingData(viewed_and_bought())
    name = "aws-hrnn-metadata"
    options = [TrainOptions(complete(one, find(one).hyperparameters), seed=3) for one in (NAME, name)]
    today, older = (
        load_recipe(one).train(data, given, SilentProgress()).to_arrays()
        for one, given in zip((NAME, name), options, strict=True)
    )
    assert older.keys() <= today.keys()
    for key, values in older.items():
        np.testing.assert_array_equal(today[key], values, key)


def test_the_only_hyperparameter_is_awss() -> None:
    for name in (NAME, RANKING):
        assert defaults(find(name).hyperparameters, featurization=False) == {"apply_recency_bias": "true"}
        assert defaults(find(name).hyperparameters, featurization=True) == {}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, TinyWorld]]:
    """A shop with a product that came today, and the recipe trained on it."""
    with test_engine(tmp_path_factory.mktemp("v2")) as engine:
        world = tiny_world(engine)
        put = {"itemId": "new", "properties": f'{{"category": "toys", "creationTimestamp": {FIRST}}}'}
        datasets = engine.client("personalize").list_datasets(datasetGroupArn=world.group)["datasets"]
        items = next(dataset["datasetArn"] for dataset in datasets if dataset["datasetType"] == "ITEMS")
        engine.client("personalize-events").put_items(datasetArn=items, items=[put])
        weights = [{"eventType": "purchase", "weight": 1.0}, {"eventType": "view", "weight": 0.2}]
        config = {
            "algorithmHyperParameters": {"epochs": "1"},
            "eventsConfig": {"eventParametersList": weights},
        }
        version, campaign = train(engine, world.group, NAME, "v2", **config)
        yield engine, replace(world, solution_version=version, campaign=campaign)


def test_new_items_are_tried_rarely_and_said_to_be(shop: tuple[Engine, TinyWorld]) -> None:
    engine, world = shop
    runtime = engine.client("personalize-runtime")
    lists = [
        runtime.get_recommendations(campaignArn=world.campaign, userId=f"u{n % 50}", numResults=20)["itemList"]
        for n in range(120)
    ]
    tried = [item for listed in lists for item in listed if item["itemId"] == "new"]
    assert 0 < len(tried) < 60
    assert all(item["reason"] == ["Exploration"] and "score" not in item for item in tried)
    others = [item for listed in lists for item in listed if item["itemId"] != "new"]
    assert all("score" in item and "reason" not in item for item in others)


def test_metrics_have_the_weighted_gain(shop: tuple[Engine, TinyWorld]) -> None:
    engine, world = shop
    answer = engine.client("personalize").get_solution_metrics(solutionVersionArn=world.solution_version)
    gains = [name for name in answer["metrics"] if "with_event_weights" in name]
    assert gains == [f"normalized_discounted_cumulative_gain_with_event_weights_at_{k}" for k in (5, 10, 25)]
    assert all(0 < answer["metrics"][name] <= 1 for name in gains)


def test_rankings_come_from_the_second_recipe(shop: tuple[Engine, TinyWorld]) -> None:
    engine, world = shop
    _, campaign = train(engine, world.group, RANKING, "ranking-v2", algorithmHyperParameters={"epochs": "1"})
    runtime = engine.client("personalize-runtime")
    asked = ["i3", "new", "i9", "unknown", "i1"]
    ranked = runtime.get_personalized_ranking(campaignArn=campaign, userId="u1", inputList=asked)["personalizedRanking"]
    assert [item["itemId"] for item in ranked[3:]] == ["new", "unknown"]
    assert sum(item["score"] for item in ranked[:3]) == pytest.approx(1, abs=1e-5)
    with refused("InvalidInputException", "GetPersonalizedRanking"):
        runtime.get_recommendations(campaignArn=campaign, userId="u1")


@pytest.mark.parametrize(
    ("recipe", "weights", "words"),
    [
        ("aws-sims", [{"eventType": "view", "weight": 1.0}], "has no weights of event types"),
        (NAME, [{"eventType": "view", "weight": 0.0}], "one of them above 0"),
        (NAME, [{"eventType": "view"}, {"eventType": "VIEW"}], "view twice"),
        (NAME, [{"eventType": "view", "eventValueThreshold": 2.0}], "needs the field EVENT_VALUE"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(shop, recipe, weights, words) -> None:
    engine, world = shop
    with refused("InvalidInputException", words):
        engine.client("personalize").create_solution(
            name="refused",
            datasetGroupArn=world.group,
            recipeArn=find(recipe).arn,
            solutionConfig={"eventsConfig": {"eventParametersList": weights}},
        )
