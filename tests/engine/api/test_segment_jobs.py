"""Batch segment jobs through boto3, with a model whose answers are known."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from botocore.exceptions import ClientError

from services.engine.errors import InvalidInput
from services.engine.models.artifacts import write_artifact
from services.engine.models.evaluation_file import read_evaluation
from services.engine.recipes import registry
from services.engine.recipes.affinity.segments import SegmentModel
from services.engine.recipes.base import Recipe
from services.engine.recipes.registry import RecipeInfo
from services.engine.testing import ROLE, tiny_world
from services.engine.testing import test_engine as opened_engine
from tests.engine.helpers import PREFIX, refused


class FixedModel(SegmentModel):
    """Says that user number n is for item number n, and the users after them less and less; knows books only."""

    n_items, n_users = 40, 50

    def to_arrays(self):
        return {}

    def to_config(self):
        return {}

    @classmethod
    def from_arrays(cls, arrays, config):
        return cls()

    def user_scores(self, question):
        if isinstance(question, tuple) and question[0].value != "books":
            raise InvalidInput(f'nobody had "{question[0].value}" in the training')
        first = 7 if isinstance(question, tuple) else question
        return (1 / (1 + (np.arange(50) - first) % 50)).astype(np.float32)


class FixedItems(Recipe):
    name = "aws-fixed-item-affinity"
    model_class = FixedModel

    def train(self, data, options, progress, validation=None):
        return FixedModel()


class FixedAttributes(FixedItems):
    name = "aws-fixed-item-attribute-affinity"


INFOS = tuple(
    RecipeInfo(recipe, "USER_SEGMENTATION", "fixed", "Known answers.") for recipe in (FixedItems, FixedAttributes)
)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    patch = pytest.MonkeyPatch()
    with opened_engine(tmp_path_factory.mktemp("segments") / "home") as engine:
        shop = tiny_world(engine)
        patch.setattr(registry, "RECIPES", (*registry.RECIPES, *INFOS))
        yield engine, shop
    patch.undo()


def become(world, recipe):
    """Let the shop's solution version be one of this recipe."""
    engine, shop = world
    version = engine.context.resources.get("solution-version", shop.solution_version)
    folder = engine.settings.models_path / version["_model_path"]
    evaluation = read_evaluation(folder)
    trained = replace(engine.context.models.get(shop.solution_version), recipe=recipe, model=FixedModel())
    shutil.rmtree(folder)
    write_artifact(folder, trained, evaluation)
    engine.context.resources.update(version.arn, body={"recipeArn": f"arn:aws:personalize:::recipe/{recipe}"})
    return trained


def run(world, name, lines, **more):
    """Run a job on these lines; return its description and the lines of its output."""
    engine, shop = world
    personalize = engine.client("personalize")
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    engine.objects.put_bytes(f"s3://in/{name}.json", text.encode())
    arn = personalize.create_batch_segment_job(
        jobName=name,
        solutionVersionArn=shop.solution_version,
        roleArn=ROLE,
        jobInput={"s3DataSource": {"path": f"s3://in/{name}.json"}},
        jobOutput={"s3DataDestination": {"path": f"s3://out/{name}/"}},
        **more,
    )["batchSegmentJobArn"]
    described = personalize.describe_batch_segment_job(batchSegmentJobArn=arn)["batchSegmentJob"]
    output = []
    if engine.objects.exists(f"s3://out/{name}/{name}.json.out"):
        with engine.objects.open_read(f"s3://out/{name}/{name}.json.out") as file:
            output = [json.loads(line) for line in file]
    return described, output


def test_items_have_the_people_they_are_for(world):
    trained = become(world, "aws-fixed-item-affinity")
    item = trained.items.id_of(3)
    described, output = run(world, "items", [{"itemId": item}, {"itemId": "none"}, "no json"], numResults=4)
    assert (described["status"], described["numResults"]) == ("ACTIVE", 4)
    assert described["batchSegmentJobArn"] == f"{PREFIX}:batch-segment-job/items"
    expected = {"usersList": [trained.users.id_of(user) for user in (3, 4, 5, 6)]}
    assert output[0] == {"input": {"itemId": item}, "output": expected, "error": None}
    assert output[1]["output"] is None
    assert "'none' was not in the data" in output[1]["error"]
    assert output[2]["output"] is None
    assert world[0].objects.exists("s3://out/items/_CHECK")
    listed = world[0].client("personalize").list_batch_segment_jobs(solutionVersionArn=world[1].solution_version)
    assert "items" in [job["jobName"] for job in listed["batchSegmentJobs"]]


def test_tastes_are_asked_with_attributes(world):
    trained = become(world, "aws-fixed-item-attribute-affinity")
    lines = [
        {"itemAttributes": 'ITEMS.CATEGORY = "books" AND ITEMS.PRICE = 5'},
        {"itemAttributes": 'ITEMS.CATEGORY = "cars"'},
        {"itemAttributes": "CATEGORY LIKE books"},
    ]
    described, output = run(world, "tastes", lines)
    assert described["status"] == "ACTIVE"
    assert output[0]["output"]["usersList"][0] == trained.users.id_of(7)
    assert len(output[0]["output"]["usersList"]) == 25
    assert "cars" in output[1]["error"]
    assert "cannot be read" in output[2]["error"]


def test_a_filter_selects_users_by_columns_and_events(world):
    trained = become(world, "aws-fixed-item-affinity")
    personalize = world[0].client("personalize")

    def created(name, expression):
        return personalize.create_filter(name=name, datasetGroupArn=world[1].group, filterExpression=expression)[
            "filterArn"
        ]

    tier = created("tier", "INCLUDE UserID WHERE Users.TIER IN ($TIER)")
    line = {"itemId": trained.items.id_of(0), "filterValues": {"TIER": '"gold"'}}
    _, output = run(world, "gold", [line], filterArn=tier, numResults=50)
    users = output[0]["output"]["usersList"]
    assert users
    assert all(int(user[1:]) % 3 == 0 for user in users), "every third customer of the tiny shop is gold"
    bought = created("bought", 'EXCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("return")')
    world[0].client("personalize-events").put_events(
        trackingId=world[1].tracking_id,
        userId="u5",
        sessionId="s",
        eventList=[{"eventType": "Return", "itemId": "i1", "sentAt": 1_700_000_000}],
    )
    _, output = run(world, "kept", [{"itemId": trained.items.id_of(0)}], filterArn=bought, numResults=50)
    assert set(trained.users.ids(range(50))) - set(output[0]["output"]["usersList"]) == {"u5"}
    items = created("of-items", 'INCLUDE ItemID WHERE Items.CATEGORY IN ("books")')
    with refused("InvalidInputException", "needs one that selects UserID"):
        run(world, "wrong", [{"itemId": "i1"}], filterArn=items)


def test_a_job_whose_lines_are_all_refused_fails_with_the_first_reason(world):
    become(world, "aws-fixed-item-affinity")
    described, _ = run(world, "none", [{"userId": "u1"}])
    assert described["status"] == "CREATE FAILED"
    assert "write an object with itemId" in described["failureReason"]
    described, _ = run(world, "long", [{"itemId": "i1"}] * 501)
    assert "more than 500 lines" in described["failureReason"]


def test_what_cannot_be_created(world):
    become(world, "aws-fixed-item-affinity")
    with refused("InvalidInputException", "1 to 5,000,000 users"):
        run(world, "zero", [{"itemId": "i1"}], numResults=0)
    with refused("InvalidInputException", "Invalid S3 output path"):
        world[0].client("personalize").create_batch_segment_job(
            jobName="same",
            solutionVersionArn=world[1].solution_version,
            roleArn=ROLE,
            jobInput={"s3DataSource": {"path": "s3://in/"}},
            jobOutput={"s3DataDestination": {"path": "s3://in/"}},
        )
    world[0].context.resources.update(
        world[1].solution_version, body={"recipeArn": "arn:aws:personalize:::recipe/aws-popularity-count"}
    )
    with refused("InvalidInputException", "makes no user segments"):
        run(world, "other", [{"itemId": "i1"}])


def test_no_campaign_serves_a_recipe_that_makes_segments(world):
    become(world, "aws-fixed-item-affinity")
    engine, shop = world
    with pytest.raises(ClientError) as refused:
        engine.client("personalize").create_campaign(name="segments", solutionVersionArn=shop.solution_version)
    assert refused.value.response["Error"]["Code"] == "InvalidInputException"
    assert "Create a batch segment job instead" in str(refused.value)
