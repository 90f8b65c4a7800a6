"""Co-occurrence counts: users per item and per pair of items, counted from the loaded data for one item at a time.

A row of the co-occurrence matrix costs one pass over the histories of the users who had the item, so nothing larger
than the events themselves is ever held: no matrix of items by items. Repeats of one user count once. Which counts lie
between two percentiles is here too, as recipes leave out rare and frequent items by it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]


@dataclass(frozen=True)
class Cooccurrence:
    """Distinct (user, item) pairs, listed both ways (CSR)."""

    user_offsets: Longs
    """int64 (n_users + 1,): user u had user_items[user_offsets[u]:user_offsets[u + 1]], in order."""
    user_items: Longs
    """int64 (n_pairs,): item numbers."""
    item_offsets: Longs
    """int64 (n_items + 1,): item i was had by item_users[item_offsets[i]:item_offsets[i + 1]]."""
    item_users: Longs
    """int64 (n_pairs,): user numbers."""
    event_counts: Longs
    """int64 (n_items,): events of each item, repeats included."""

    @property
    def n_items(self) -> int:
        """Number of items, with users or without."""
        return len(self.item_offsets) - 1

    @property
    def n_people(self) -> Longs:
        """int64 (n_items,): users of each item."""
        return np.diff(self.item_offsets)

    @property
    def n_active(self) -> int:
        """Number of users with any event."""
        return int(np.count_nonzero(np.diff(self.user_offsets)))

    def together(self, item: int) -> Longs:
        """Return int64 (n_items,): users who had this item and each other one; its own place holds n_people."""
        users = self.item_users[self.item_offsets[item] : self.item_offsets[item + 1]]
        starts, stops = self.user_offsets[users], self.user_offsets[users + 1]
        if not len(users):
            return np.zeros(self.n_items, np.int64)
        rows = [self.user_items[start:stop] for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)]
        return np.bincount(np.concatenate(rows), minlength=self.n_items)

    def cost(self) -> Longs:
        """Return int64 (n_items,): the rows that together() reads for each item."""
        lengths = np.diff(self.user_offsets)
        before = np.concatenate([[0], np.cumsum(lengths[self.item_users])])
        cost: Longs = before[self.item_offsets[1:]] - before[self.item_offsets[:-1]]
        return cost


def count(users: Longs, items: Longs, n_users: int, n_items: int) -> Cooccurrence:
    """Count events by the user number and item number of each, int64 (n_events,). A million take about 0.2 s."""
    pairs = np.sort(users * np.int64(max(n_items, 1)) + items)  # np.unique hashes since numpy 2.3: fifty times slower
    pairs = pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])] if len(pairs) else pairs
    pair_users, pair_items = np.divmod(pairs, max(n_items, 1))
    by_item = np.argsort(pair_items, kind="stable")
    return Cooccurrence(
        user_offsets=_offsets(pair_users, n_users),
        user_items=pair_items,
        item_offsets=_offsets(pair_items, n_items),
        item_users=pair_users[by_item],
        event_counts=np.bincount(items, minlength=n_items).astype(np.int64),
    )


def _offsets(codes: Longs, n: int) -> Longs:
    return np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=n))]).astype(np.int64)


@dataclass(frozen=True)
class Hidden:
    """What a recipe's percentiles keep out of all lists."""

    n_items: int
    """Items with events that are never listed..."""
    n_frequent: int
    """...and of those the ones that have too many events, not too few."""
    share: float
    """Share of all events that are on hidden items, 0 to 1."""


def within(counts: Longs, bounds: tuple[float, float]) -> NDArray[np.bool_]:
    """Return bool (n,): whether a count lies within these percentiles of all counts above 0, bounds included."""
    present = counts > 0
    if not present.any():
        return present
    low, high = np.quantile(counts[present], bounds)
    inside: NDArray[np.bool_] = present & (counts >= low) & (counts <= high)
    return inside


def hidden(counts: Longs, listable: NDArray[np.bool_]) -> Hidden:
    """Return what is kept out of all lists, from the events of every item, int64 (n_items,)."""
    out = (counts > 0) & ~listable
    most = counts[listable].max(initial=0)
    return Hidden(int(out.sum()), int((out & (counts > most)).sum()), float(counts[out].sum() / max(1, counts.sum())))
