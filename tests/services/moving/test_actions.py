"""A group with actions is moved: both data sets with what was put live, its solution, and the files to take along."""

import io
import subprocess
import sys
import zipfile

import pytest
import yaml

from services.engine.testing import train
from services.moving import sentences
from services.moving.memory import TO_AWS, TO_HERE, Request
from services.moving.parcel import parcel, script_name
from services.moving.plan import Choice
from services.moving.template import template
from services.personalize.datasets import find_group
from tests.engine.domain_world import import_rows
from tests.engine.recipes.next_best_action.test_through_boto3 import ACTIONS, EVENTS, ROWS, interactions

ALL = ["Interactions", "Items", "Users", "Actions", "Action_Interactions"]
CHOICE = Choice(solutions=("next",), campaigns=("next",))


@pytest.fixture
def with_actions(sides):
    """The shop with actions: three imported and one put; 400 events imported and one put."""
    group = sides.world.group
    actions = import_rows(sides.engine, group, "actions", "Actions", ACTIONS, ROWS)
    met = import_rows(sides.engine, group, "met", "Action_Interactions", EVENTS, interactions())
    train(sides.engine, group, "aws-next-best-action", "next")
    events = sides.engine.client("personalize-events")
    events.put_actions(datasetArn=actions, actions=[{"actionId": "late", "properties": '{"value": 2, "kind": "club"}'}])
    event = {"actionId": "late", "userId": "u1", "sessionId": "s", "timestamp": 1_800_000_000, "eventType": "Taken"}
    tracking_id = sides.engine.client("personalize").describe_dataset(datasetArn=met)["dataset"]["trackingId"]
    events.put_action_interactions(trackingId=tracking_id, actionInteractions=[event])
    return sides


def moved(runner, request):
    runner.start(request)
    assert runner.wait(180)
    state = runner.state()
    assert state.kept.failure == ""
    assert state.ended


def imported(backend, name):
    kinds = {kind.lower(): kind for kind in ALL}
    return [kinds[view.dataset_type.lower()] for view in find_group(backend, name).datasets if view.imported]


def uploaded(backend, name, part):
    (url,) = [
        u for u in backend.objects.list(f"s3://{backend.bucket}/{name}/") if u.rpartition("/")[2].startswith(part)
    ]
    with backend.objects.local_path(url) as path:
        return path.read_text()


def test_actions_and_their_events_are_planned_and_moved_with_what_was_put(with_actions):
    runner = with_actions.runner()
    request = Request(TO_AWS, "shop", "acting", CHOICE)
    plan = runner.plan(request)
    labels = [sentences.label(step) for step in plan.steps]
    assert "Import actions" in labels
    assert "Import action interactions" in labels
    assert {sentences.label(step): sentences.cost(step) for step in plan.steps}["Train next"] == "not in the table"
    moved(runner, request)
    assert imported(with_actions.aws, "acting") == ALL
    noted = [step.label for step in runner.state().kept.steps if step.note.startswith("tracking ID ")]
    assert noted == ["Data set for action interactions", "Event tracker acting"]
    assert "late" in uploaded(with_actions.aws, "acting", "actions-")
    assert "u1,late" in uploaded(with_actions.aws, "acting", "action_interactions-")
    campaigns = with_actions.aws.personalize.list_campaigns()["campaigns"]
    campaign = next(entry["campaignArn"] for entry in campaigns if entry["name"] == "next")
    listed = with_actions.aws.runtime.get_action_recommendations(campaignArn=campaign, userId="u3")["actionList"]
    assert {"join", "letter", "late"} <= {action["actionId"] for action in listed}
    back = Request(TO_HERE, "acting", "acting-back")
    moved(with_actions.runner(), back)
    assert imported(with_actions.here(with_actions.aws), "acting-back") == ALL


def test_the_program_makes_them_too_and_the_template_says_that_cloudformation_has_none(with_actions, tmp_path):
    runner = with_actions.runner()
    plan = runner.plan(Request(TO_AWS, "shop", "acting-2"))
    source, _ = runner.sides(TO_AWS)
    with zipfile.ZipFile(io.BytesIO(parcel(source, runner.found(TO_AWS, "shop"), plan))) as packed:
        packed.extractall(tmp_path)
        assert {"data/actions.csv", "data/action_interactions.csv"} <= set(packed.namelist())
    options = ["--bucket", with_actions.aws.bucket, "--role", with_actions.aws.role_arn, "--data", "data"]
    ran = subprocess.run(
        [sys.executable, script_name(plan), *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("tracking ID:") == 2
    assert imported(with_actions.aws, "acting-2") == ALL
    text = template(plan)
    assert "# - Data set for actions" in text.splitlines()
    assert "# - Data set for action interactions" in text.splitlines()
    kinds = [entry["Properties"].get("DatasetType") for entry in yaml.safe_load(text)["Resources"].values()]
    assert [kind for kind in kinds if kind] == ["Interactions", "Items", "Users"]
