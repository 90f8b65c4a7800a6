"""PutActions and PutActionInteractions: actions, and what people did with them, stored before the answer.

Source: Amazon Personalize developer guide, "Recording real-time action interaction events". An Action_Interactions
dataset has a tracking ID of its own. AWS says three event types, in several spellings; they are stored as Taken,
Not Taken and Viewed, and others are InvalidInput.
"""

from typing import Any

from services.engine.api.records import put_records
from services.engine.context import EngineContext
from services.engine.data.csv_files.rules import shown
from services.engine.data.properties import cell, cells_of, n_bytes, parse
from services.engine.data.schemas import Schema, parse_schema
from services.engine.errors import InvalidInput, ResourceNotFound
from services.engine.recipes.actions import event_code
from services.engine.store.live import NewEvent
from services.engine.store.resources import Resource

MAX_EVENT_BYTES = 10_240
RESERVED = ("USER_ID", "ACTION_ID", "TIMESTAMP", "EVENT_TYPE", "IMPRESSION", "RECOMMENDATION_ID")
SPELLINGS = ("Viewed", "Taken", "Not Taken")
"""By recipes/actions.py's code."""


def put_actions(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Add or replace all actions or none."""
    return put_records(context, request, "Actions", "actions", "actionId", "ACTION_ID")


def put_action_interactions(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Record all events or none; duplicates are ignored."""
    with context.database.atomic():  # the dataset must exist until the events are stored
        dataset = _dataset_of(context, request["trackingId"])
        schema = parse_schema(context.resources.get("schema", dataset["schemaArn"])["schema"])
        events = [
            _event(schema, event, f"actionInteractions.{number}")
            for number, event in enumerate(request["actionInteractions"], start=1)
        ]
        context.live.add_events(dataset.arn, events)
    return {}


def _dataset_of(context: EngineContext, tracking_id: str) -> Resource:
    for dataset in context.resources.list("dataset"):
        if dataset.body.get("trackingId") == tracking_id:
            return dataset
    raise ResourceNotFound(
        f"There is no Action_Interactions dataset with the trackingId {tracking_id[:100]}. DescribeDataset returns it."
    )


def _event(schema: Schema, event: dict[str, Any], where: str) -> NewEvent:
    size = n_bytes(event)
    if size > MAX_EVENT_BYTES:
        raise InvalidInput(f"{where} has {size:,} bytes; an event has at most {MAX_EVENT_BYTES:,}. Send less with it.")
    code = event_code(event["eventType"])
    if code is None:
        raise InvalidInput(f"{where}.eventType is {shown(event['eventType'])}; use {', '.join(SPELLINGS)}.")
    cells = cells_of(parse(event.get("properties"), where), schema, where, reserved=RESERVED)
    impression = event.get("impression")
    members = {
        "EVENT_TYPE": SPELLINGS[code],
        "RECOMMENDATION_ID": event.get("recommendationId"),
        "IMPRESSION": None if impression is None else "|".join(impression),
    }
    for name, content in members.items():
        field = schema.find(name)
        if field is not None and content is not None:
            cells[name] = cell(field, content, f"{where}.{name}")
    owner, sent_at = event.get("userId") or event["sessionId"], int(event["timestamp"])
    for name, content in (("USER_ID", owner), ("ACTION_ID", event["actionId"]), ("TIMESTAMP", sent_at)):
        field = schema.find(name)
        assert field is not None
        cell(field, content, f"{where}.{name}")
    return NewEvent(
        session_id=event["sessionId"],
        user_id=event.get("userId"),
        item_id=event["actionId"],
        sent_at=sent_at,
        event_type=SPELLINGS[code],
        event_value=None,
        event_id=event.get("eventId"),
        cells=cells,
    )
