"""What AWS documents about the recipes, and hyperparameters between text and value."""

import numpy as np
import pytest

from services.engine.errors import InvalidInput, ResourceNotFound
from services.engine.recipes import hyperparameters, registry
from services.engine.recipes.base import SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.hyperparameters import complete
from tests.engine.recipes.synthetic import histories_of

HRNN = registry.find("aws-hrnn")


def test_recipes_are_found_by_name_and_by_arn() -> None:
    assert registry.find("arn:aws:personalize:::recipe/aws-hrnn") is HRNN
    assert HRNN.algorithm_arn == "arn:aws:personalize:::algorithm/aws-hrnn"
    assert HRNN.feature_transformation_arn == "arn:aws:personalize:::feature-transformation/JSON-percentile-filtering"
    assert registry.find("aws-popularity-count").feature_transformation_arn.endswith("feature-transformation/sims")


@pytest.mark.parametrize("name", ["aws-x", "arn:aws:personalize:::recipe/aws-x", "arn:x:algorithm/aws-hrnn"])
def test_unknown_recipe_is_refused_with_what_there_is(name: str) -> None:
    with pytest.raises(ResourceNotFound, match=r"aws-hrnn, aws-hrnn-coldstart, aws-hrnn-metadata, aws-item"):
        registry.find(name)


def test_every_recipe_has_a_class_that_answers_to_its_name() -> None:
    assert [info.name for info in registry.trainable()] == [
        "aws-hrnn",
        "aws-hrnn-coldstart",
        "aws-hrnn-metadata",
        "aws-item-affinity",
        "aws-item-attribute-affinity",
        "aws-next-best-action",
        "aws-personalized-ranking",
        "aws-personalized-ranking-v2",
        "aws-popularity-count",
        "aws-semantic-similarity",
        "aws-similar-items",
        "aws-sims",
        "aws-trending-now",
        "aws-user-personalization",
        "aws-user-personalization-v2",
    ]
    assert all(registry.load_recipe(info.name).name == info.name for info in registry.trainable())


def test_defaults_are_awss() -> None:
    algorithm = hyperparameters.defaults(HRNN.hyperparameters, featurization=False)
    assert algorithm == {"hidden_dimension": "43", "bptt": "32", "recency_mask": "true"}
    featurization = hyperparameters.defaults(HRNN.hyperparameters, featurization=True)
    assert featurization == {
        "min_user_history_length_percentile": "0.0",
        "max_user_history_length_percentile": "0.99",
    }


def test_cold_start_has_awss_own_parameters() -> None:
    declared = registry.find("aws-hrnn-coldstart").hyperparameters
    assert hyperparameters.defaults(declared, featurization=False)["hidden_dimension"] == "149"
    assert hyperparameters.defaults(declared, featurization=True) == {
        "min_user_history_length_percentile": "0.0",
        "max_user_history_length_percentile": "0.99",
        "cold_start_max_interactions": "15",
        "cold_start_max_duration": "5.0",
        "cold_start_relative_from": "latestItem",
    }


def test_ranking_and_hrnn_mean_the_same_size_by_their_defaults() -> None:
    histories = histories_of([[0, 1, 2, 3], [1, 2, 4], [3, 2, 1]], 5)
    arrays = []
    for name in ("aws-hrnn", "aws-personalized-ranking"):
        values = complete(name, registry.find(name).hyperparameters, {"epochs": "1"})
        model = registry.load_recipe(name).train(TrainingData(histories), TrainOptions(values), SilentProgress())
        arrays.append(model.to_arrays())
    assert all(np.array_equal(array, arrays[1][name]) for name, array in arrays[0].items())


def test_ranking_differs_from_hrnn_in_its_default_size_alone() -> None:
    ranking = complete("aws-personalized-ranking", registry.find("aws-personalized-ranking").hyperparameters)
    hrnn = complete("aws-hrnn", HRNN.hyperparameters)
    assert ranking.pop("hidden_dimension") == 149
    assert hrnn.pop("hidden_dimension") == 43
    assert ranking == hrnn


def test_types_decide_the_question_that_a_campaign_answers() -> None:
    types = {info.name: info.recipe_type for info in registry.RECIPES}
    assert types["aws-sims"] == "RELATED_ITEMS"
    assert types["aws-personalized-ranking"] == "PERSONALIZED_RANKING"
    assert registry.find("aws-sims").feature_transformation_arn.endswith("feature-transformation/sims")


def test_given_values_replace_defaults_and_are_typed() -> None:
    values = complete(
        "aws-hrnn",
        HRNN.hyperparameters,
        {"hidden_dimension": "64", "recency_mask": "False", "epochs": "3"},
        {"max_user_history_length_percentile": "1"},
    )
    assert values["hidden_dimension"] == 64
    assert values["recency_mask"] is False
    assert values["epochs"] == 3
    assert values["learning_rate"] is None
    assert values["max_user_history_length_percentile"] == 1.0
    assert values["bptt"] == 32


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("hidden_dimension", "31", r"'31' of the hyperparameter hidden_dimension is out of range.*from 32 to 256"),
        ("hidden_dimension", "43.5", r"'43.5'.*is not a whole number"),
        ("recency_mask", "maybe", r"'maybe'.*is not a boolean"),
        ("learning_rate", "nan", r"'nan'.*out of range"),
        ("learning_rate", "fast", r"'fast'.*is not a number"),
        ("hidden_dim", "43", r"has no hidden_dim in algorithmHyperParameters.*hidden_dimension, bptt"),
        ("max_user_history_length_percentile", "1", r"belongs in featureTransformationParameters"),
    ],
)
def test_bad_values_are_refused_in_words(name: str, text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        complete("aws-hrnn", HRNN.hyperparameters, {name: text})


def test_empty_percentile_range_is_refused() -> None:
    featurization = {"min_user_history_length_percentile": "0.99"}
    with pytest.raises(InvalidInput, match="no user is between them"):
        complete("aws-hrnn", HRNN.hyperparameters, None, featurization)


def test_recipe_without_hyperparameters_says_so() -> None:
    with pytest.raises(InvalidInput, match="takes none there: leave it out"):
        complete("aws-popularity-count", (), {"bptt": "32"})
