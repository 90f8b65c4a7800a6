"""Actions and their events through boto3: data sets, PutActions, PutActionInteractions, GetActionRecommendations."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest

from services.engine.data.vocabulary import Vocabulary
from services.engine.recipes import registry
from services.engine.recipes.actions import ActionModel
from services.engine.recipes.base import Recipe
from services.engine.recipes.registry import RecipeInfo
from services.engine.testing import ROLE, tiny_world
from services.engine.testing import test_engine as opened_engine
from tests.engine.domain_world import import_rows
from tests.engine.helpers import PREFIX, refused, schema

NOW = int(time.time())
ACTIONS = schema(
    "Actions",
    {"name": "ACTION_ID", "type": "string"},
    {"name": "VALUE", "type": ["null", "long"]},
    {"name": "KIND", "type": "string", "categorical": True},
    {"name": "EXPIRATION_TIMESTAMP", "type": ["null", "long"]},
    {"name": "REPEAT_FREQUENCY", "type": ["null", "long"]},
)
EVENTS = schema(
    "ActionInteractions",
    {"name": "USER_ID", "type": "string"},
    {"name": "ACTION_ID", "type": "string"},
    {"name": "EVENT_TYPE", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
    {"name": "CHANNEL", "type": ["null", "string"], "categorical": True},
)
ROWS = f"""ACTION_ID,VALUE,KIND,EXPIRATION_TIMESTAMP,REPEAT_FREQUENCY
join,9,club,,
app,5,phone,,30
coupon,2,club,{NOW - 60},
news,1,phone,,
"""
MET = f"USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP,CHANNEL\nu1,app,Not taken,{NOW - 86_400},mail\nu2,join,Taken,{NOW},\n"


class FixedModel(ActionModel):
    """Prefers actions in the order of their rows; knows how many events it was asked with."""

    n_items, n_actions = 40, 4

    def __init__(self):
        self.asked = []

    def to_arrays(self):
        return {}

    def to_config(self):
        return {}

    @classmethod
    def from_arrays(cls, arrays, config):
        return cls()

    def propensities(self, person, now):
        return np.array([0.5, 0.25, 0.125, 0.0625], np.float32)

    def ranked(self, person, now, n, allowed=None, seed=0):
        self.asked.append(person)
        return np.flatnonzero(np.ones(4, bool) if allowed is None else allowed)[:n].astype(np.int32)


class FixedRecipe(Recipe):
    name = "aws-fixed-actions"
    model_class = FixedModel

    def train(self, data, options, progress, validation=None):
        return FixedModel()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A shop with actions, and a campaign whose model recommends them in a fixed order."""
    patch = pytest.MonkeyPatch()
    fixed = RecipeInfo(FixedRecipe, "PERSONALIZED_ACTIONS", "fixed", "Recommends actions in a fixed order.")
    with opened_engine(tmp_path_factory.mktemp("actions") / "home") as engine:
        shop = tiny_world(engine)
        patch.setattr(registry, "RECIPES", (*registry.RECIPES, fixed))
        datasets = {
            kind: import_rows(engine, shop.group, kind.lower(), kind, text, rows)
            for kind, text, rows in (("Actions", ACTIONS, ROWS), ("Action_Interactions", EVENTS, MET))
        }
        trained = engine.context.models.get(shop.solution_version)
        model = FixedModel()
        actions = Vocabulary.from_ids(["join", "app", "coupon", "news"])
        engine.context.models._open[shop.solution_version] = replace(
            trained, recipe="aws-fixed-actions", model=model, actions=actions
        )
        yield engine, shop, datasets, model, actions
    patch.undo()


@pytest.fixture(scope="module")
def asked(world):
    def ask(**request):
        runtime = world[0].client("personalize-runtime")
        return runtime.get_action_recommendations(campaignArn=world[1].campaign, **request)["actionList"]

    return ask


def ids(listed):
    return [action["actionId"] for action in listed]


def tracking_id(world):
    dataset = world[0].client("personalize").describe_dataset(datasetArn=world[2]["Action_Interactions"])["dataset"]
    assert dataset["datasetType"] == "ACTION_INTERACTIONS"
    return dataset["trackingId"]


def put(world, *events):
    world[0].client("personalize-events").put_action_interactions(
        trackingId=tracking_id(world),
        actionInteractions=[{"sessionId": "s", "timestamp": NOW} | event for event in events],
    )


def test_actions_are_listed_with_their_propensity(asked):
    listed = asked(userId="somebody")
    assert set(ids(listed)) == {"join", "app", "news"}, "coupon has expired"
    assert {action["score"] for action in listed} <= {0.5, 0.25, 0.125, 0.0625}
    assert len(asked(userId="somebody", numResults=2)) == 2


def test_an_action_waits_for_its_repeat_frequency(asked):
    assert "app" not in ids(asked(userId="u1")), "u1 met it yesterday, and it repeats every 30 days"
    assert "join" in ids(asked(userId="u2")), "it has no repeat frequency"


def test_a_put_event_counts_at_once(world, asked):
    assert "app" in ids(asked(userId="u3"))
    put(world, {"userId": "u3", "actionId": "app", "eventType": "NOT_TAKEN", "properties": '{"channel": "mail"}'})
    assert "app" not in ids(asked(userId="u3"))
    person = world[3].asked[-1]
    assert person.actions.kinds.tolist() == [2]
    assert len(person.items) > 0, "item interactions are given to the model"


def test_filters_test_actions_and_what_was_met(world, asked):
    personalize = world[0].client("personalize")

    def created(name, expression):
        return personalize.create_filter(name=name, datasetGroupArn=world[1].group, filterExpression=expression)[
            "filterArn"
        ]

    club = created("club", "INCLUDE ActionID WHERE Actions.KIND IN ($KIND)")
    assert ids(asked(userId="u9", filterArn=club, filterValues={"KIND": '"club"'})) == ["join"]
    taken = created("taken", 'EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("TAKEN")')
    assert "join" not in ids(asked(userId="u2", filterArn=taken))
    put(world, {"userId": "u8", "actionId": "news", "eventType": "taken"})
    assert "news" not in ids(asked(userId="u8", filterArn=taken))
    items = created("items", 'INCLUDE ItemID WHERE Items.CATEGORY IN ("books")')
    with refused("InvalidInputException", "selects ItemID; this model needs one that selects ActionID"):
        asked(userId="u9", filterArn=items)
    with refused("InvalidInputException", "cannot be tested"):
        created("expiry", "INCLUDE ActionID WHERE Actions.REPEAT_FREQUENCY > 3")


def test_put_actions_replaces_and_checks(world, asked):
    events = world[0].client("personalize-events")
    later = json.dumps({"kind": "phone", "expirationTimestamp": NOW - 1})
    events.put_actions(datasetArn=world[2]["Actions"], actions=[{"actionId": "news", "properties": later}])
    assert "news" not in ids(asked(userId="u7"))
    back = json.dumps({"kind": "phone"})
    events.put_actions(datasetArn=world[2]["Actions"], actions=[{"actionId": "news", "properties": back}])
    assert "news" in ids(asked(userId="u7"))
    with refused("InvalidInputException", "has the key 'colour'"):
        events.put_actions(
            datasetArn=world[2]["Actions"], actions=[{"actionId": "x", "properties": '{"colour": "red"}'}]
        )
    with refused("InvalidInputException", "is of the type ACTION_INTERACTIONS"):
        events.put_actions(datasetArn=world[2]["Action_Interactions"], actions=[{"actionId": "x"}])


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"eventType": "Clicked"}, "use Viewed, Taken, Not Taken"),
        ({"eventType": "Taken", "properties": '{"actionId": "x"}'}, "has the key 'actionId'"),
        ({"eventType": "Taken", "properties": "[]"}, "must be a JSON object"),
    ],
)
def test_an_event_that_cannot_be_is_refused(world, event, words):
    with refused("InvalidInputException", words):
        put(world, {"userId": "u1", "actionId": "app"} | event)


def test_what_is_not_there_is_not_found(world):
    events, runtime = world[0].client("personalize-events"), world[0].client("personalize-runtime")
    with refused("ResourceNotFoundException", "no Action_Interactions dataset"):
        events.put_action_interactions(
            trackingId=world[1].tracking_id,
            actionInteractions=[{"actionId": "a", "sessionId": "s", "timestamp": NOW, "eventType": "Taken"}],
        )
    with refused("ResourceNotFoundException", "The given campaign does not exist"):
        runtime.get_action_recommendations(campaignArn=f"{PREFIX}:campaign/none", userId="u")


def test_an_export_has_the_events_that_were_put(world):
    engine = world[0]
    engine.client("personalize").create_dataset_export_job(
        jobName="met",
        datasetArn=world[2]["Action_Interactions"],
        ingestionMode="ALL",
        roleArn=ROLE,
        jobOutput={"s3DataDestination": {"path": "s3://met/"}},
    )
    urls = engine.objects.list("s3://met/")
    with engine.objects.open_read(urls[0]) as file:
        lines = file.read().decode().splitlines()
    assert lines[0].split(",")[:2] == ["USER_ID", "ACTION_ID"]
    assert any(line.startswith('"u3"') or line.startswith("u3") for line in lines)


def test_a_domain_has_no_actions(world):
    personalize = world[0].client("personalize")
    group = personalize.create_dataset_group(name="domain", domain="ECOMMERCE")["datasetGroupArn"]
    schema_arn = personalize.create_schema(name="custom-actions", schema=ACTIONS)["schemaArn"]
    with refused("InvalidInputException", "Use a schema of the group's domain"):
        personalize.create_dataset(name="a", datasetType="Actions", datasetGroupArn=group, schemaArn=schema_arn)
