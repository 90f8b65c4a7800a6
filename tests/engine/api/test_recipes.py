"""Recipes, algorithms and feature transformations through boto3."""

from tests.engine.helpers import HRNN, refused


def test_recipes_are_listed_by_name(personalize):
    recipes = personalize.list_recipes()["recipes"]
    names = [recipe["name"] for recipe in recipes]
    assert names == sorted(names)
    assert {"aws-hrnn", "aws-popularity-count"} <= set(names)
    hrnn = next(recipe for recipe in recipes if recipe["name"] == "aws-hrnn")
    assert hrnn["recipeArn"] == "arn:aws:personalize:::recipe/aws-hrnn"
    assert hrnn["status"] == "ACTIVE"
    assert hrnn["creationDateTime"].strftime("%Y-%m-%d") == "2019-06-10"
    assert personalize.list_recipes(recipeProvider="SERVICE")["recipes"] == recipes


def test_recipe_leads_to_its_algorithm_and_feature_transformation(personalize):
    recipe = personalize.describe_recipe(recipeArn=HRNN)["recipe"]
    assert recipe["recipeType"] == "USER_PERSONALIZATION"
    algorithm = personalize.describe_algorithm(algorithmArn=recipe["algorithmArn"])["algorithm"]
    assert algorithm["defaultHyperParameters"]["hidden_dimension"] == "43"
    ranges = algorithm["defaultHyperParameterRanges"]
    assert {"name": "bptt", "minValue": 2, "maxValue": 32, "isTunable": True} in ranges["integerHyperParameterRanges"]
    mask = ranges["categoricalHyperParameterRanges"][0]
    assert mask == {"name": "recency_mask", "values": ["true", "false"], "isTunable": True}
    arn = recipe["featureTransformationArn"]
    assert arn == "arn:aws:personalize:::feature-transformation/JSON-percentile-filtering"
    transformation = personalize.describe_feature_transformation(featureTransformationArn=arn)["featureTransformation"]
    assert transformation["defaultParameters"]["max_user_history_length_percentile"] == "0.99"


def test_defaults_can_be_given_back(personalize, films):
    algorithm = personalize.describe_algorithm(algorithmArn="arn:aws:personalize:::algorithm/aws-hrnn")["algorithm"]
    config = {"algorithmHyperParameters": algorithm["defaultHyperParameters"]}
    personalize.create_solution(name="s", datasetGroupArn=films.group, recipeArn=HRNN, solutionConfig=config)


def test_unknown_ones_are_not_found(personalize):
    with refused("ResourceNotFoundException", "The given recipe does not exist"):
        personalize.describe_recipe(recipeArn="arn:aws:personalize:::recipe/none")
    with refused("ResourceNotFoundException", "The given algorithm does not exist"):
        personalize.describe_algorithm(algorithmArn="arn:aws:personalize:::algorithm/none")
    with refused("ResourceNotFoundException", "The given feature transformation does not exist"):
        personalize.describe_feature_transformation(
            featureTransformationArn="arn:aws:personalize:::feature-transformation/none"
        )
