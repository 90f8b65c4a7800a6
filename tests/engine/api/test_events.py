"""PutEvents through boto3: what is stored, what is refused and with which words, and that nothing is stored twice."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.engine.data.properties import camel_case
from tests.engine.small_world import INTERACTIONS, SmallWorld, schema, small_world

EVENTS = schema(
    "Interactions",
    USER_ID="string",
    ITEM_ID="string",
    TIMESTAMP="long",
    EVENT_TYPE="string",
    EVENT_VALUE={"type": ["null", "float"]},
    IMPRESSION={"type": ["null", "string"]},
    NUM_RATINGS={"type": ["null", "int"]},
    DEVICE={"type": ["null", "string"], "categorical": True},
)
NOW = 1_800_000_000


class Recorder:
    """A dataset group with an event tracker."""

    def __init__(self, world: SmallWorld, text: str = EVENTS) -> None:
        self.world = world
        self.events = world.engine.client("personalize-events")
        self.group = world.personalize.create_dataset_group(name="live")["datasetGroupArn"]
        schema_arn = world.personalize.create_schema(name="live", schema=text)["schemaArn"]
        self.dataset = world.personalize.create_dataset(
            name="events", datasetType="Interactions", datasetGroupArn=self.group, schemaArn=schema_arn
        )["datasetArn"]
        made = world.personalize.create_event_tracker(name="tracker", datasetGroupArn=self.group)
        self.tracker, self.tracking_id = made["eventTrackerArn"], made["trackingId"]

    def put(self, *events: dict[str, Any], user: str | None = "u1", session: str = "s1") -> None:
        who = {} if user is None else {"userId": user}
        self.events.put_events(trackingId=self.tracking_id, sessionId=session, eventList=list(events), **who)

    def refused(self, *events: dict[str, Any], **who: Any) -> str:
        before = self.rows()
        with pytest.raises(ClientError) as caught:
            self.put(*events, **who)
        assert caught.value.response["Error"]["Code"] == "InvalidInputException"
        assert self.rows() == before
        return str(caught.value.response["Error"]["Message"])

    def rows(self) -> list[dict[str, Any]]:
        live = self.world.engine.context.live
        blocks = live.interactions(self.dataset, live.newest(self.dataset))
        return [row for block in blocks for row in block]


@pytest.fixture
def live(tmp_path):
    with small_world(tmp_path / "home") as world:
        yield Recorder(world)


def event(item: str = "i1", **more: Any) -> dict[str, Any]:
    return {"eventType": "watch", "sentAt": NOW, "itemId": item, **more}


def test_every_member_of_an_event_lands_in_its_column(live):
    live.put(
        event(
            eventValue=4.5,
            impression=["i1", "i2"],
            recommendationId="RID-1",
            properties=json.dumps({"numRatings": 12, "device": "tablet|tv"}),
        )
    )
    assert live.rows() == [
        {
            "USER_ID": "u1",
            "ITEM_ID": "i1",
            "TIMESTAMP": str(NOW),
            "EVENT_TYPE": "watch",
            "EVENT_VALUE": "4.5",
            "IMPRESSION": "i1|i2",
            "RECOMMENDATION_ID": "RID-1",  # no column of the schema: kept for metric attributions
            "NUM_RATINGS": "12",
            "DEVICE": "tablet|tv",
        }
    ]


def test_item_and_value_may_stand_in_the_properties_as_the_old_notebooks_have_it(live):
    live.put({"eventType": "rate", "sentAt": "1800000000", "properties": json.dumps({"itemId": "i7", "eventValue": 3})})
    row = live.rows()[0]
    assert (row["ITEM_ID"], row["EVENT_VALUE"], row["TIMESTAMP"]) == ("i7", "3", "1800000000")


def test_a_schema_without_event_type_takes_any_placeholder(tmp_path):
    with small_world(tmp_path / "home") as world:
        plain = Recorder(world, INTERACTIONS)
        plain.put(event(eventValue=2.0))
        assert plain.rows() == [{"USER_ID": "u1", "ITEM_ID": "i1", "TIMESTAMP": str(NOW)}]


def test_an_event_id_counts_once_whatever_comes_with_it_later(live):
    live.put(event(eventId="e1"))
    live.put(event("i2", eventId="e1"), event("i3", eventId="e2"))
    assert [row["ITEM_ID"] for row in live.rows()] == ["i1", "i3"]


def test_equal_events_are_kept_once_and_others_of_the_same_moment_all(live):
    live.put(event(), event(), event("i2"), event(properties='{"device": "tv"}'))
    live.put(event())
    live.put(event(), session="another")
    live.put(event(), user="u2")
    assert [row["ITEM_ID"] for row in live.rows()] == ["i1", "i2", "i1", "i1"]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"itemId": None}, "eventList.2 has no itemId"),
        ({"itemId": None, "properties": '{"itemId": ""}'}, "eventList.2 has no itemId"),
        ({"properties": "{not json"}, "properties is not valid JSON"),
        ({"properties": "[1]"}, "must be a JSON object"),
        ({"properties": '{"colour": "red"}'}, "'colour'"),
        ({"properties": '{"NUM_RATINGS": 3}'}, "here: device, numRatings"),
        ({"properties": '{"numRatings": "many"}'}, "'many' is not a whole number"),
        ({"properties": '{"numRatings": 1.5}'}, "'1.5' is not a whole number"),
        ({"properties": '{"device": ["tv"]}'}, 'Join several categories with "|"'),
        ({"properties": '{"userID": "u2"}'}, "must not have the key 'userID'"),
        ({"properties": '{"itemId": "i2"}'}, "'i1', but eventList.2.properties has 'i2'"),
        ({"properties": '{"eventValue": "high"}'}, "'high' is not a number"),
        ({"sentAt": -5}, "is before 1970"),
        ({"properties": json.dumps({"device": "x" * 1001})}, "1001 characters"),
    ],
)
def test_a_bad_event_is_named_with_its_value_and_nothing_of_the_call_is_stored(live, bad, words):
    given_event = {key: value for key, value in (event() | bad).items() if value is not None}
    assert words in live.refused(event("good"), given_event)


def test_an_unknown_tracker_is_invalid_input_as_no_other_error_is_declared(live):
    with pytest.raises(ClientError) as caught:
        live.events.put_events(trackingId="nobody", sessionId="s", eventList=[event()])
    assert caught.value.response["Error"]["Code"] == "InvalidInputException"
    live.world.personalize.delete_event_tracker(eventTrackerArn=live.tracker)
    assert "no event tracker" in live.refused(event())


def test_without_an_interactions_dataset_there_is_nowhere_to_record(tmp_path):
    with small_world(tmp_path / "home") as world:
        group = world.personalize.create_dataset_group(name="empty")["datasetGroupArn"]
        tracking_id = world.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]
        with pytest.raises(ClientError, match="no Interactions dataset"):
            world.engine.client("personalize-events").put_events(
                trackingId=tracking_id, sessionId="s", eventList=[event()]
            )


def test_more_than_ten_events_are_too_many(live):
    assert "eventList" in live.refused(*[event(f"i{n}") for n in range(11)])


def test_a_visitor_without_a_name_is_the_session_until_an_event_has_both(live):
    live.put(event("before"), user=None, session="visit")
    assert live.rows()[0]["USER_ID"] == "visit"
    live.put(event("after"), user="ann", session="visit")
    live.put(event("other"), user=None, session="another")
    assert [row["USER_ID"] for row in live.rows()] == ["ann", "ann", "another"]


def test_there_is_one_tracker_a_group_and_the_group_goes_last(live):
    personalize = live.world.personalize
    live.put(event())
    stored = live.rows()
    with pytest.raises(ClientError, match="can have one only"):
        personalize.create_event_tracker(name="second", datasetGroupArn=live.group)
    described = personalize.describe_event_tracker(eventTrackerArn=live.tracker)["eventTracker"]
    assert described["trackingId"] == live.tracking_id
    assert described["status"] == "ACTIVE"
    assert [t["eventTrackerArn"] for t in personalize.list_event_trackers()["eventTrackers"]] == [live.tracker]
    with pytest.raises(ClientError, match="has the event tracker"):
        personalize.delete_dataset_group(datasetGroupArn=live.group)
    personalize.delete_event_tracker(eventTrackerArn=live.tracker)
    assert personalize.list_event_trackers(datasetGroupArn=live.group)["eventTrackers"] == []
    assert live.rows() == stored  # the events stay although their tracker is gone


def test_a_deleted_dataset_takes_its_events_along(live):
    live.put(event())
    live.world.personalize.delete_dataset(datasetArn=live.dataset)
    assert live.rows() == []


def test_times_may_be_datetimes(live):
    live.put(event() | {"sentAt": datetime(2027, 1, 15, 8, 0, tzinfo=UTC)})
    assert live.rows()[0]["TIMESTAMP"] == str(NOW)


@pytest.mark.parametrize(
    ("column", "key"),
    [("NUM_RATINGS", "numRatings"), ("GENDER", "gender"), ("CREATION_TIMESTAMP", "creationTimestamp")],
)
def test_keys_are_the_columns_in_camel_case(column, key):
    assert camel_case(column) == key


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(["device", "numRatings", "itemId", "eventValue"]) | st.text(max_size=8)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(properties=st.dictionaries(KEYS, JSON, max_size=4).map(json.dumps) | st.text(max_size=40))
def test_any_properties_are_stored_or_refused_in_words(live, properties):
    if not 1 <= len(properties) <= 1024:
        return
    try:
        properties.encode()
    except UnicodeEncodeError:
        return
    before, code = len(live.rows()), None
    try:
        live.put(event() | {"properties": properties})
    except ClientError as error:
        code = error.response["Error"]["Code"]
    assert code in (None, "InvalidInputException")
    assert code is None or len(live.rows()) == before
