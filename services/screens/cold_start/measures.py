"""What lists of new items are worth: click rate, first place, order, reach; with intervals over people and seeds.

A list is a frame LIST_COLUMNS, one row a place. Precision, the reciprocal rank of the first right item and NDCG are
those of Amazon's own notebooks, oddities included, so that figures line up with its printed ones: DCG = r1 + sum over
i >= 2 of ri / log2(i) over the first k, divided by that of the 25 places sorted, so it does not know how many were to
be found (reference 11.0). Intervals: a thousand draws of the seeds and, within each, of the people (percentile
bootstrap).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LIST_COLUMNS = ("seed", "method", "user_id", "rank", "item_id", "hit")
METRIC_COLUMNS = ("method", "metric", "value", "low", "high", "n_people", "n_seeds")
PLACES = 25
N_DRAWS = 1000
CLICK_RATE, FIRST_PLACE, REACH = "precision_at_25", "precision_at_1", "reach"
METRICS = (
    CLICK_RATE,
    "precision_at_10",
    "precision_at_5",
    FIRST_PLACE,
    "mean_reciprocal_rank_at_25",
    "normalized_discounted_cumulative_gain_at_25",
    "normalized_discounted_cumulative_gain_at_10",
    "normalized_discounted_cumulative_gain_at_5",
)
"""Means over people; REACH is the share of the new items that anybody was shown."""


def list_rows(
    seed: int, method: str, lists: Mapping[str, Sequence[str]], wanted: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Return LIST_COLUMNS: every place of every list, and whether its item is one that the person took."""
    rows = []
    for user, ids in lists.items():
        taken = frozenset(wanted.get(user, ()))
        rows += [(seed, method, user, rank, item, item in taken) for rank, item in enumerate(ids, start=1)]
    frame = pd.DataFrame(rows, columns=list(LIST_COLUMNS))
    return frame.astype({"seed": int, "method": "str", "user_id": "str", "rank": int, "item_id": "str", "hit": bool})


def per_person(rows: pd.DataFrame) -> pd.DataFrame:
    """Return seed, method, user_id and one column a metric: what each person's list is worth."""
    keys = rows[["seed", "method", "user_id"]].drop_duplicates().reset_index(drop=True)
    code = rows.groupby(["seed", "method", "user_id"], sort=False).ngroup().to_numpy()
    hits = np.zeros((len(keys), PLACES))
    inside = (rows["rank"] <= PLACES).to_numpy()
    hits[code[inside], rows["rank"].to_numpy()[inside] - 1] = rows["hit"].to_numpy(float)[inside]
    for metric in METRICS:
        keys[metric] = measure(hits, metric)
    return keys


def measure(hits: NDArray[np.float64], metric: str) -> NDArray[np.float64]:
    """Return float64 (n,): one metric of lists, hits 0 or 1 float64 (n, 25)."""
    name, k = metric.rsplit("_at_", 1)
    first = hits[:, : int(k)]
    if name == "precision":
        return np.asarray(first.mean(1))
    if name == "mean_reciprocal_rank":
        found = first.any(1)
        return np.where(found, 1 / (first.argmax(1) + 1), 0.0)
    weight = 1 / np.log2(np.maximum(np.arange(1, PLACES + 1), 2))
    gained, best = first @ weight[: int(k)], -np.sort(-hits, axis=1)[:, : int(k)] @ weight[: int(k)]
    return np.divide(gained, best, out=np.zeros(len(hits)), where=best > 0)


def summary(rows: pd.DataFrame, n_new: Mapping[int, int]) -> pd.DataFrame:
    """Return METRIC_COLUMNS by method; reach is without an interval. n_new: how many new items each seed drew."""
    people = per_person(rows)
    found: list[tuple[object, ...]] = []
    for method, part in people.groupby("method", sort=False):
        n_people, n_seeds = part["user_id"].nunique(), part["seed"].nunique()
        for metric in METRICS:
            value, low, high = interval(_by_seed(part, metric))
            found.append((method, metric, value, low, high, n_people, n_seeds))
        shown = rows[rows["method"] == method].groupby("seed")["item_id"].nunique()
        reach = float(np.mean([shown.get(seed, 0) / n for seed, n in n_new.items() if seed in shown.index]))
        found.append((method, REACH, reach, np.nan, np.nan, n_people, n_seeds))
    return pd.DataFrame(found, columns=list(METRIC_COLUMNS))


def difference(rows: pd.DataFrame, one: str, other: str, metric: str = CLICK_RATE) -> tuple[float, float, float]:
    """Return what one method has over another and its interval, drawn with the same people and seeds."""
    people = per_person(rows[rows["method"].isin([one, other])])
    wide = people.pivot(index=["seed", "user_id"], columns="method", values=metric).dropna()
    wide = (wide[one] - wide[other]).rename(metric).reset_index()
    return interval(_by_seed(wide, metric))


def interval(by_seed: Sequence[NDArray[np.float64]]) -> tuple[float, float, float]:
    """Return mean, low and high of figures of people, one array a seed: seeds count alike."""
    if not by_seed or not all(map(len, by_seed)):
        return np.nan, np.nan, np.nan
    value = float(np.mean([values.mean() for values in by_seed]))
    rng = np.random.default_rng(0)
    drawn = np.empty((N_DRAWS, len(by_seed)))
    for number, values in enumerate(by_seed):
        counts = rng.multinomial(len(values), np.full(len(values), 1 / len(values)), N_DRAWS)
        drawn[:, number] = counts @ values / len(values)
    chosen = rng.integers(0, len(by_seed), drawn.shape)
    means = np.take_along_axis(drawn, chosen, axis=1).mean(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return value, float(low), float(high)


def _by_seed(people: pd.DataFrame, metric: str) -> list[NDArray[np.float64]]:
    return [part[metric].to_numpy(np.float64) for _, part in people.groupby("seed", sort=True)]
