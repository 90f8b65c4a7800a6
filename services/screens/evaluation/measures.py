"""How good lists are, person by person: hits, order, novelty, diversity, and means with bootstrap intervals.

Definitions: AWS developer guide, "Evaluating a solution version with metrics"; NDCG divides by the ideal order of all
that a person took (up to K). "amazon_ndcg" is the code of Amazon's notebooks instead: weights 1, 1, 1/log2(3),
1/log2(4) ..., divided by the best order of the hits that the list of 25 has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Ints = NDArray[np.int32]

CUT_OFFS = (1, 5, 10, 25)
LENGTH = 25
METRICS = ("ndcg", "mrr", "precision", "recall", "hit_rate", "novelty", "diversity", "popularity_bias", "amazon_ndcg")
"""Measured person by person, at every cut-off; coverage is measured over everybody."""
COVERAGE = "coverage"
HEAD_SHARE = 0.05
"""The most taken items that popularity bias counts."""
RESAMPLES, SEED = 1000, 0
NORMAL_FROM = 2000
_BLOCK = 512
"""People at a time whose lists are compared item by item."""


@dataclass(frozen=True)
class Catalogue:
    """What is known of the items before anything is recommended."""

    ids: tuple[str, ...]
    n_people: NDArray[np.int64]
    """int64 (n_items,): people of the training part who had the item."""
    n_events: NDArray[np.int64]
    n_users: int
    """People in the training part."""
    groups: NDArray[np.float32]
    """float32 (n_items, n_categories), 1 where the item is of the category; no columns where there are none."""

    def codes(self, lists: Sequence[Sequence[str]], length: int = LENGTH) -> Ints:
        """Return int32 (n_lists, length): places in ids, -1 where a list is shorter, -2 for an unknown item."""
        row = {item_id: number for number, item_id in enumerate(self.ids)}
        coded = np.full((len(lists), length), -1, np.int32)
        for place, found in enumerate(lists):
            known = [row.get(item_id, -2) for item_id in found[:length]]
            coded[place, : len(known)] = known
        return coded

    @property
    def head(self) -> NDArray[np.bool_]:
        """bool (n_items,): whether an item is of the 5 % with most events."""
        found = np.zeros(len(self.ids), bool)
        order = np.argsort(-self.n_events, kind="stable")
        found[order[: max(1, round(HEAD_SHARE * len(self.ids)))]] = True
        return found


def catalogue(train: pd.DataFrame, categories: Mapping[str, Sequence[str]]) -> Catalogue:
    """Count a training part [USER_ID, ITEM_ID]; categories of every item, also of those without events."""
    per_item = train.groupby("ITEM_ID")["USER_ID"]
    people, events = per_item.nunique(), per_item.size()
    ids = tuple(sorted({*map(str, people.index), *categories}))
    names = sorted({name for found in categories.values() for name in found})
    column = {name: number for number, name in enumerate(names)}
    groups = np.zeros((len(ids), len(names)), np.float32)
    for row, item_id in enumerate(ids):
        groups[row, [column[name] for name in categories.get(item_id, ())]] = 1
    return Catalogue(
        ids,
        np.asarray(people.reindex(ids, fill_value=0), np.int64),
        np.asarray(events.reindex(ids, fill_value=0), np.int64),
        int(train["USER_ID"].nunique()),
        groups,
    )


def hits(lists: Sequence[Sequence[str]], truth: Sequence[Sequence[str]], length: int = LENGTH) -> NDArray[np.bool_]:
    """Return bool (n_people, length): whether the item at each place is one that the person took later."""
    found = np.zeros((len(lists), length), bool)
    for row, (shown, taken) in enumerate(zip(lists, truth, strict=True)):
        wanted = set(taken)
        found[row, : min(len(shown), length)] = [item_id in wanted for item_id in shown[:length]]
    return found


def measure(lists: Sequence[Sequence[str]], truth: Sequence[Sequence[str]], items: Catalogue) -> dict[str, Doubles]:
    """Return "METRIC_at_K" by person, float64 (n_people,); higher is better but for popularity_bias."""
    right, codes = hits(lists, truth), items.codes(lists)
    n_taken = np.array([len(set(taken)) for taken in truth])
    weights = 1 / np.log2(np.arange(2, LENGTH + 2))
    early = np.concatenate([[1.0], 1 / np.log2(np.arange(2, LENGTH + 1))])
    ideal = np.concatenate([[0.0], np.cumsum(weights)])
    best_order = -np.sort(-right.astype(np.float64), axis=1)
    ranks = np.arange(1, LENGTH + 1)
    shown = codes >= 0
    known = np.clip(codes, 0, None)
    people = np.where(shown, items.n_people[known] / max(items.n_users, 1), 0.0)
    head = np.where(shown, items.head[known], False)
    alike = _alike(codes, items.groups)
    values: dict[str, Doubles] = {}
    for k in CUT_OFFS:
        top = right[:, :k]
        n_hits, filled = top.sum(axis=1), np.maximum((codes[:, :k] != -1).sum(axis=1), 1)
        values[f"ndcg_at_{k}"] = _ratio(top @ weights[:k], ideal[np.minimum(n_taken, k)])
        values[f"mrr_at_{k}"] = (top / ranks[:k]).max(axis=1, initial=0.0)
        values[f"precision_at_{k}"] = n_hits / k
        values[f"recall_at_{k}"] = _ratio(n_hits, n_taken)
        values[f"hit_rate_at_{k}"] = (n_hits > 0).astype(np.float64)
        values[f"novelty_at_{k}"] = 1 - people[:, :k].sum(axis=1) / filled
        values[f"popularity_bias_at_{k}"] = head[:, :k].sum(axis=1) / filled
        values[f"amazon_ndcg_at_{k}"] = _ratio(top @ early[:k], best_order[:, :k] @ early[:k])
        if items.groups.shape[1] and k > 1:
            values[f"diversity_at_{k}"] = 1 - alike[k]
    return values


def coverage(lists: Sequence[Sequence[str]], k: int, items: Catalogue) -> tuple[int, float]:
    """Return how many different items the first k places show to anybody, and their share of the catalogue."""
    distinct = {item_id for found in lists for item_id in found[:k]}
    return len(distinct), len(distinct) / max(len(items.ids), 1)


def intervals(values: Doubles) -> tuple[Doubles, Doubles]:
    """Return the 95 % interval of the mean of each column of (n_people, n_columns), people drawn at random.

    Bootstrap up to NORMAL_FROM people, every column with the same draws; the normal approximation for more, where both
    agree in every digit that is shown.
    """
    n_people = len(values)
    if n_people > NORMAL_FROM:
        half = 1.96 * values.std(axis=0, ddof=1) / np.sqrt(n_people)
        return values.mean(axis=0) - half, values.mean(axis=0) + half
    means = _weights(n_people) @ values.astype(np.float32)  # (resamples, n_columns)
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return low, high


@lru_cache(maxsize=16)
def _weights(n_people: int) -> NDArray[np.float32]:
    """Return float32 (resamples, n_people): how often each person is drawn, as a share."""
    drawn = np.random.default_rng(SEED).multinomial(n_people, np.full(n_people, 1 / n_people), RESAMPLES)
    return drawn.astype(np.float32) / np.float32(n_people)


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % interval."""

    value: float
    low: float
    high: float


def estimate(values: Doubles) -> Estimate:
    """Return the mean of one value a person with its 95 % interval; zeros for nobody."""
    if not len(values):
        return Estimate(0.0, 0.0, 0.0)
    low, high = intervals(values[:, None])
    return Estimate(float(values.mean()), float(low[0]), float(high[0]))


def _ratio(above: Doubles, below: Doubles) -> Doubles:
    return np.divide(above, below, out=np.zeros(len(above)), where=below > 0)


def _alike(codes: Ints, groups: NDArray[np.float32]) -> dict[int, Doubles]:
    """Return the mean Jaccard index of the categories of two items of the first k places, by k."""
    found = {k: np.zeros(len(codes)) for k in CUT_OFFS if k > 1}
    if not groups.shape[1]:
        return found
    for first in range(0, len(codes), _BLOCK):
        some = codes[first : first + _BLOCK]
        held = groups[np.clip(some, 0, None)] * (some >= 0)[:, :, None]  # (b, 25, n_categories)
        both = held @ held.transpose(0, 2, 1)  # (b, 25, 25)
        each = held.sum(axis=2)
        either = each[:, :, None] + each[:, None, :] - both
        jaccard = np.divide(both, either, out=np.zeros_like(both), where=either > 0)
        for k in found:
            filled = (some[:, :k] >= 0).sum(axis=1)
            own = np.trace(jaccard[:, :k, :k], axis1=1, axis2=2)
            n_pairs = np.maximum(filled * (filled - 1), 1)
            found[k][first : first + _BLOCK] = (jaccard[:, :k, :k].sum(axis=(1, 2)) - own) / n_pairs
    return found
