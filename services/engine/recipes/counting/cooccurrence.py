"""Item-to-item similarity from who had both: exact, block by block, so that memory does not grow with the catalogue.

    similarity(i, j) = users with both / (users with j) ** discount

for a question i and a candidate j, zero below a least number of users with both. This is the conditional probability
P(j | i) with the popularity of j taken out by an exponent (Deshpande and Karypis, "Item-Based Top-N Recommendation
Algorithms", ACM TOIS 22(1), 2004, section 4.2; the users with i are the same for all j and fall out of the order).
Discount 0 ranks by plain co-occurrence, so the popular items lead; 0.5 is the order of the cosine (Linden, Smith and
York, IEEE Internet Computing 7(1), 2003); 1 is the order of the lift, in which popularity counts for nothing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Histories, Ints, Longs, Progress

BLOCK_PAIRS = 8_000_000
"""At most so many co-occurrences are held at a time, about 200 MB (one item's alone may be more: the catalogue)."""
_LOW_BITS = np.int64(0xFFFFFFFF)


@dataclass(frozen=True)
class Neighbours:
    """The most similar items of each item, best first (CSR); equal similarities stand in the order of item_index."""

    offsets: Longs
    """int64 (n_items + 1,): item i owns rows offsets[i]:offsets[i + 1]."""
    items: Ints
    """int32 (n_rows,): item_index of the neighbours, never the item itself."""
    similarities: Floats
    """float32 (n_rows,), above 0."""


def user_item_matrix(histories: Histories) -> Any:
    """Return a scipy CSR matrix (n_users, n_items) of int32 ones: who has what, repeats counted once."""
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
    least_users: int,
    n_neighbours: int,
    progress: Progress,
) -> Neighbours:
    """Return the n_neighbours most similar listable items of every item.

    users_items is user_item_matrix's; listable, bool (n_items,), says which items may be neighbours. least_users is the
    number of users with both items below which a pair has no similarity; 0 means the same as 1, since nobody is no
    evidence.
    """
    least = max(least_users, 1)
    items_users = users_items.T.tocsr()  # (n_items, n_users)
    n_items = items_users.shape[0]
    unique_users = np.diff(items_users.indptr)
    candidates = np.flatnonzero(listable & (unique_users >= least))
    candidate_matrix = users_items[:, candidates]  # (n_users, n_candidates)
    weights = np.maximum(unique_users[candidates], 1).astype(np.float64) ** -discount
    n_pairs = items_users @ np.diff(candidate_matrix.indptr).astype(np.int64)  # what the product of each row takes
    lengths = np.zeros(n_items, np.int64)
    items, similarities = [np.empty(0, np.int32)], [np.empty(0, np.float32)]
    borders = _borders(n_pairs)
    for start, stop in zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True):
        together = items_users[start:stop] @ candidate_matrix  # (n_block, n_candidates), users with both
        rows = np.repeat(np.arange(start, stop), np.diff(together.indptr))
        wanted = (together.data >= least) & (candidates[together.indices] != rows)
        columns = together.indices[wanted]
        scores = (together.data[wanted] * weights[columns]).astype(np.float32)
        row_ends = np.cumsum(np.bincount(rows[wanted] - start, minlength=stop - start))
        best, lengths[start:stop] = _best_of_rows(_keys(scores, columns), row_ends, n_neighbours)
        items.append(candidates[_columns(best)].astype(np.int32))
        similarities.append(_scores(best))
        progress.update(stop / n_items, f"{stop:,} of {n_items:,} items")
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Neighbours(offsets, np.concatenate(items), np.concatenate(similarities))


def _borders(n_pairs: Longs) -> Longs:
    """Return where blocks of consecutive items begin and end, from the pairs that each item makes."""
    block = np.cumsum(n_pairs) // BLOCK_PAIRS
    inner = np.flatnonzero(np.diff(block)) + 1
    return np.unique(np.concatenate([[0], inner, [len(n_pairs)]]))


def _best_of_rows(keys: Longs, row_ends: Longs, k: int) -> tuple[Longs, Longs]:
    """Return the k largest keys of each row, largest first, end to end, and their number in each row."""
    found = []
    start = 0
    for end in row_ends.tolist():
        row = keys[start:end]
        if len(row) > k:
            row = np.partition(row, len(row) - k)[len(row) - k :]
        found.append(np.sort(row)[::-1])
        start = end
    return np.concatenate([np.empty(0, np.int64), *found]), np.array([len(row) for row in found], np.int64)


def _keys(scores: Floats, columns: Ints) -> Longs:
    """Pack score and column into one integer that sorts by score, then by the lower column.

    The bits of positive floats sort like the floats themselves (IEEE 754), and no two keys of a row are equal: so the
    best k are the same in every run and on every machine.
    """
    bits = scores.view(np.int32).astype(np.int64)
    return (bits << 32) | (_LOW_BITS - columns)


def _columns(keys: Longs) -> Longs:
    columns: Longs = _LOW_BITS - (keys & _LOW_BITS)
    return columns


def _scores(keys: Longs) -> Floats:
    return (keys >> 32).astype(np.int32).view(np.float32)
