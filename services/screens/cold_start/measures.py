"""What lists of new items are worth: click rate, first place, order, reach; with intervals over users and seeds.

A list is a frame LIST_COLUMNS, one row per place. Precision, the reciprocal rank of the first right item and NDCG are
those of Amazon's own notebooks, so that figures line up with its printed ones (services/laboratory/ranking_metrics.py).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.laboratory.estimates import Estimate, estimate_over_seeds
from services.laboratory.ranking_metrics import PLACES, Hits, amazon_ndcg, precision, reciprocal_rank

LIST_COLUMNS = ("seed", "method", "user_id", "rank", "item_id", "hit")
METRIC_COLUMNS = ("method", "metric", "value", "low", "high", "n_people", "n_seeds")
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
"""Means over users; REACH is the share of the new items that any user was shown."""
_BY_NAME = {
    "precision": precision,
    "mean_reciprocal_rank": reciprocal_rank,
    "normalized_discounted_cumulative_gain": amazon_ndcg,
}


def list_rows(
    seed: int, method: str, lists: Mapping[str, Sequence[str]], taken: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Return LIST_COLUMNS: every place of every list, and whether its item is one that the user took."""
    rows = []
    for user, ids in lists.items():
        right = frozenset(taken.get(user, ()))
        rows += [(seed, method, user, rank, item, item in right) for rank, item in enumerate(ids, start=1)]
    frame = pd.DataFrame(rows, columns=list(LIST_COLUMNS))
    return frame.astype({"seed": int, "method": "str", "user_id": "str", "rank": int, "item_id": "str", "hit": bool})


def per_person(rows: pd.DataFrame) -> pd.DataFrame:
    """Return seed, method, user_id and one column per metric: what each user's list is worth."""
    keys = rows[["seed", "method", "user_id"]].drop_duplicates().reset_index(drop=True)
    code = rows.groupby(["seed", "method", "user_id"], sort=False).ngroup().to_numpy()
    hits = np.zeros((len(keys), PLACES))
    inside = (rows["rank"] <= PLACES).to_numpy()
    hits[code[inside], rows["rank"].to_numpy()[inside] - 1] = rows["hit"].to_numpy(float)[inside]
    for metric in METRICS:
        keys[metric] = measure(hits, metric)
    return keys


def measure(hits: Hits, metric: str) -> NDArray[np.float64]:
    """Return float64 (n,): one of METRICS of n lists, hits 0 or 1 float64 (n, PLACES)."""
    name, k = metric.rsplit("_at_", 1)
    return _BY_NAME[name](hits, int(k))


def summary(rows: pd.DataFrame, n_new: Mapping[int, int]) -> pd.DataFrame:
    """Return METRIC_COLUMNS by method; reach has no interval. n_new: number of new items by seed."""
    people = per_person(rows)
    figures: list[tuple[object, ...]] = []
    for method, part in people.groupby("method", sort=False):
        n_people, n_seeds = part["user_id"].nunique(), part["seed"].nunique()
        for metric in METRICS:
            mean = estimate_over_seeds(_by_seed(part, metric))
            figures.append((method, metric, mean.value, mean.low, mean.high, n_people, n_seeds))
        shown = rows[rows["method"] == method].groupby("seed")["item_id"].nunique()
        reach = float(np.mean([shown.get(seed, 0) / n for seed, n in n_new.items() if seed in shown.index]))
        figures.append((method, REACH, reach, np.nan, np.nan, n_people, n_seeds))
    return pd.DataFrame(figures, columns=list(METRIC_COLUMNS))


def difference(rows: pd.DataFrame, method: str, other: str, metric: str = CLICK_RATE) -> Estimate:
    """Return the gain of one method over another, paired by user and seed."""
    people = per_person(rows[rows["method"].isin([method, other])])
    wide = people.pivot(index=["seed", "user_id"], columns="method", values=metric).dropna()
    gain = (wide[method] - wide[other]).rename(metric).reset_index()
    return estimate_over_seeds(_by_seed(gain, metric))


def _by_seed(people: pd.DataFrame, metric: str) -> list[NDArray[np.float64]]:
    return [part[metric].to_numpy(np.float64) for _, part in people.groupby("seed", sort=True)]
