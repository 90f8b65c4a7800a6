"""How good lists are, user by user: hits and order, novelty, diversity, popularity bias, serendipity, personalisation.

Definitions: AWS developer guide, "Evaluating a solution version with metrics"; services/laboratory/ranking_metrics.py
has those of hits and their order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.laboratory import ranking_metrics
from services.laboratory.estimates import Doubles
from services.laboratory.ranking_metrics import PLACES

Ints = NDArray[np.int32]

CUT_OFFS = (1, 5, 10, 25)
METRICS = (
    *("ndcg", "mrr", "map", "precision", "recall", "hit_rate", "next", "next_mrr", "serendipity", "personalisation"),
    *("novelty", "diversity", "popularity_bias", "amazon_ndcg"),
)
"""Measured user by user, at every cut-off; coverage is measured over all users."""
COVERAGE = "coverage"
HEAD_SHARE = 0.05
"""The share of items with the most events, which popularity bias counts."""
_BLOCK = 512
"""Users at a time whose lists are compared item by item."""


@dataclass(frozen=True)
class ItemCounts:
    """The items of the training part: their events, users and categories."""

    ids: tuple[str, ...]
    n_people: NDArray[np.int64]
    """int64 (n_items,): users of the training part who had the item."""
    n_events: NDArray[np.int64]
    n_users: int
    """Users in the training part."""
    categories: NDArray[np.float32]
    """float32 (n_items, n_categories), 1 where the item has the category; no columns without categories."""

    def codes(self, lists: Sequence[Sequence[str]]) -> Ints:
        """Return int32 (n_lists, PLACES): indexes into ids, -1 where a list is shorter, -2 for an unknown item."""
        index = {item_id: number for number, item_id in enumerate(self.ids)}
        codes = np.full((len(lists), PLACES), -1, np.int32)
        for row, shown in enumerate(lists):
            known = [index.get(item_id, -2) for item_id in shown[:PLACES]]
            codes[row, : len(known)] = known
        return codes

    @property
    def places(self) -> NDArray[np.int64]:
        """int64 (n_items,): each item's place among the bestsellers, from 0; ties in order of id."""
        places = np.empty(len(self.ids), np.int64)
        places[np.argsort(-self.n_events, kind="stable")] = np.arange(len(self.ids))
        return places

    @property
    def head(self) -> NDArray[np.bool_]:
        """bool (n_items,): whether an item is one of the 5 % with the most events."""
        is_head = np.zeros(len(self.ids), bool)
        order = np.argsort(-self.n_events, kind="stable")
        is_head[order[: max(1, round(HEAD_SHARE * len(self.ids)))]] = True
        return is_head


def count_items(train: pd.DataFrame, categories: Mapping[str, Sequence[str]]) -> ItemCounts:
    """Count a training part [USER_ID, ITEM_ID]; categories of every item, also of those without events."""
    per_item = train.groupby("ITEM_ID")["USER_ID"]
    people, events = per_item.nunique(), per_item.size()
    ids = tuple(sorted({*map(str, people.index), *categories}))
    names = sorted({name for of_item in categories.values() for name in of_item})
    column = {name: number for number, name in enumerate(names)}
    matrix = np.zeros((len(ids), len(names)), np.float32)
    for row, item_id in enumerate(ids):
        matrix[row, [column[name] for name in categories.get(item_id, ())]] = 1
    return ItemCounts(
        ids,
        np.asarray(people.reindex(ids, fill_value=0), np.int64),
        np.asarray(events.reindex(ids, fill_value=0), np.int64),
        int(train["USER_ID"].nunique()),
        matrix,
    )


def measure(lists: Sequence[Sequence[str]], truth: Sequence[Sequence[str]], items: ItemCounts) -> dict[str, Doubles]:
    """Return "METRIC_at_K" by user, float64 (n_users,); higher is better except for popularity_bias.

    truth is oldest first: "next" and "next_mrr" look for the first item alone.
    """
    hits, codes = ranking_metrics.hits(lists, truth), items.codes(lists)
    n_taken = np.array([len(set(taken)) for taken in truth])
    next_hits = ranking_metrics.hits(lists, [taken[:1] for taken in truth])
    is_known = codes >= 0
    index = np.clip(codes, 0, None)
    popularity = np.where(is_known, items.n_people[index] / max(items.n_users, 1), 0.0)
    is_head = np.where(is_known, items.head[index], False)
    similarity = _similarity(codes, items.categories)
    place = items.places[index]
    values: dict[str, Doubles] = {}
    for k in CUT_OFFS:
        n_shown = np.maximum((codes[:, :k] != -1).sum(axis=1), 1)
        values[f"ndcg_at_{k}"] = ranking_metrics.ndcg(hits, k, n_taken)
        values[f"mrr_at_{k}"] = ranking_metrics.reciprocal_rank(hits, k)
        values[f"map_at_{k}"] = ranking_metrics.average_precision(hits, k, n_taken)
        values[f"precision_at_{k}"] = ranking_metrics.precision(hits, k)
        values[f"recall_at_{k}"] = ranking_metrics.recall(hits, k, n_taken)
        values[f"hit_rate_at_{k}"] = ranking_metrics.hit_rate(hits, k)
        values[f"next_at_{k}"] = ranking_metrics.hit_rate(next_hits, k)
        values[f"next_mrr_at_{k}"] = ranking_metrics.reciprocal_rank(next_hits, k)
        is_bestseller = is_known[:, :k] & (place[:, :k] < k)
        values[f"serendipity_at_{k}"] = np.asarray((hits[:, :k] & ~is_bestseller).sum(axis=1) / k, np.float64)
        values[f"personalisation_at_{k}"] = 1 - shared_with_others(lists, k)
        values[f"novelty_at_{k}"] = 1 - popularity[:, :k].sum(axis=1) / n_shown
        values[f"popularity_bias_at_{k}"] = is_head[:, :k].sum(axis=1) / n_shown
        values[f"amazon_ndcg_at_{k}"] = ranking_metrics.amazon_ndcg(hits, k)
        if k in similarity:
            values[f"diversity_at_{k}"] = 1 - similarity[k]
    return values


def shared_with_others(lists: Sequence[Sequence[str]], k: int) -> Doubles:
    """Return how much of each list's first k places the other users' lists share, float64 (n_users,), 0 to 1.

    The mean, over all others, of the cosine of two lists as sets: of lists of k items the share that both have.
    """
    codes: dict[str, int] = {}
    sets = [
        np.array([codes.setdefault(item, len(codes)) for item in dict.fromkeys(own[:k])], np.int64) for own in lists
    ]
    weight = np.array([1 / np.sqrt(max(1, len(own))) for own in sets])
    everybody = np.zeros(max(1, len(codes)))
    for own, each in zip(sets, weight, strict=True):
        everybody[own] += each
    with_all = np.array([each * everybody[own].sum() for own, each in zip(sets, weight, strict=True)])
    itself = np.array([float(len(own) > 0) for own in sets])
    return np.asarray((with_all - itself) / max(1, len(sets) - 1), np.float64)


def coverage(lists: Sequence[Sequence[str]], k: int, items: ItemCounts) -> float:
    """Return the different items that the first k places show to any user, as a share of all items."""
    distinct = {item_id for shown in lists for item_id in shown[:k]}
    return len(distinct) / max(len(items.ids), 1)


def _similarity(codes: Ints, categories: NDArray[np.float32]) -> dict[int, Doubles]:
    """Return the mean Jaccard index of the categories of two of the first k items, by k; {} without categories."""
    if not categories.shape[1]:
        return {}
    means = {k: np.zeros(len(codes)) for k in CUT_OFFS if k > 1}
    for first in range(0, len(codes), _BLOCK):
        block = codes[first : first + _BLOCK]
        held = categories[np.clip(block, 0, None)] * (block >= 0)[:, :, None]  # (b, 25, n_categories)
        both = held @ held.transpose(0, 2, 1)  # (b, 25, 25)
        each = held.sum(axis=2)
        either = each[:, :, None] + each[:, None, :] - both
        jaccard = np.divide(both, either, out=np.zeros_like(both), where=either > 0)
        for k, mean in means.items():
            n_items = (block[:, :k] >= 0).sum(axis=1)
            own = np.trace(jaccard[:, :k, :k], axis1=1, axis2=2)
            n_pairs = np.maximum(n_items * (n_items - 1), 1)
            mean[first : first + _BLOCK] = (jaccard[:, :k, :k].sum(axis=(1, 2)) - own) / n_pairs
    return means
