"""Item-to-item similarity from co-occurrence: exact, block by block, so that memory is bounded.

How surprising is the number of users with both items, if the two had nothing to do with each other?

    chance(i, j)     = users with i * users with j / users
    expected(i, j)   = min(1, 2 * discount) * chance(i, j)
    surprise(i, j)   = sqrt(2 * (both * log(both / expected) - both + expected))
    similarity(i, j) = surprise(i, j) / (users with j) ** max(0, discount - 0.5)

surprise is the signed root of the Poisson log-likelihood ratio (Dunning, "Accurate Methods for the Statistics of
Surprise and Coincidence", Computational Linguistics 19(1), 1993): few users in common say little, however few users the
items have, so rare items and items that everybody has both rank low unless they belong together. Two items without more
users in common than expected, or with fewer than a minimum, are not related.

Discount 0 ranks by plain co-occurrence, which favours popular items, and 1 by the lift both / chance, which ignores
popularity (Deshpande and Karypis, "Item-Based Top-N Recommendation Algorithms", ACM TOIS 22(1), 2004, section 4.2).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Histories, Ints, Longs, Progress

BLOCK_PAIRS = 4_000_000
"""Maximum number of co-occurrences in memory, about 200 MB; those of a single item may exceed it."""
_LOW_BITS = np.int64(0xFFFFFFFF)


@dataclass(frozen=True)
class Neighbours:
    """The most similar items of each item, best first (CSR); equal similarities are in order of item_index."""

    offsets: Longs
    """int64 (n_items + 1,): the neighbours of item i are rows offsets[i]:offsets[i + 1]."""
    items: Ints
    """int32 (n_rows,): item_index of the neighbours, never the item itself."""
    similarities: Floats
    """float32 (n_rows,), above 0."""


def user_item_matrix(histories: Histories) -> Any:
    """Return a scipy CSR matrix (n_users, n_items), int32: 1 where the user has interacted with the item."""
    from scipy import sparse

    shape = (histories.n_users, histories.n_items)
    ones = np.ones(histories.n_events, np.int32)
    matrix = sparse.csr_matrix((ones, histories.items, histories.offsets), shape=shape, copy=True)
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def nearest(
    users_items: Any,
    listable: NDArray[np.bool_],
    *,
    discount: float,
    min_users: int,
    n_neighbours: int,
    progress: Progress,
) -> Neighbours:
    """Return the n_neighbours most similar listable items of every item.

    users_items is the result of user_item_matrix; listable, bool (n_items,), marks the items that may be neighbours. A
    pair with fewer than min_users users of both items has no similarity; 0 means the same as 1.
    """
    min_users = max(min_users, 1)
    items_users = users_items.T.tocsr()  # (n_items, n_users)
    n_items = items_users.shape[0]
    unique_users = np.diff(items_users.indptr)
    candidates = np.flatnonzero(listable & (unique_users >= min_users))
    candidate_matrix = users_items[:, candidates]  # (n_users, n_candidates)
    n_users = max(1, int(np.count_nonzero(np.diff(users_items.indptr))))
    n_pairs = items_users @ np.diff(candidate_matrix.indptr).astype(np.int64)  # the cost of each row's product
    lengths = np.zeros(n_items, np.int64)
    items, similarities = [np.empty(0, np.int32)], [np.empty(0, np.float32)]
    borders = _borders(n_pairs)
    for start, stop in zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True):
        together = items_users[start:stop] @ candidate_matrix  # (n_block, n_candidates), users with both
        rows = np.repeat(np.arange(start, stop), np.diff(together.indptr))
        enough = (together.data >= min_users) & (candidates[together.indices] != rows)
        rows, columns, both = rows[enough], together.indices[enough], together.data[enough]
        scores = similarity(both, unique_users[rows], unique_users[candidates[columns]], n_users, discount)
        related = scores > 0
        rows, columns, scores = rows[related], columns[related], scores[related]
        row_ends = np.cumsum(np.bincount(rows - start, minlength=stop - start))
        best, lengths[start:stop] = _best_of_rows(_keys(scores, columns), row_ends, n_neighbours)
        items.append(candidates[_columns(best)].astype(np.int32))
        similarities.append(_scores(best))
        progress.update(stop / n_items, f"{stop:,} of {n_items:,} items")
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Neighbours(offsets, np.concatenate(items), np.concatenate(similarities))


def similarity(both: Longs, with_item: Longs, with_other: Longs, n_users: int, discount: float) -> Floats:
    """Return the similarities of pairs of items, float32 (n_pairs,), 0 where they are not related.

    both, above 0, with_item and with_other are numbers of users, int64 (n_pairs,); n_users have any item.
    """
    if discount == 0:
        counts: Floats = both.astype(np.float32)
        return counts
    expected = min(1.0, 2 * discount) / n_users * with_item * with_other
    surprise = np.sqrt(np.maximum(2 * (both * np.log(both / expected) - both + expected), 0.0))
    surprise[both <= expected] = 0.0
    if discount > 0.5:
        surprise *= with_other ** (0.5 - discount)
    similarities: Floats = surprise.astype(np.float32)
    return similarities


def _borders(n_pairs: Longs) -> Longs:
    """Return the borders of blocks of consecutive items, from the number of pairs of each item."""
    block = np.cumsum(n_pairs) // BLOCK_PAIRS
    inner = np.flatnonzero(np.diff(block)) + 1
    return np.unique(np.concatenate([[0], inner, [len(n_pairs)]]))


def _best_of_rows(keys: Longs, row_ends: Longs, k: int) -> tuple[Longs, Longs]:
    """Return the k largest keys of each row, largest first, concatenated, and their number in each row."""
    best = []
    start = 0
    for end in row_ends.tolist():
        row = keys[start:end]
        if len(row) > k:
            row = np.partition(row, len(row) - k)[len(row) - k :]
        best.append(np.sort(row)[::-1])
        start = end
    return np.concatenate([np.empty(0, np.int64), *best]), np.array([len(row) for row in best], np.int64)


def _keys(scores: Floats, columns: Ints) -> Longs:
    """Pack score and column into one integer that sorts by score, then by the lower column.

    The bits of positive floats sort like the floats themselves (IEEE 754), and no two keys of a row are equal, so the
    best k are the same in every run and on every machine.
    """
    bits = scores.view(np.int32).astype(np.int64)
    return (bits << 32) | (_LOW_BITS - columns)


def _columns(keys: Longs) -> Longs:
    columns: Longs = _LOW_BITS - (keys & _LOW_BITS)
    return columns


def _scores(keys: Longs) -> Floats:
    return (keys >> 32).astype(np.int32).view(np.float32)
