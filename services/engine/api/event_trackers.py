"""Event trackers: the tracking ID with which a program sends events to a dataset group; one per group."""

import uuid
from typing import Any

from services.engine.api.datasets import create_event_dataset
from services.engine.api.paging import resource_page
from services.engine.api.states import ACTIVE
from services.engine.api.tags import requested_tags
from services.engine.context import EngineContext
from services.engine.errors import InvalidInput, ResourceAlreadyExists
from services.engine.store.resources import Resource

_ARN_DIGITS = 8


def create_event_tracker(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Create the tracker of a dataset group, ACTIVE at once. AWS does not document the error of a second one."""
    tags = requested_tags(request)
    tracking_id = str(uuid.uuid4())
    with context.database.atomic():
        group = context.resources.get("dataset-group", request["datasetGroupArn"])
        present = context.resources.list("event-tracker", parent_arn=group.arn, limit=1)
        if present:
            raise ResourceAlreadyExists(
                f"The dataset group {group.arn} has the event tracker {present[0].arn}, and can have one only. Use it, "
                "or delete it first."
            )
        arn = _arn(context, tracking_id)
        body = {
            "name": request["name"],
            "eventTrackerArn": arn,
            "accountId": context.arns.account_id,
            "trackingId": tracking_id,
            "datasetGroupArn": group.arn,
        }
        context.resources.insert("event-tracker", arn, body, parent_arn=group.arn, status=ACTIVE)
        create_event_dataset(context, group)
        context.tags.put(arn, tags)
    return {"eventTrackerArn": arn, "trackingId": tracking_id}


def describe_event_tracker(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return an event tracker."""
    return {"eventTracker": context.resources.get("event-tracker", request["eventTrackerArn"]).describe()}


def list_event_trackers(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the event trackers of a dataset group, or all, oldest first."""
    return resource_page(context, request, "ListEventTrackers", "eventTrackers", "event-tracker", "datasetGroupArn")


def delete_event_tracker(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Delete an event tracker; its events stay in the dataset."""
    with context.database.atomic():
        tracker = context.resources.get("event-tracker", request["eventTrackerArn"])
        context.resources.delete(tracker.arn)
    return {}


def tracker_of(context: EngineContext, tracking_id: str) -> Resource:
    """Return the tracker with this trackingId. Raises InvalidInput: PutEvents declares no other error."""
    tracker = context.resources.find("event-tracker", _arn(context, tracking_id))
    if tracker is None or tracker["trackingId"] != tracking_id:  # of another region, whose ARN is another one
        trackers = context.resources.list("event-tracker")
        tracker = next((other for other in trackers if other["trackingId"] == tracking_id), None)
    if tracker is None:
        raise InvalidInput(
            f"There is no event tracker with the trackingId {tracking_id[:100]}. Create one with CreateEventTracker "
            "and use the trackingId that it returns."
        )
    return tracker


def _arn(context: EngineContext, tracking_id: str) -> str:
    """Return the ARN, which ends in hexadecimal digits as on AWS, here those of the trackingId."""
    return context.arns.make("event-tracker", tracking_id[:_ARN_DIGITS])
