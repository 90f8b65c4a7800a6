"""The best k of many scores, in a reproducible order: by score, then by item_index.

A lower bound first: at least k items reach the k-th best of the maxima of B groups of items, so all items below it can
be ignored. That costs one pass over the scores; only the items that reach the bound, hardly more than k, are sorted.
Items with equal scores all reach it, so two processes always return the same list.
"""

import numpy as np

from services.engine.recipes.base import Floats, Ints

_GROUPS_PER_ITEM = 8
"""Groups per requested item: few enough to be fast, enough that the best items rarely share a group."""
_MIN_GROUPS = 256
_LOWEST = np.finfo(np.float32).min


def top_items(scores: Floats, k: int) -> Ints:
    """Return int32 (batch, k): item_index of each row's k best finite scores, best first, -1 where there are fewer.

    scores is float32 (batch, n_items) with -inf for items that must not be shown.
    """
    batch, n_items = scores.shape
    chosen = np.full((batch, k), -1, np.int32)
    if min(batch, n_items, k) == 0:
        return chosen
    rows, items = np.divmod(np.flatnonzero(scores >= _bounds(scores, k)[:, None]), n_items)
    order = np.lexsort((-scores[rows, items], rows))  # stable: equal scores stay in the order of their items
    rows, items = rows[order], items[order]
    places = np.arange(len(rows)) - np.searchsorted(rows, rows)
    best = places < k
    chosen[rows[best], places[best]] = items[best]
    return chosen


def _bounds(scores: Floats, k: int) -> Floats:
    """Return float32 (batch,): finite scores that at least k items of each row reach, if k scores are finite."""
    batch, n_items = scores.shape
    n_groups = min(max(_MIN_GROUPS, _GROUPS_PER_ITEM * k), n_items // 4)
    if n_items <= k:
        return np.full(batch, _LOWEST)
    if n_groups <= k:
        bounds = np.partition(scores, n_items - k, axis=1)[:, n_items - k]
    else:  # group g holds the items g, g + n_groups, g + 2 n_groups, ...
        whole = n_items - n_items % n_groups
        best = scores[:, :whole].reshape(batch, -1, n_groups).max(axis=1)  # (batch, n_groups)
        np.maximum(best[:, : n_items - whole], scores[:, whole:], out=best[:, : n_items - whole])
        bounds = np.partition(best, n_groups - k, axis=1)[:, n_groups - k]
    finite: Floats = np.maximum(bounds, _LOWEST)
    return finite
