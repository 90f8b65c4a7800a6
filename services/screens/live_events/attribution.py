"""Which list led to which event, and what metric attributions count of it.

An event whose item stood in the list that was shown before is sent with that list's recommendationId, as a shop does
with a click. AWS attributes it to the campaign or recommender (developer guide, "Measuring impact of recommendations").
"""

from collections.abc import Sequence

import pandas as pd

from services.backend import Backend, engine_errors
from services.errors import service_errors
from services.language.phrases import with_article
from services.library.catalog import Catalog
from services.library.columns import EVENT_TYPE
from services.library.store import LoadedData
from services.personalize.datasets import group_arn, pages
from services.sandbox.states import LENGTH, ReplayState

COLUMNS = ["#", "event", "item", "led there by"]
MAX_METRICS = 10
"""Of a metric attribution (API reference, CreateMetricAttribution)."""
UNDEFINED = "SOURCE_NAME_UNDEFINED"
"""AWS's source of events that no list led to."""


def led(states: Sequence[ReplayState], catalog: Catalog, source: str) -> pd.DataFrame:
    """Return the events with COLUMNS, newest first: the place in the list before, of the campaign called source."""
    rows = [
        (
            state.number,
            state.event.event_type,
            catalog.label(state.event.item_id),
            "no list" if state.shown_at is None else f"place {state.shown_at} of {LENGTH}, {source}",
        )
        for state in reversed(states)
        if state.event is not None
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def sentence(states: Sequence[ReplayState], noun: str) -> str:
    """Return how many events a list led to, and from which place at the median; "" without events."""
    sent = [state for state in states if state.event is not None]
    places = sorted(state.shown_at for state in sent if state.shown_at is not None)
    if not sent:
        return ""
    if not places:
        return f"None of these {len(sent)} events is about {with_article(noun)} of the list before it."
    middle = places[len(places) // 2]
    return f"The list led to {len(places)} of {len(sent)} events, half of them from place {middle} or higher."


def attribution_arn(backend: Backend, group: str) -> str | None:
    """Return the metric attribution of a data set group, None without one."""
    arn = group_arn(backend, group)
    if arn is None:
        return None
    listed = pages(backend.personalize, "list_metric_attributions", "metricAttributions", datasetGroupArn=arn)
    return next((str(found["metricAttributionArn"]) for found in listed), None)


def begin(backend: Backend, group: str, data: LoadedData) -> None:
    """Create a metric attribution that counts the events of each type. Raises ServiceError."""
    arn = group_arn(backend, group)
    metrics = [
        {"eventType": kind, "metricName": f"count of {kind}"[:256], "expression": "SAMPLECOUNT()"}
        for kind in data.values(EVENT_TYPE)[:MAX_METRICS]
    ]
    with service_errors():
        backend.personalize.create_metric_attribution(
            name=f"{group[:55]}-lists",
            datasetGroupArn=arn,
            metrics=metrics,
            metricsOutputConfig={"roleArn": backend.role_arn},
        )


def counted(backend: Backend, group: str) -> pd.DataFrame | None:
    """Return what was counted: [metric, source, events]; None on AWS, which publishes it in CloudWatch."""
    arn = group_arn(backend, group)
    if backend.capabilities is None or arn is None:
        return None
    with engine_errors():
        values = backend.capabilities.attribution(arn)
    rows = [(value.metric, _source(value.source), value.value) for value in values]
    frame = pd.DataFrame(rows, columns=["metric", "led there by", "events"])
    return frame.groupby(["metric", "led there by"])[["events"]].sum().reset_index()


def _source(source: str) -> str:
    return "no list" if source == UNDEFINED else source.rsplit("/", 1)[-1]
