"""performHPO and performAutoML through boto3: what can be searched, what is refused, and the answers of Describe."""

import pytest

from tests.engine.helpers import HRNN, POPULARITY, refused

SIMS = "arn:aws:personalize:::recipe/aws-sims"
METADATA = "arn:aws:personalize:::recipe/aws-hrnn-metadata"
INTEGER, CONTINUOUS, CATEGORICAL = (f"{kind}HyperParameterRanges" for kind in ("integer", "continuous", "categorical"))


def create(personalize, films, hpo=None, recipe=HRNN, **more):
    config = {"hpoConfig": hpo} if hpo is not None else {}
    config |= more.pop("config", {})
    chosen = {"recipeArn": recipe} if recipe else {}
    answer = personalize.create_solution(
        name="s", datasetGroupArn=films.group, performHPO=True, solutionConfig=config, **chosen, **more
    )
    return answer["solutionArn"]


def ranges(**lists):
    return {"algorithmHyperParameterRanges": lists}


@pytest.mark.parametrize(
    "hpo",
    [
        None,
        {"hpoResourceConfig": {"maxNumberOfTrainingJobs": "40", "maxParallelTrainingJobs": "10"}},
        ranges(**{INTEGER: [], CONTINUOUS: [], CATEGORICAL: []}),
        ranges(**{INTEGER: [{"name": "bptt", "minValue": 20}], CATEGORICAL: [{"name": "recency_mask"}]}),
        {"hpoObjective": {"metricName": "precision_at_25", "type": "Maximize", "metricRegex": "string"}},
    ],
)
def test_solution_and_version_tell_that_they_search(personalize, films, hpo):
    arn = create(personalize, films, hpo)
    solution = personalize.describe_solution(solutionArn=arn)["solution"]
    assert solution["performHPO"] is True
    assert solution["solutionConfig"] == ({} if hpo is None else {"hpoConfig": hpo})
    version = personalize.create_solution_version(solutionArn=arn)["solutionVersionArn"]
    described = personalize.describe_solution_version(solutionVersionArn=version)["solutionVersion"]
    assert described["performHPO"] is True
    assert "tunedHPOParams" not in described


@pytest.mark.parametrize(
    ("hpo", "words"),
    [
        (ranges(**{INTEGER: [{"name": "bptt", "minValue": 20, "maxValue": 40}]}), "'40' of the hyperparameter bptt"),
        (ranges(**{INTEGER: [{"name": "bptt", "minValue": 1}]}), "from 2 to 32"),
        (ranges(**{INTEGER: [{"name": "epochs", "minValue": 2}]}), "no tunable hyperparameter epochs"),
        (ranges(**{CONTINUOUS: [{"name": "bptt", "minValue": 2.0}]}), f"belongs in {INTEGER}"),
        (ranges(**{CATEGORICAL: [{"name": "recency_mask", "values": []}]}), "true, false"),
        (ranges(**{CATEGORICAL: [{"name": "recency_mask", "values": ["maybe"]}]}), "maybe"),
        (ranges(**{INTEGER: [{"name": "bptt"}, {"name": "bptt"}]}), "two ranges for bptt"),
        ({"hpoObjective": {"metricName": "accuracy"}}, "'accuracy', which is no metric"),
        ({"hpoObjective": {"type": "Minimize"}}, "Use Maximize"),
        ({"hpoResourceConfig": {"maxNumberOfTrainingJobs": "0"}}, "1 to 40"),
    ],
)
def test_solution_refuses_what_cannot_be_searched(personalize, films, hpo, words):
    with refused("InvalidInputException", words):
        create(personalize, films, hpo)
    assert personalize.list_solutions()["solutions"] == []


def test_nothing_to_search_is_refused(personalize, films):
    with refused("InvalidInputException", "none of its settings is tunable"):
        create(personalize, films, recipe=POPULARITY)
    given = {"popularity_discount_factor": "0.4", "min_cointeraction_count": "2"}
    with refused("InvalidInputException", "are given in algorithmHyperParameters"):
        create(personalize, films, recipe=SIMS, config={"algorithmHyperParameters": given})


def test_automl_takes_no_recipe_and_always_searches(personalize, films):
    with refused("InvalidInputException", HRNN):
        create(personalize, films, performAutoML=True)
    with refused("InvalidInputException", "performHPO is false"):
        personalize.create_solution(name="s", datasetGroupArn=films.group, performAutoML=True, performHPO=False)
    arn = create(personalize, films, recipe=None, performAutoML=True)
    solution = personalize.describe_solution(solutionArn=arn)["solution"]
    assert (solution["performAutoML"], solution["performHPO"]) == (True, True)
    assert {"recipeArn", "autoMLResult"}.isdisjoint(solution)


@pytest.mark.parametrize(
    ("auto", "words"),
    [
        ({"recipeList": [SIMS]}, "cannot choose aws-sims"),
        ({"metricName": "accuracy"}, "'accuracy', which is no metric"),
    ],
)
def test_automl_refuses_what_it_cannot_choose_by(personalize, films, auto, words):
    with refused("InvalidInputException", words):
        create(personalize, films, recipe=None, performAutoML=True, config={"autoMLConfig": auto})


def test_automl_tells_the_best_recipe_once_it_is_known(personalize, films, worker):
    config = {"autoMLConfig": {"metricName": "precision_at_10", "recipeList": [HRNN, METADATA]}}
    arn = create(personalize, films, recipe=None, performAutoML=True, config=config)
    version = personalize.create_solution_version(solutionArn=arn)["solutionVersionArn"]
    assert "recipeArn" not in personalize.describe_solution_version(solutionVersionArn=version)["solutionVersion"]
    tuned = {"algorithmHyperParameters": {"bptt": "16"}}
    others = {arn: {"autoMLResult": {"bestRecipeArn": METADATA}}}
    worker.complete(version, body={"recipeArn": METADATA, "tunedHPOParams": tuned}, others=others)
    described = personalize.describe_solution_version(solutionVersionArn=version)["solutionVersion"]
    assert (described["recipeArn"], described["tunedHPOParams"]) == (METADATA, tuned)
    assert personalize.describe_solution(solutionArn=arn)["solution"]["autoMLResult"] == {"bestRecipeArn": METADATA}
