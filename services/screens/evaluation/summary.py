"""One table of every method's metrics over everybody, with intervals."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from services.backend import MetricEstimate
from services.screens.evaluation.measures import COVERAGE, CUT_OFFS, LENGTH, Catalogue, Doubles, coverage, intervals

SUMMARY_COLUMNS = ("method", "metric", "k", "value", "low", "high")
"""low and high are NaN where no interval is known; coverage counts items over everybody and has none."""
TAKEN = "taken"
"""The method whose popularity_bias is that of what people really took."""
_AWS = {
    "mean_reciprocal_rank": "mrr",
    "normalized_discounted_cumulative_gain": "ndcg",
    "precision": "precision",
    "hit_rate": "hit_rate",
}


def summary(
    every: Mapping[str, Sequence[Sequence[str]]],
    values: Mapping[str, Mapping[str, Doubles]],
    items: Catalogue,
    truth: Sequence[Sequence[str]],
) -> pd.DataFrame:
    """Return SUMMARY_COLUMNS: the mean of every metric with its 95 % interval, coverage at every cut-off."""
    rows: list[tuple[str, str, int, float, float, float]] = []
    for method, found in values.items():
        low, high = intervals(np.column_stack(list(found.values())))
        for number, (name, per_person) in enumerate(found.items()):
            metric, _, at = name.rpartition("_at_")
            rows.append((method, metric, int(at), float(per_person.mean()), float(low[number]), float(high[number])))
        for k in CUT_OFFS:
            rows.append((method, COVERAGE, k, coverage(every[method], k, items)[1], np.nan, np.nan))
    taken = [item_id for entry in truth for item_id in entry]
    head = dict(zip(items.ids, items.head, strict=True))
    share = sum(bool(head.get(item_id, False)) for item_id in taken) / max(1, len(taken))
    rows.append((TAKEN, "popularity_bias", LENGTH, share, np.nan, np.nan))
    return pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS))


def aws_summary(
    rows: Sequence[tuple[str, Mapping[str, float], Mapping[str, Mapping[str, MetricEstimate]]]],
) -> pd.DataFrame:
    """Return SUMMARY_COLUMNS from GetSolutionMetrics, with intervals and baselines where the engine has them.

    rows: method, its metrics by AWS's keys, and by method name ("model", "popularity", "random") the estimates.
    """
    found: list[tuple[str, str, int, float, float, float]] = []
    for number, (method, metrics, more) in enumerate(rows):
        for name, value in metrics.items():
            known = more.get("model", {}).get(name)
            interval = (np.nan, np.nan) if known is None else (known.low, known.high)
            found.append((method, *_named(name), float(value), *interval))
        for name, known in more.get("model", {}).items():
            if name not in metrics:
                found.append((method, *_named(name), known.value, known.low, known.high))
        for other in ("popularity", "random") if number == 0 else ():
            for name, known in more.get(other, {}).items():
                found.append((other, *_named(name), known.value, known.low, known.high))
    return pd.DataFrame(found, columns=list(SUMMARY_COLUMNS))


def _named(name: str) -> tuple[str, int]:
    """Return "ndcg", 25 for AWS's key."""
    stem, _, k = name.rpartition("_at_")
    return (_AWS.get(stem, stem), int(k)) if k.isdigit() and stem else (name, LENGTH)
