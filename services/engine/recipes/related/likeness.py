"""Neighbours of items that hardly anybody has had, by the known items that they are most like.

A cold item's neighbours are those of the N_LIKE known items with the most similar metadata, each weighing the square of
its cosine, and these items themselves, popular ones more. A cold item is in turn a neighbour of its neighbours, but
behind all that people have shown.
"""

from typing import Any

import numpy as np

from services.engine.recipes.base import Floats, Longs

N_LIKE = 30
MAX_CANDIDATES = 20_000
"""Known items that cold ones are compared with: those of the most people."""
OWN_WEIGHT = 2.0
"""Of a known item itself: times the square of its cosine and the log of its people."""
BEHIND = 1e-4
"""Factor that puts cold items behind the neighbours with people."""
_BLOCK = 256


def best_of_each(pairs: Any, n: int) -> Any:
    """Return a scipy CSR matrix with at most the n largest values above 0 of each row, ties by the lower column."""
    from scipy import sparse

    pairs = pairs.tocsr()
    rows = np.repeat(np.arange(pairs.shape[0]), np.diff(pairs.indptr))
    order = np.lexsort((pairs.indices, -pairs.data, rows))
    rows, columns, values = rows[order], pairs.indices[order], pairs.data[order].astype(np.float32)
    first = (np.arange(len(rows)) - np.searchsorted(rows, rows) < n) & (values > 0)
    result: Any = sparse.csr_matrix((values[first], (rows[first], columns[first])), shape=pairs.shape)
    return result


def cold_neighbours(pairs: Any, metadata: Floats, users: Longs, few_users: int, n: int) -> Any:
    """Return a scipy CSR matrix (n_items, n_items) to add to pairs: rows and columns of items with few users.

    metadata: unit vectors (n_items, d), zeros where there is none. users, int64 (n_items,): people of each item.
    """
    from scipy import sparse

    described = np.abs(metadata).sum(axis=1) > 0
    cold = np.flatnonzero((users < few_users) & described)
    known = np.flatnonzero((users >= few_users) & described)
    known = known[np.argsort(-users[known], kind="stable")[:MAX_CANDIDATES]]
    empty = sparse.csr_matrix(pairs.shape, dtype=np.float32)
    if not len(cold) or not len(known):
        return empty
    popularity = np.log1p(users[known]).astype(np.float32)
    parts = []
    for start in range(0, len(cold), _BLOCK):
        block = cold[start : start + _BLOCK]
        cosines = np.maximum(metadata[block] @ metadata[known].T, 0)  # (b, n_known)
        n_like = min(N_LIKE, len(known))
        best = np.argpartition(-cosines, n_like - 1, axis=1)[:, :n_like]
        weights = np.take_along_axis(cosines, best, axis=1) ** 2
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
        rows = np.repeat(np.arange(len(block)), n_like)
        like = sparse.csr_matrix((weights.ravel(), (rows, known[best].ravel())), shape=(len(block), len(users)))
        scores = (like @ pairs).tocsr()
        own = OWN_WEIGHT * cosines**2 * popularity
        own[own < np.partition(own, -n_like, axis=1)[:, -n_like, None]] = 0
        r, c = np.nonzero(own)
        own_pairs = sparse.csr_matrix((own[r, c], (r, known[c])), shape=scores.shape)
        parts.append(best_of_each(scores + own_pairs, n))
    found = sparse.vstack(parts).tocoo()
    cells = (found.data, (cold[found.row], found.col))
    of_cold = sparse.csr_matrix(cells, shape=pairs.shape, dtype=np.float32)
    of_cold.setdiag(0)
    return of_cold + np.float32(BEHIND) * of_cold.T
