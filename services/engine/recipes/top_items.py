"""The best k of many scores, always in the same order: by score, then by item_index.

argpartition is fast but leaves open which of several equal scores it takes; two processes could then answer the same
question differently. Only rows with a tie at the border are looked at again.
"""

import numpy as np

from services.engine.recipes.base import Floats, Ints


def top_items(scores: Floats, k: int) -> Ints:
    """Return int32 (batch, k): item_index of each row's k best finite scores, best first, -1 where there are fewer.

    scores is float32 (batch, n_items) with -inf for what must not be shown.
    """
    batch, n_items = scores.shape
    k_found = min(k, n_items)
    chosen = np.full((batch, k), -1, np.int32)
    if k_found == 0:
        return chosen
    if k_found < n_items:
        candidates = np.argpartition(scores, n_items - k_found, axis=1)[:, n_items - k_found :]
        border = np.take_along_axis(scores, candidates, 1).min(axis=1)
        tied = (scores == border[:, None]).sum(axis=1) > 1
        for row in np.flatnonzero(tied & np.isfinite(border)):
            above = np.flatnonzero(scores[row] > border[row])
            equal = np.flatnonzero(scores[row] == border[row])[: k_found - len(above)]
            candidates[row] = np.concatenate([above, equal])
    else:
        candidates = np.tile(np.arange(n_items), (batch, 1))
    candidates.sort(axis=1)
    values = np.take_along_axis(scores, candidates, 1)
    order = np.argsort(-values, axis=1, kind="stable")
    best = np.take_along_axis(candidates, order, 1)
    best[~np.isfinite(np.take_along_axis(values, order, 1))] = -1
    chosen[:, :k_found] = best
    return chosen
