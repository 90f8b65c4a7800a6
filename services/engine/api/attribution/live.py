"""What the events of PutEvents were worth, and which list led to each: for Engine.capabilities."""

from dataclasses import dataclass
from typing import Any

from services.engine.api.attribution.metric_attributions import attribution_of
from services.engine.context import EngineContext
from services.engine.data.schemas import parse_schema
from services.engine.jobs.datasets.attribution_report import (
    CountedEvent,
    MetricValue,
    event_of,
    item_numbers,
    measured,
    metrics_of,
    source_of,
)
from services.engine.store.datasets import datasets_of
from services.engine.store.given import GivenList
from services.engine.store.resources import Resource
from services.engine.store.snapshots import current_snapshot


@dataclass(frozen=True)
class AttributedEvent:
    """A live event, and the recommendation that it is owed to."""

    user_id: str
    item_id: str
    event_type: str
    timestamp: int
    """Epoch seconds."""
    source: str
    """ARN of a campaign or recommender, the event's own eventAttributionSource, or SOURCE_NAME_UNDEFINED."""
    recommendation_id: str | None
    place: int | None
    """Place of the item in the recommended list, from 1; None where it was not in it, or the list is not known."""
    list_length: int | None
    """Items of that list, its implicit impressions; None where it is not known."""


def attribution(context: EngineContext, dataset_group_arn: str) -> list[MetricValue]:
    """Return the values of a group's metrics over the events that were put since its metric attribution began."""
    found = attribution_of(context, dataset_group_arn)
    if found is None:
        return []
    metrics = metrics_of(found["_metrics"])
    events = [event for _, event in _events(context, dataset_group_arn, found)]
    given = _given(context, events)
    items = datasets_of(context.resources, dataset_group_arn).get("ITEMS")
    snapshot = None if items is None else current_snapshot(context.settings, items)
    columns = [metric.column for metric in metrics if metric.dataset == "Items"]
    return measured(metrics, events, item_numbers(snapshot, columns), given)


def attributed_events(context: EngineContext, dataset_group_arn: str, n: int) -> list[AttributedEvent]:
    """Return the newest n live events of a group since its metric attribution began, newest first."""
    found = attribution_of(context, dataset_group_arn)
    if found is None:
        return []
    newest = _events(context, dataset_group_arn, found)[-n:][::-1]
    given = _given(context, [event for _, event in newest])
    return [_attributed(user_id, event, given) for user_id, event in newest]


def _events(context: EngineContext, group_arn: str, found: Resource) -> list[tuple[str, CountedEvent]]:
    """Return (user, event) of the live events since a metric attribution began, oldest first."""
    dataset = datasets_of(context.resources, group_arn).get("INTERACTIONS")
    if dataset is None:
        return []
    schema = parse_schema(context.resources.get("schema", dataset["schemaArn"])["schema"])
    numeric = [field.name for field in schema if field.is_numeric and field.name != "TIMESTAMP"]
    up_to, after = context.live.newest(dataset.arn), found["_events_after"]
    return [
        (str(cells["USER_ID"]), event_of(cells, numeric))
        for block in context.live.interactions(dataset.arn, up_to, after=after)
        for cells in block
    ]


def _given(context: EngineContext, events: list[CountedEvent]) -> dict[str, GivenList]:
    return context.given.find([event.recommendation_id for event in events if event.recommendation_id])


def _attributed(user_id: str, event: CountedEvent, given: dict[str, GivenList]) -> AttributedEvent:
    listed: Any = given.get(event.recommendation_id or "")
    place = None
    if listed is not None and event.item_id in listed.item_ids:
        place = listed.item_ids.index(event.item_id) + 1
    return AttributedEvent(
        user_id=user_id,
        item_id=event.item_id,
        event_type=event.event_type,
        timestamp=event.timestamp,
        source=source_of(event, given),
        recommendation_id=event.recommendation_id,
        place=place,
        list_length=None if listed is None else len(listed.item_ids),
    )
