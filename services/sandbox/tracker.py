"""The event tracker of a data set group, events in a real user's name, and removing sandbox events again."""

import logging
import secrets
import time
from collections.abc import Sequence

from services.backend import Backend, engine_errors
from services.changes import changing_home
from services.errors import ServiceError, service_errors
from services.personalize.calls import ApiCall, timed
from services.personalize.datasets import group_arn
from services.personalize.waiting import wait_until_ready
from services.sandbox.script import LiveEvent, put_events_requests

_log = logging.getLogger(__name__)


def tracking_id(backend: Backend, group: str) -> str:
    """Return the tracking id of a data set group's event tracker, created if there is none. Raises ServiceError."""
    arn = group_arn(backend, group)
    if arn is None:
        raise ServiceError("ResourceNotFoundException", f'There is no data set group "{group}".', "Reload the page.")
    with service_errors():
        pages = backend.personalize.get_paginator("list_event_trackers").paginate(datasetGroupArn=arn)
        arns = [entry["eventTrackerArn"] for page in pages for entry in page["eventTrackers"]]
        if not arns:
            made = backend.personalize.create_event_tracker(name=f"{group[:55]}-events", datasetGroupArn=arn)
            tracker = made["eventTrackerArn"]
            wait_until_ready(backend, lambda: backend.personalize.describe_event_tracker(eventTrackerArn=tracker))
            return str(made["trackingId"])
        described = backend.personalize.describe_event_tracker(eventTrackerArn=arns[0])
    return str(described["eventTracker"]["trackingId"])


def can_forget(backend: Backend) -> bool:
    """Return whether sent events can be removed again: on AWS they cannot."""
    return backend.capabilities is not None and hasattr(backend.capabilities, "forget_events")


def forget(backend: Backend, group: str, user_id: str) -> bool:
    """Remove a sandbox user's live events from the data, before a training learns from them; return whether it did."""
    arn = group_arn(backend, group)
    if arn is None or backend.capabilities is None or not can_forget(backend):
        return False
    changing_home(backend.home)
    with engine_errors():
        n_events = backend.capabilities.forget_events(arn, user_id)
    _log.info("forgot user=%s n_events=%d", user_id, n_events)
    return True


def send_for_real(backend: Backend, group: str, user_id: str, events: Sequence[LiveEvent]) -> list[ApiCall]:
    """Send events in the name of the real user: they stay, and the next version trains on them. Raises ServiceError.

    The time stamps are the present, since that is when they happen.
    """
    tracker = tracking_id(backend, group)
    now = int(time.time())
    stamped = [
        LiveEvent(event.item_id, now - len(events) + at, event.event_type, event.value, event.properties)
        for at, event in enumerate(events, 1)
    ]
    number = now * 1000 + secrets.randbelow(1000)
    calls = []
    for request in put_events_requests(stamped, tracker, user_id, number):
        with service_errors():
            calls.append(timed(backend.events, "put_events", **request))
    return calls
