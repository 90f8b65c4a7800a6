"""Counts what events were worth and to which recommendations they are owed, and writes AWS's report of an import.

An event is owed to its EVENT_ATTRIBUTION_SOURCE, else to the campaign or recommender whose list its RECOMMENDATION_ID
names, else to nobody: SOURCE_NAME_UNDEFINED. Values are summed in steps of 15 minutes. Layout of the file: Amazon
Personalize developer guide, "Publishing metrics to Amazon S3": one file for each import job.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from services.engine.data.query import ImportProgress, open_duckdb, parquet_sql, quoted, run_watched
from services.engine.data.schemas import Schema
from services.engine.data.snapshots import SnapshotInfo
from services.engine.store.given import GivenList

SUM = re.compile(r"\s*SUM\s*\(\s*(Items|Interactions)\s*\.\s*(\w+)\s*\)\s*", re.IGNORECASE)
"""The expression of a sum; every other one counts."""
STEP_S = 900
UNDEFINED = "SOURCE_NAME_UNDEFINED"
HEADER = ("METRIC_NAME", "EVENT_TYPE", "VALUE", "MATH_FUNCTION", "EVENT_ATTRIBUTION_SOURCE", "TIMESTAMP")


@dataclass(frozen=True)
class CountedEvent:
    """The part of an event that metrics use."""

    item_id: str
    event_type: str
    timestamp: int
    """Epoch seconds."""
    values: Mapping[str, float]
    """Numbers by column of the interaction."""
    recommendation_id: str | None = None
    attribution_source: str | None = None


@dataclass(frozen=True)
class Metric:
    """One metric, with its expression taken apart."""

    name: str
    event_type: str
    dataset: str | None = None
    """"Items" or "Interactions" of a sum; None for a count."""
    column: str = ""

    @property
    def function(self) -> str:
        return "samplecount" if self.dataset is None else "sum"


@dataclass(frozen=True)
class MetricValue:
    """One row of a report."""

    metric: str
    event_type: str
    value: float
    function: str
    """"sum" or "samplecount"."""
    source: str
    timestamp: int
    """Epoch seconds of the beginning of 15 minutes."""


def metrics_of(listed: Sequence[Mapping[str, str]]) -> list[Metric]:
    """Return the metrics of a metric attribution, as the API lists them."""
    metrics = []
    for one in listed:
        found = SUM.fullmatch(one["expression"])
        dataset, column = (None, "") if found is None else (found[1].capitalize(), found[2].upper())
        metrics.append(Metric(one["metricName"], one["eventType"], dataset, column))
    return metrics


def event_of(cells: Mapping[str, Any], numeric: Sequence[str]) -> CountedEvent:
    """Return an event from its cells by column; numeric: the columns that hold numbers."""
    return CountedEvent(
        item_id=str(cells["ITEM_ID"]),
        event_type=str(cells.get("EVENT_TYPE") or ""),
        timestamp=int(cells["TIMESTAMP"]),
        values={name: float(cells[name]) for name in numeric if cells.get(name) is not None},
        recommendation_id=cells.get("RECOMMENDATION_ID") or None,
        attribution_source=cells.get("EVENT_ATTRIBUTION_SOURCE") or None,
    )


def imported_events(
    schema: Schema, snapshot: SnapshotInfo, previous: SnapshotInfo | None, spill: Path, progress: ImportProgress
) -> list[CountedEvent]:
    """Return the events that an import added: those of its snapshot without those of the previous one, if any."""
    numeric = [field.name for field in schema if field.is_numeric and field.name != "TIMESTAMP"]
    wanted = ("ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "RECOMMENDATION_ID", "EVENT_ATTRIBUTION_SOURCE", *numeric)
    names = ["USER_ID", *dict.fromkeys(name for name in wanted if name in snapshot.columns)]
    query = f"SELECT {', '.join(map(quoted, names))} FROM {parquet_sql(snapshot.rows)}"
    if previous is not None:
        old = [quoted(name) if name in previous.columns else "NULL" for name in names]
        query += f" EXCEPT ALL SELECT {', '.join(old)} FROM {parquet_sql(previous.rows)}"
    with open_duckdb(spill) as connection:
        rows = run_watched(connection, query, progress, "counting metrics")
    return [event_of(dict(zip(names, row, strict=True)), numeric) for row in rows]


def measured(
    metrics: Sequence[Metric],
    events: Iterable[CountedEvent],
    items: Mapping[str, Mapping[str, float]],
    given: Mapping[str, GivenList],
) -> list[MetricValue]:
    """Return the values of all metrics in order of time, source and metric.

    items: numbers by item and column; given: the lists that the events' RECOMMENDATION_IDs name.
    """
    sums: dict[tuple[int, str, str], float] = {}
    by_name = {metric.name: metric for metric in metrics}
    for event in events:
        source = source_of(event, given)
        step = event.timestamp // STEP_S * STEP_S
        for metric in metrics:
            if metric.event_type.lower() == event.event_type.lower():
                value = _value(metric, event, items)
                if value is not None:
                    key = (step, source, metric.name)
                    sums[key] = sums.get(key, 0.0) + value
    return [
        MetricValue(name, by_name[name].event_type, value, by_name[name].function, source, step)
        for (step, source, name), value in sorted(sums.items())
    ]


def source_of(event: CountedEvent, given: Mapping[str, GivenList]) -> str:
    """Return what an event is owed to."""
    if event.attribution_source:
        return event.attribution_source
    found = given.get(event.recommendation_id or "")
    return UNDEFINED if found is None else found.source_arn


def report(values: Sequence[MetricValue]) -> bytes:
    """Return AWS's CSV file; names and event types are in capitals, as AWS writes them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for row in values:
        writer.writerow(
            [row.metric.upper(), row.event_type.upper(), row.value, row.function, row.source, row.timestamp]
        )
    return text.getvalue().encode()


def item_numbers(items: SnapshotInfo | None, columns: Iterable[str]) -> dict[str, dict[str, float]]:
    """Return the numbers of an Items dataset by item and column."""
    wanted = [name for name in columns if items is not None and name in items.columns]
    if items is None or not wanted:
        return {}
    table = pq.read_table(items.rows, columns=["ITEM_ID", *wanted], partitioning=None)
    rows: list[dict[str, Any]] = table.to_pylist()
    return {row["ITEM_ID"]: {name: float(row[name]) for name in wanted if row[name] is not None} for row in rows}


def _value(metric: Metric, event: CountedEvent, items: Mapping[str, Mapping[str, float]]) -> float | None:
    if metric.dataset is None:
        return 1.0
    values = event.values if metric.dataset == "Interactions" else items.get(event.item_id, {})
    return values.get(metric.column)
