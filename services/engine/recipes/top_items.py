"""The best k of many scores, always in the same order: by score, then by item_index.

A bound first: of the best scores of B groups of items, the k-th best is reached by at least k items, so whatever is
below it is out. That costs one pass at the speed of memory; only what reaches the bound, hardly more than k items, is
sorted. Equal scores at the border all reach it, so two processes always answer the same question alike.
"""

import numpy as np

from services.engine.recipes.base import Floats, Ints

_GROUPS_PER_ITEM = 8
"""Groups of items for each item wanted: few enough to be quick, enough that hardly two of the best share one."""
_FEWEST_GROUPS = 256
_LOWEST = np.finfo(np.float32).min


def top_items(scores: Floats, k: int) -> Ints:
    """Return int32 (batch, k): item_index of each row's k best finite scores, best first, -1 where there are fewer.

    scores is float32 (batch, n_items) with -inf for what must not be shown.
    """
    batch, n_items = scores.shape
    chosen = np.full((batch, k), -1, np.int32)
    if min(batch, n_items, k) == 0:
        return chosen
    rows, items = np.divmod(np.flatnonzero(scores >= _bounds(scores, k)[:, None]), n_items)
    order = np.lexsort((-scores[rows, items], rows))  # stable: equal scores stay in the order of their items
    rows, items = rows[order], items[order]
    places = np.arange(len(rows)) - np.searchsorted(rows, rows)
    kept = places < k
    chosen[rows[kept], places[kept]] = items[kept]
    return chosen


def _bounds(scores: Floats, k: int) -> Floats:
    """Return float32 (batch,): finite scores that at least k items of each row reach, if that many are finite."""
    batch, n_items = scores.shape
    n_groups = min(max(_FEWEST_GROUPS, _GROUPS_PER_ITEM * k), n_items // 4)
    if n_items <= k:
        return np.full(batch, _LOWEST)
    if n_groups <= k:
        bounds = np.partition(scores, n_items - k, axis=1)[:, n_items - k]
    else:  # group g holds the items g, g + n_groups, g + 2 n_groups, ...
        whole = n_items - n_items % n_groups
        best = scores[:, :whole].reshape(batch, -1, n_groups).max(axis=1)  # (batch, n_groups)
        np.maximum(best[:, : n_items - whole], scores[:, whole:], out=best[:, : n_items - whole])
        bounds = np.partition(best, n_groups - k, axis=1)[:, n_groups - k]
    found: Floats = np.maximum(bounds, _LOWEST)
    return found
