"""What is sent in an experiment with live events: a user's past, then events of another user or chosen by hand.

A past keeps its time stamps. The other events follow it: the first one a day later, the others with
the distances that they had, because recipes that learn sessions look at the pauses (evenings stay evenings).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from services.library.columns import EVENT_TYPE, EVENT_VALUE, ITEM_ID, TIMESTAMP, USER_ID, camel_case
from services.library.store import LoadedData

MAX_PER_CALL = 10
"""Events in one PutEvents (API reference, PutEvents, eventList)."""
MAX_PROPERTIES_LENGTH = 1024
"""Characters of an event's properties (API reference, Event)."""
PAUSE_S = 86_400
"""Between a past and the events after it."""
BY_HAND_S = 300
"""Between events that are sent by hand: one evening."""
PLACEHOLDER = "interaction"
"""The event type for data without one; PutEvents requires it."""
IMPRESSION = "IMPRESSION"


@dataclass(frozen=True)
class LiveEvent:
    """One event in the form of PutEvents."""

    item_id: str
    timestamp: int
    """Seconds since 1970, UTC: what is sent as sentAt."""
    event_type: str
    value: float | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    """Other columns, by the camel-case key."""
    happened: int | None = None
    """When it happened to the user it comes from, None for an event chosen by hand."""


def past(data: LoadedData, user_id: str) -> tuple[LiveEvent, ...]:
    """Return a user's whole history as events, oldest first, with all columns of the data; () without any."""
    return _events(data, data.history(user_id))


def latest(data: LoadedData, user_id: str, n: int | None) -> tuple[LiveEvent, ...]:
    """Return the latest n events that count for a recipe, of the data's event type, oldest first; None means all."""
    counted = counting(data, past(data, user_id))
    return counted if n is None else counted[max(0, len(counted) - n) :]


def counting(data: LoadedData, events: Sequence[LiveEvent]) -> tuple[LiveEvent, ...]:
    """Return the events of the type that recipes are trained on here."""
    return tuple(event for event in events if data.event_type is None or event.event_type == data.event_type)


def after(before: Sequence[LiveEvent], events: Sequence[LiveEvent], start: int) -> tuple[LiveEvent, ...]:
    """Return the events moved in time to follow a past, with the distances that they have.

    start is the first one's time where there is no past.
    """
    if not events:
        return ()
    first = events[0].timestamp
    begin = start if not before else before[-1].timestamp + PAUSE_S
    moved = begin - first
    return tuple(replace(event, timestamp=event.timestamp + moved) for event in events)


def by_hand(
    item_ids: Sequence[str], before: Sequence[LiveEvent], event_type: str | None, start: int, value: float | None = None
) -> tuple[LiveEvent, ...]:
    """Return events for items chosen by hand: one evening after the past, or from `start` on without one."""
    begin = start if not before else before[-1].timestamp + PAUSE_S
    return tuple(
        LiveEvent(item_id, begin + place * BY_HAND_S, event_type or PLACEHOLDER, value)
        for place, item_id in enumerate(item_ids)
    )


def split(events: Sequence[LiveEvent], data: LoadedData, n: int) -> tuple[tuple[LiveEvent, ...], ...]:
    """Return a history without its latest n events that count, and those events: a user then and now.

    Events of other types from then on belong to neither part.
    """
    counted = counting(data, events)
    later = counted[max(0, len(counted) - n) :] if n else ()
    if not later:
        return tuple(events), ()
    return tuple(event for event in events if event.timestamp < later[0].timestamp), later


def put_events_requests(
    events: Sequence[LiveEvent],
    tracking_id: str,
    user_id: str,
    first_number: int = 0,
    recommendation_id: str | None = None,
) -> list[dict[str, Any]]:
    """Return the requests of PutEvents for these events, ten a call.

    An event's id is made of the user and its number, so that a repeated request stores nothing twice.
    recommendation_id: that of the list which led to them, None where none did.
    """
    led = {} if recommendation_id is None else {"recommendationId": recommendation_id}
    requests = []
    for begin in range(0, len(events), MAX_PER_CALL):
        batch = events[begin : begin + MAX_PER_CALL]
        listed = [_api_event(event, f"{user_id}-{first_number + begin + at}") | led for at, event in enumerate(batch)]
        requests.append({"trackingId": tracking_id, "userId": user_id, "sessionId": user_id, "eventList": listed})
    return requests


def to_address(event: LiveEvent) -> str:
    """Return an event chosen by hand in the form of an address: ITEM, ITEM@TYPE or ITEM@TYPE@VALUE."""
    value = "" if event.value is None else f"@{event.value:g}"
    return f"{event.item_id}@{event.event_type}{value}"


def from_address(
    values: Sequence[str], before: Sequence[LiveEvent], event_type: str | None, start: int
) -> tuple[LiveEvent, ...]:
    """Return the events that an address names, in its order; a value that is no number is left out."""
    chosen = []
    for place, text in enumerate(values):
        item_id, kind, value = _parts(text, event_type)
        chosen.append(by_hand((item_id,), before, kind, start, value)[0])
        chosen[-1] = replace(chosen[-1], timestamp=chosen[-1].timestamp + place * BY_HAND_S)
    return tuple(chosen)


def _parts(text: str, event_type: str | None) -> tuple[str, str | None, float | None]:
    parts = text.split("@")
    if len(parts) == 1:
        return parts[0], event_type, None
    if len(parts) == 2:
        return parts[0], parts[1] or event_type, None
    try:
        value: float | None = float(parts[-1])
    except ValueError:
        value = None
    return "@".join(parts[:-2]), parts[-2] or event_type, value


def _events(data: LoadedData, history: pd.DataFrame) -> tuple[LiveEvent, ...]:
    oldest_first = history.iloc[::-1]
    fields = {entry["name"] for entry in json.loads(data.schemas.get("Interactions", "{}")).get("fields", [])}
    usual = (USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE, EVENT_VALUE, IMPRESSION)
    others = [name for name in oldest_first.columns if name not in usual and name in fields]
    events = []
    for row in oldest_first.to_dict("records"):
        value = row.get(EVENT_VALUE)
        kind = row.get(EVENT_TYPE)
        stamp = int(row[TIMESTAMP])
        events.append(
            LiveEvent(
                item_id=str(row[ITEM_ID]),
                timestamp=stamp,
                event_type=PLACEHOLDER if _missing(kind) else str(kind),
                value=None if EVENT_VALUE not in fields or _missing(value) else float(str(value)),
                properties={camel_case(name): _plain(row[name]) for name in others if not _missing(row[name])},
                happened=stamp,
            )
        )
    return tuple(events)


def _api_event(event: LiveEvent, event_id: str) -> dict[str, Any]:
    request: dict[str, Any] = {
        "eventId": event_id,
        "eventType": event.event_type,
        "sentAt": event.timestamp,
        "itemId": event.item_id,
    }
    if event.value is not None:
        request["eventValue"] = event.value
    properties = json.dumps(dict(event.properties), ensure_ascii=False)
    if event.properties and len(properties) <= MAX_PROPERTIES_LENGTH:
        request["properties"] = properties
    return request


def _missing(value: object) -> bool:
    return value is None or value != value


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
