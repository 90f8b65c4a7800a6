"""What an evaluation imports and what it stores: the training part, all lists by method, metrics by user."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from services.backend import MetricEstimate
from services.laboratory.estimates import Doubles, intervals
from services.laboratory.ranking_metrics import PLACES, hits
from services.library.columns import EVENT_TYPE, ITEM_ID, split_categories
from services.library.prepared import PreparedData
from services.library.store import LoadedData
from services.screens.evaluation.baselines import (
    NOTEBOOK_CANDIDATES,
    popularity_lists,
    random_lists,
    seen_last,
    unseen_popularity,
)
from services.screens.evaluation.measures import COVERAGE, CUT_OFFS, ItemCounts, coverage
from services.screens.evaluation.methods import POPULARITY, RANDOM, TAKEN, UNSEEN_POPULARITY, Method
from services.screens.evaluation.split import LAST_TENTH, Split, event_type_of

SUMMARY_COLUMNS = ("method", "metric", "k", "value", "low", "high")
"""low and high are NaN where no interval is known; coverage counts items over all users and has none."""
Rows = list[tuple[str, str, int, float, float, float]]
_AWS = {
    "mean_reciprocal_rank": "mrr",
    "normalized_discounted_cumulative_gain": "ndcg",
    "precision": "precision",
    "hit_rate": "hit_rate",
}
Lists = list[list[str]]
"""The item ids of every user asked, in the order of Split.people."""


def all_lists(lists: Mapping[Method, Lists], split: Split, items: ItemCounts) -> dict[Method, Lists]:
    """Return the recipes' lists, each with seen items last where that changes it, and the baselines' lists."""
    people, every = split.people, dict(lists)
    for method, shown in lists.items():
        moved = seen_last(shown, people, split.known)
        if moved != [list(of_user) for of_user in shown]:
            every[method.with_seen_last] = moved
    among = NOTEBOOK_CANDIDATES if split.protocol == LAST_TENTH else None
    every[POPULARITY] = popularity_lists(people, items)
    every[UNSEEN_POPULARITY] = unseen_popularity(people, split.known, items, among)
    every[RANDOM] = random_lists(people, items)
    return every


def training_data(data: LoadedData, split: Split, name: str) -> PreparedData:
    """Return the training part as data to import under this name."""
    return PreparedData(
        name=name,
        interactions=split.train,
        items=split.items,
        users=split.users,
        schemas=data.schemas,
        roles=data.roles,
        words=data.words,
        source=data.source,
        event_type=data.event_type,
    )


def counted_train(data: LoadedData, split: Split) -> pd.DataFrame:
    """Return the events of the training part that count."""
    kind = event_type_of(data)
    if kind is None or EVENT_TYPE not in split.train:
        return split.train
    return split.train[split.train[EVENT_TYPE] == kind]


def categories(data: LoadedData) -> dict[str, list[str]]:
    """Return every item's categories by the first categorical column, {} without one."""
    items, column = data.items(), data.roles.categories[:1]
    if items is None or not column or column[0] not in items:
        return {}
    return {str(i): split_categories(cell) for i, cell in zip(items[ITEM_ID], items[column[0]], strict=True)}


def people_frame(people: Sequence[str], values: Mapping[Method, Mapping[str, Doubles]]) -> pd.DataFrame:
    """Return user_id, method and every "METRIC_at_K", float32."""
    parts = [
        pd.DataFrame(
            {"user_id": list(people), "method": method.key}
            | {name: values_of.astype(np.float32) for name, values_of in measured.items()}
        )
        for method, measured in values.items()
    ]
    return pd.concat(parts, ignore_index=True)


def lists_frame(people: Sequence[str], every: Mapping[Method, Lists], truth: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Return user_id, method, items and hits, both in the order of the list."""
    parts = [
        pd.DataFrame({"user_id": list(people), "method": method.key, "items": shown, "hits": list(hits(shown, truth))})
        for method, shown in every.items()
    ]
    return pd.concat(parts, ignore_index=True)


def summary(
    lists: Mapping[Method, Sequence[Sequence[str]]],
    values: Mapping[Method, Mapping[str, Doubles]],
    items: ItemCounts,
    truth: Sequence[Sequence[str]],
) -> pd.DataFrame:
    """Return SUMMARY_COLUMNS: the mean of every metric with its 95 % interval, coverage at every cut-off."""
    rows: Rows = []
    for method, measured in values.items():
        low, high = intervals(np.column_stack(list(measured.values())))
        for number, (name, per_user) in enumerate(measured.items()):
            metric, _, k = name.rpartition("_at_")
            rows.append((method.key, metric, int(k), float(per_user.mean()), float(low[number]), float(high[number])))
        for cut_off in CUT_OFFS:
            rows.append((method.key, COVERAGE, cut_off, coverage(lists[method], cut_off, items), np.nan, np.nan))
    taken = [item_id for of_user in truth for item_id in of_user]
    is_head = dict(zip(items.ids, items.head, strict=True))
    share = sum(bool(is_head.get(item_id, False)) for item_id in taken) / max(1, len(taken))
    rows.append((TAKEN.key, "popularity_bias", PLACES, share, np.nan, np.nan))
    return pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS))


@dataclass(frozen=True)
class ServiceMetrics:
    """What the service measured of one training."""

    method: Method
    metrics: Mapping[str, float]
    """GetSolutionMetrics."""
    estimates: Mapping[str, Mapping[str, MetricEstimate]]
    """What the embedded engine knows besides, by "model", "popularity" and "random"; {} on AWS."""


def aws_summary(trainings: Sequence[ServiceMetrics]) -> pd.DataFrame:
    """Return SUMMARY_COLUMNS of the service's own split, with intervals and baselines where the engine has them."""
    rows: Rows = []
    for number, training in enumerate(trainings):
        own = training.estimates.get("model", {})
        for name, value in training.metrics.items():
            estimate = own.get(name)
            interval = (np.nan, np.nan) if estimate is None else (estimate.low, estimate.high)
            rows.append((training.method.key, *_named(name), float(value), *interval))
        rows += _of_estimates(training.method, {name: own[name] for name in own if name not in training.metrics})
        for baseline in (POPULARITY, RANDOM) if number == 0 else ():
            rows += _of_estimates(baseline, training.estimates.get(baseline.name, {}))
    return pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS))


def _of_estimates(method: Method, estimates: Mapping[str, MetricEstimate]) -> Rows:
    return [(method.key, *_named(name), one.value, one.low, one.high) for name, one in estimates.items()]


def _named(name: str) -> tuple[str, int]:
    """Return "ndcg", 25 for AWS's key."""
    stem, _, k = name.rpartition("_at_")
    return (_AWS.get(stem, stem), int(k)) if k.isdigit() and stem else (name, PLACES)
