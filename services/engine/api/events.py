"""PutEvents: checks events, converts them to rows of the Interactions schema and stores them before the answer.

Rules: Amazon Personalize developer guide, "Recording item interaction events". docs/compatibility.md lists our choices
where AWS's documentation is silent: an itemId in the event and one in properties must be equal, unknown keys are
refused, and one refused event refuses the whole call.
"""

from typing import Any

from services.engine.api.event_trackers import tracker_of
from services.engine.api.states import require_active
from services.engine.context import EngineContext
from services.engine.data.csv_files.rules import shown
from services.engine.data.properties import cell, cells_of, n_bytes, parse
from services.engine.data.schemas import Schema, parse_schema
from services.engine.errors import InvalidInput
from services.engine.store.datasets import datasets_of
from services.engine.store.live import NewEvent

MAX_EVENT_BYTES = 10_240
FORBIDDEN = ("userId", "sessionId", "eventType", "timestamp", "recommendationId", "impression")
"""Keys that properties must not have, ignoring case: they are members of the event (botocore's model, PutEvents)."""
ATTRIBUTED = ("RECOMMENDATION_ID", "EVENT_ATTRIBUTION_SOURCE")
"""What tells which recommendations an event is owed to."""
RESERVED = ("USER_ID", "TIMESTAMP", "EVENT_TYPE", "IMPRESSION", "RECOMMENDATION_ID", "EVENT_ATTRIBUTION_SOURCE")


def put_events(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Record all events of a session or none; duplicates are ignored."""
    with context.database.atomic():  # tracker and dataset must exist until the events are stored
        tracker = tracker_of(context, request["trackingId"])
        require_active(tracker)
        dataset = datasets_of(context.resources, tracker["datasetGroupArn"]).get("INTERACTIONS")
        if dataset is None:
            raise InvalidInput(
                f"The dataset group {tracker['datasetGroupArn']} has no Interactions dataset to record events in. "
                "Create one; it may be empty."
            )
        schema = parse_schema(context.resources.get("schema", dataset["schemaArn"])["schema"])
        session_id, user_id = request["sessionId"], request.get("userId")
        events = [
            _event(schema, session_id, user_id, event, f"eventList.{number}")
            for number, event in enumerate(request["eventList"], start=1)
        ]
        context.live.add_events(dataset.arn, events)
    return {}


def _event(schema: Schema, session_id: str, user_id: str | None, event: dict[str, Any], where: str) -> NewEvent:
    size = n_bytes(event)
    if size > MAX_EVENT_BYTES:
        raise InvalidInput(f"{where} has {size:,} bytes; an event has at most {MAX_EVENT_BYTES:,}. Send less with it.")
    properties = parse(event.get("properties"), where)
    for key in properties:
        if key.lower() in {name.lower() for name in FORBIDDEN}:
            raise InvalidInput(f"{where}.properties must not have the key {shown(key)}; it is a member of its own.")
    item_id = _either(event, properties, "itemId", where)
    if item_id is None or item_id == "":
        raise InvalidInput(f"{where} has no itemId. Give one, in the event or in its properties.")
    value = _either(event, properties, "eventValue", where)
    cells = cells_of(properties, schema, where, reserved=(*RESERVED, "ITEM_ID", "EVENT_VALUE"))
    cells |= _members(schema, event, value, where)
    for name, member, given in (("USER_ID", "userId", user_id), ("ITEM_ID", f"{where}.itemId", item_id)):
        field = schema.find(name)
        assert field is not None
        cell(field, given, member)
    if not isinstance(item_id, str):
        raise InvalidInput(f"{where}.itemId is {shown(str(item_id))}; it must be text.")
    return NewEvent(
        session_id=session_id,
        user_id=user_id or None,
        item_id=item_id,
        sent_at=_seconds(schema, event["sentAt"], f"{where}.sentAt"),
        event_type=event["eventType"],
        event_value=_number(value, f"{where}.eventValue"),
        event_id=event.get("eventId"),
        cells=cells,
    )


def _either(event: dict[str, Any], properties: dict[str, Any], name: str, where: str) -> Any:
    """Return a member that may be in the event or, as in older programs, in its properties; both must be equal."""
    outside, inside = event.get(name), properties.pop(name, None)
    if outside is not None and inside is not None and str(outside) != str(inside) and outside != _as_float(inside):
        raise InvalidInput(
            f"{where}.{name} is {shown(str(outside))}, but {where}.properties has {shown(str(inside))}. Give it once."
        )
    return inside if outside is None else outside


def _members(schema: Schema, event: dict[str, Any], value: Any, where: str) -> dict[str, str | None]:
    """Return the cells of the members with a column of their own, if the schema has it."""
    attribution = event.get("metricAttribution") or {}
    impression = event.get("impression")
    members = {
        "EVENT_TYPE": (event["eventType"], "eventType"),
        "EVENT_VALUE": (value, "eventValue"),
        "RECOMMENDATION_ID": (event.get("recommendationId"), "recommendationId"),
        "IMPRESSION": (None if impression is None else "|".join(impression), "impression"),
        "EVENT_ATTRIBUTION_SOURCE": (attribution.get("eventAttributionSource"), "metricAttribution"),
    }
    cells = {}
    for name, (content, member) in members.items():
        field = schema.find(name)
        if field is not None and content is not None:
            cells[name] = cell(field, content, f"{where}.{member}")
        elif name in ATTRIBUTED and content is not None:  # no column of the data: kept for metric attributions
            cells[name] = str(content)
    return cells


def _seconds(schema: Schema, sent_at: float, where: str) -> int:
    field = schema.find("TIMESTAMP")
    assert field is not None
    cell(field, int(sent_at), where)
    return int(sent_at)


def _number(value: Any, where: str) -> float | None:
    if value is None:
        return None
    number = _as_float(value)
    if number is None:
        raise InvalidInput(f"{where} is {shown(str(value))}; it must be a number.")
    return number


def _as_float(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < float("inf") else None
