"""What a user likes more than all users do.

A taste is a category that is over-represented in a history: its share there over its share among all events, with a
prior of five events spread by everybody's shares, so that one lucky film makes no taste. An item with k categories
counts 1/k to each. Never "most frequent": by count nearly everybody's favourite is Drama.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PRIOR_EVENTS = 5.0
MIN_EVENTS = 5
MIN_TOUCHED = 2
MIN_TOUCHED_SHARE = 0.06
"""A category that only one event touches, or few of many, is chance, whatever its ratio."""
MIN_TIMES = 1.25
FORMULA = "(share + prior) / (share among all events + prior), prior = five events"
"""How tastes are measured, as screens explain it; prior as in PRIOR_EVENTS."""
N_LABEL_TASTES = 2
"""Tastes that the label of a user names."""
NO_CLEAR_TASTE = "no clear taste yet"


class Tastes:
    """Tastes by one categorical column of the catalogue."""

    def __init__(self, column: str, categories_of: Mapping[str, Sequence[str]], n_events_of: Mapping[str, int]) -> None:
        """Categories of every item, and how many events each item has among everybody's."""
        self.column = column
        self._categories_of = categories_of
        totals: dict[str, float] = {}
        for item_id, n_events in n_events_of.items():
            categories = categories_of.get(item_id, ())
            for category in categories:
                totals[category] = totals.get(category, 0.0) + n_events / len(categories)
        whole = sum(totals.values()) or 1.0
        ordered = sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))
        self._share = {category: total / whole for category, total in ordered}

    @property
    def everybody(self) -> pd.DataFrame:
        """Return category and share (of all events, largest first)."""
        return pd.DataFrame(
            {"category": pd.Series(self._share.keys(), dtype="str"), "share": list(self._share.values())}
        )

    def of(self, item_ids: Iterable[str]) -> pd.DataFrame:
        """Return category, share (in this history), everybody (share), times (smoothed ratio), touched (events).

        Sorted by times, largest first; categories that the history does not touch are left out.
        """
        rows = self._rows(item_ids)
        frame = pd.DataFrame(rows, columns=["category", "share", "everybody", "times", "touched"])
        return frame.astype({"category": "str", "share": float, "everybody": float, "times": float, "touched": int})

    def times(self, item_ids: Iterable[str]) -> dict[str, float]:
        """Return the smoothed ratio by category, largest first, as in `of`."""
        return {name: times for name, _, _, times, _ in self._rows(item_ids)}

    def shares(self, item_ids: Iterable[str]) -> dict[str, float]:
        """Return the share of these items by category, as in `of`."""
        return {name: share for name, share, *_ in self._rows(item_ids)}

    def _rows(self, item_ids: Iterable[str]) -> list[tuple[str, float, float, float, int]]:
        weight: dict[str, float] = {}
        touched: dict[str, int] = {}
        n_events = 0
        for item_id in item_ids:
            categories = [name for name in self._categories_of.get(item_id, ()) if self._share.get(name, 0.0) > 0]
            n_events += bool(categories)
            for category in categories:
                weight[category] = weight.get(category, 0.0) + 1 / len(categories)
                touched[category] = touched.get(category, 0) + 1
        rows = [
            (name, w / n_events, self._share[name], _times(w, n_events, self._share[name]), touched[name])
            for name, w in weight.items()
        ]
        rows.sort(key=lambda row: (-row[3], row[0]))
        return rows

    def top(self, item_ids: Iterable[str], n: int = 3) -> tuple[str, ...]:
        """Return up to n tastes, strongest first; () for fewer than five events or nothing that stands out."""
        ids = list(item_ids)
        n_events = sum(1 for item_id in ids if self._categories_of.get(item_id))
        if n_events < MIN_EVENTS:
            return ()
        enough = max(MIN_TOUCHED, MIN_TOUCHED_SHARE * n_events)
        clear = [name for name, _, _, times, touched in self._rows(ids) if touched >= enough and times >= MIN_TIMES]
        return tuple(clear[:n])

    def in_taste(self, item_ids: Sequence[str], tastes: Iterable[str]) -> list[bool]:
        """Return for each item whether it has one of these categories."""
        liked = frozenset(tastes)
        return [not liked.isdisjoint(self._categories_of.get(item_id, ())) for item_id in item_ids]


def _times(weight: float, n_events: int, share: float) -> float:
    return (weight + PRIOR_EVENTS * share) / ((n_events + PRIOR_EVENTS) * share)


def top_of_everybody(
    offsets: NDArray[np.int64],
    items: NDArray[np.int32],
    codes: NDArray[np.int32],
    code_offsets: NDArray[np.int64],
    n_categories: int,
) -> NDArray[np.int32]:
    """Return int32 (n_users, N_LABEL_TASTES): the tastes of every user as category codes, -1 where there is none.

    User u's items are items[offsets[u]:offsets[u + 1]]; item i has the categories codes[code_offsets[i]:...[i + 1]].
    Works through blocks of users, so that memory does not grow with their number.
    """
    n_users, per_item = len(offsets) - 1, np.diff(code_offsets)
    best = np.full((n_users, N_LABEL_TASTES), -1, dtype=np.int32)
    everybody = np.zeros(n_categories)
    item_counts = np.bincount(items, minlength=len(per_item))
    weights = np.repeat(item_counts / np.maximum(per_item, 1), per_item)
    np.add.at(everybody, codes, weights)
    share = everybody / max(everybody.sum(), 1e-12)
    block = max(1, 4_000_000 // max(n_categories, 1))
    for first in range(0, n_users, block):
        last = min(first + block, n_users)
        rows = items[offsets[first] : offsets[last]]
        user = np.repeat(np.arange(last - first), np.diff(offsets[first : last + 1]))
        counts = per_item[rows]
        place = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        category = codes[np.repeat(code_offsets[rows], counts) + place]
        cell = np.repeat(user, counts) * n_categories + category
        shape = (last - first, n_categories)
        weight = np.bincount(cell, np.repeat(1 / np.maximum(counts, 1), counts), shape[0] * shape[1]).reshape(shape)
        touched = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)
        n_events = np.bincount(user, counts > 0, minlength=last - first)[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            times = (weight + PRIOR_EVENTS * share) / ((n_events + PRIOR_EVENTS) * share)
        enough = touched >= np.maximum(MIN_TOUCHED, MIN_TOUCHED_SHARE * n_events)
        clear = enough & (times >= MIN_TIMES) & (n_events >= MIN_EVENTS)
        times = np.where(clear, times, -np.inf)
        order = np.argsort(-times, axis=1, kind="stable")[:, :N_LABEL_TASTES]
        exists = np.take_along_axis(times, order, axis=1) > -np.inf
        best[first:last, : order.shape[1]] = np.where(exists, order, -1)
    return best
