"""How often two items stand close together in histories, and how surprising that is.

Two items of the same person say more about each other the fewer items lie between them: the weight of a pair falls with
its distance (Ludewig and Jannach 2018, "Evaluation of session-based recommendation algorithms", User Modeling and
User-Adapted Interaction 28: sequential rules weight a pair by the inverse of its distance). A pair counts once for a
person, from the first time that each of the two was met, so that repetitions are no evidence. Surprise is that of
recipes/counting/cooccurrence.py, with the weights in place of numbers of users.
"""

from typing import Any

import numpy as np

from services.engine.recipes.base import Histories
from services.engine.recipes.histories import keep_events

REACH = 50
"""Items that may lie between two that count as close."""
HORIZON = 20.0
"""Distance at which a pair's weight is 1 / e."""
MAX_PAIRS = 60_000_000
"""Pairs that are weighed; of larger data only shorter distances are."""
_DISTANCES_AT_ONCE = 10


def first_events(histories: Histories) -> Histories:
    """Return the histories with the first event of each person with each item."""
    users = np.repeat(np.arange(histories.n_users), histories.lengths())
    first = np.unique(users * np.int64(max(histories.n_items, 1)) + histories.items, return_index=True)[1]
    keep = np.zeros(histories.n_events, np.bool_)
    keep[first] = True
    return keep_events(histories, keep)


def surprise_of_nearness(histories: Histories) -> Any:
    """Return a symmetric scipy CSR matrix (n_items, n_items), float32: above 0 for pairs that are close too often."""
    from scipy import sparse

    weights = _weights(first_events(histories))
    rows, columns = weights.nonzero()
    both = weights.data.astype(np.float64)
    sums = np.asarray(weights.sum(axis=1), np.float64).ravel()
    expected = sums[rows] * sums[columns] / max(sums.sum(), 1e-12)
    surprise = np.sqrt(np.maximum(2 * (both * np.log(both / expected) - both + expected), 0))
    surprise[both <= expected] = 0
    result = sparse.csr_matrix((surprise.astype(np.float32), weights.indices, weights.indptr), shape=weights.shape)
    result.eliminate_zeros()
    return result


def _weights(histories: Histories) -> Any:
    from scipy import sparse

    n_items, n_events = histories.n_items, histories.n_events
    users = np.repeat(np.arange(histories.n_users), histories.lengths())
    total = sparse.csr_matrix((n_items, n_items), dtype=np.float32)
    reach = int(np.clip(MAX_PAIRS // max(n_events, 1), 1, REACH))
    for start in range(1, reach + 1, _DISTANCES_AT_ONCE):
        earlier, later, weights = [], [], []
        for distance in range(start, min(start + _DISTANCES_AT_ONCE, reach + 1)):
            same = users[distance:] == users[:-distance]
            earlier.append(histories.items[:-distance][same])
            later.append(histories.items[distance:][same])
            weights.append(np.full(len(later[-1]), np.exp(-(distance - 1) / HORIZON), np.float32))
        cells = (np.concatenate(weights), (np.concatenate(earlier), np.concatenate(later)))
        total = total + sparse.csr_matrix(cells, shape=(n_items, n_items))
    both_ways = (total + total.T).tocsr()
    both_ways.sort_indices()
    return both_ways
