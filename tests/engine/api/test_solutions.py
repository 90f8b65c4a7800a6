"""Solutions through boto3."""

from pathlib import Path

import pytest

from tests.engine.helpers import HRNN, POPULARITY, PREFIX, refused, schema


def create(personalize, films, name="s", recipe=HRNN, **more):
    return personalize.create_solution(name=name, datasetGroupArn=films.group, recipeArn=recipe, **more)["solutionArn"]


def test_solution_is_active_at_once_and_tells_that_it_does_not_train_by_itself(personalize, films):
    config = {"algorithmHyperParameters": {"hidden_dimension": "64"}}
    arn = create(personalize, films, eventType="watch", solutionConfig=config)
    solution = personalize.describe_solution(solutionArn=arn)["solution"]
    assert arn == f"{PREFIX}:solution/s"
    assert solution["status"] == "ACTIVE"
    assert solution["recipeArn"] == HRNN
    assert solution["eventType"] == "watch"
    assert solution["solutionConfig"] == config
    for member in ("performAutoTraining", "performHPO", "performAutoML", "performIncrementalUpdate"):
        assert solution[member] is False
    assert "latestSolutionVersion" not in solution
    listed = personalize.list_solutions(datasetGroupArn=films.group)["solutions"]
    assert [entry["solutionArn"] for entry in listed] == [arn]
    assert "solutionConfig" not in listed[0]


def test_a_configuration_that_was_not_given_is_described_as_empty(personalize, films):
    arn = create(personalize, films)
    assert personalize.describe_solution(solutionArn=arn)["solution"]["solutionConfig"] == {}
    version = personalize.create_solution_version(solutionArn=arn)["solutionVersionArn"]
    described = personalize.describe_solution_version(solutionVersionArn=version)["solutionVersion"]
    assert described["solutionConfig"] == {}


def test_solution_refuses_by_name_what_the_engine_cannot_do(personalize, films):
    with refused("InvalidInputException", "performIncrementalUpdate"):
        create(personalize, films, performIncrementalUpdate=True)
    assert create(personalize, films, performIncrementalUpdate=False)


def test_solution_needs_a_recipe_that_exists(personalize, films):
    with refused("InvalidInputException", "recipeArn is missing"):
        personalize.create_solution(name="s", datasetGroupArn=films.group)
    with refused("ResourceNotFoundException", "aws-nonsense"):
        create(personalize, films, recipe="arn:aws:personalize:::recipe/aws-nonsense")
    with refused("ResourceNotFoundException", "The given dataset group does not exist"):
        personalize.create_solution(name="s", datasetGroupArn=f"{PREFIX}:dataset-group/none", recipeArn=HRNN)


HPO_RANGE = {"name": "hidden_dimension", "minValue": 64, "maxValue": 32}


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"algorithmHyperParameters": {"hidden_dimension": "7"}}, "from 32 to 256"),
        ({"algorithmHyperParameters": {"nonsense": "7"}}, "nonsense"),
        ({"featureTransformationParameters": {"bptt": "7"}}, "algorithmHyperParameters"),
        ({"eventValueThreshold": "much"}, "not a number"),
        ({"autoMLConfig": {"metricName": "m"}}, "performAutoML"),
        ({"autoTrainingConfig": {"schedulingExpression": "rate(1 day)"}}, "performAutoTraining"),
        (
            {"optimizationObjective": {"itemAttribute": "PRICE"}},
            "aws-user-personalization and aws-personalized-ranking",
        ),
        ({"eventsConfig": {"eventParametersList": []}}, "eventsConfig"),
        ({"hpoConfig": {"hpoResourceConfig": {"maxNumberOfTrainingJobs": "41"}}}, "1 to 40"),
        ({"hpoConfig": {"hpoResourceConfig": {"maxParallelTrainingJobs": "two"}}}, "not a whole number"),
        ({"hpoConfig": {"algorithmHyperParameterRanges": {"integerHyperParameterRanges": [HPO_RANGE]}}}, "empty"),
        (
            {"hpoConfig": {"algorithmHyperParameterRanges": {"continuousHyperParameterRanges": [{"name": "x"}]}}},
            "no tunable hyperparameter x",
        ),
        ({"trainingDataConfig": {"excludedDatasetColumns": {"Interactions": ["NONE"]}}}, "NONE"),
        ({"trainingDataConfig": {"excludedDatasetColumns": {"INTERACTIONS": ["ITEM_ID"]}}}, "cannot do without"),
        ({"trainingDataConfig": {"includedDatasetColumns": {"Films": ["ITEM_ID"]}}}, "Unknown dataset type"),
    ],
)
def test_solution_refuses_a_config_that_cannot_be_trained(personalize, films, config, words):
    with refused("InvalidInputException", words):
        create(personalize, films, solutionConfig=config)
    assert personalize.list_solutions()["solutions"] == []


def test_solution_takes_a_valid_config_of_every_kind(personalize, films):
    ranges = {"integerHyperParameterRanges": [{"name": "hidden_dimension", "minValue": 32, "maxValue": 64}]}
    config = {
        "eventValueThreshold": "3.5",
        "featureTransformationParameters": {"max_user_history_length_percentile": "0.9"},
        "hpoConfig": {"algorithmHyperParameterRanges": ranges},
        "trainingDataConfig": {"includedDatasetColumns": {"Interactions": ["TIMESTAMP"]}},
    }
    arn = create(personalize, films, solutionConfig=config)
    assert personalize.describe_solution(solutionArn=arn)["solution"]["solutionConfig"] == config


def test_twenty_solutions_fit_in_a_group(personalize, films):
    for i in range(20):
        create(personalize, films, f"s{i}", POPULARITY)
    with refused("LimitExceededException", "More than 20"):
        create(personalize, films, "s20")
    personalize.delete_solution(solutionArn=f"{PREFIX}:solution/s0")
    create(personalize, films, "s20")


def test_update_confirms_that_nothing_trains_by_itself(personalize, solution):
    personalize.update_solution(solutionArn=solution, performAutoTraining=False)
    described = personalize.describe_solution(solutionArn=solution)["solution"]
    assert described["performAutoTraining"] is False
    assert described["latestSolutionUpdate"]["status"] == "ACTIVE"
    assert described["latestSolutionUpdate"]["performAutoTraining"] is False
    with refused("InvalidInputException", "Nothing to update"):
        personalize.update_solution(solutionArn=solution)
    with refused("InvalidInputException", "autoTrainingConfig"):
        config = {"autoTrainingConfig": {"schedulingExpression": "rate(2 days)"}}
        personalize.update_solution(solutionArn=solution, solutionUpdateConfig=config)


def test_solution_is_deleted_with_its_versions_and_models(engine, personalize, solution, train):
    version = train(solution)
    campaign = personalize.create_campaign(name="c", solutionVersionArn=version)["campaignArn"]
    with refused("ResourceInUseException", campaign):
        personalize.delete_solution(solutionArn=solution)
    personalize.delete_campaign(campaignArn=campaign)
    assert list(engine.settings.models_path.iterdir()) == [Path(engine.settings.models_path, version[-8:])]
    personalize.delete_solution(solutionArn=solution)
    assert list(engine.settings.models_path.iterdir()) == []
    with refused("ResourceNotFoundException", version):
        personalize.describe_solution_version(solutionVersionArn=version)


def test_solution_in_training_cannot_be_deleted(personalize, solution, worker):
    version = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    with refused("ResourceInUseException", "CREATE PENDING"):
        personalize.delete_solution(solutionArn=solution)
    worker.begin(version)
    personalize.stop_solution_version_creation(solutionVersionArn=version)
    with refused("ResourceInUseException", "CREATE STOPPING"):
        personalize.delete_solution(solutionArn=solution)


def test_solution_trained_on_columns_that_are_not_there_is_refused_before_training(personalize, films):
    arn = create(personalize, films, eventType="watch")
    with refused("InvalidInputException", "no field EVENT_TYPE"):
        personalize.create_solution_version(solutionArn=arn)
    fields = [{"name": n, "type": "string"} for n in ("USER_ID", "ITEM_ID", "EVENT_TYPE")]
    typed = schema("Interactions", *fields, {"name": "TIMESTAMP", "type": "long"})
    assert personalize.create_schema(name="typed", schema=typed)


@pytest.mark.parametrize("digits", [20, 309, 1000])
def test_a_number_of_hundreds_of_digits_is_refused(personalize, films, digits):
    parameters = {"hidden_dimension": "9" * digits}
    with refused("InvalidInputException", "hyperparameter hidden_dimension is"):
        personalize.create_solution(
            name="huge",
            datasetGroupArn=films.group,
            recipeArn=HRNN,
            solutionConfig={"algorithmHyperParameters": parameters},
        )
