"""How good the order of each user's list is: precision, recall, hit rate, MRR, MAP and NDCG, one value per user.

Definitions: AWS developer guide, "Evaluating a solution version with metrics"; NDCG divides by the ideal order of all
that the user took (up to K), average precision by all that the user took, as NIST's trec_eval has it. amazon_ndcg is
the code of Amazon's notebooks instead: weights 1, 1, 1/log2(3), 1/log2(4) ..., divided by the best order of the hits
that the list of 25 has, so it does not know how many items were to be found (reference 11.0). Hits are bool or 0 and
1, (n_lists, PLACES).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.laboratory.estimates import Doubles

PLACES = 25
"""Length of the lists that laboratories ask for."""
Hits = NDArray[np.bool_] | Doubles

_WEIGHTS = 1 / np.log2(np.arange(2, PLACES + 2))
_NOTEBOOK_WEIGHTS = 1 / np.log2(np.maximum(np.arange(1, PLACES + 1), 2))
_IDEAL = np.concatenate([[0.0], np.cumsum(_WEIGHTS)])
"""The gain of the best order of n items, by n."""


def hits(lists: Sequence[Sequence[str]], taken: Sequence[Sequence[str]]) -> NDArray[np.bool_]:
    """Return bool (n_lists, PLACES): whether the item at each place is one that the user took."""
    is_hit = np.zeros((len(lists), PLACES), bool)
    for row, (shown, items) in enumerate(zip(lists, taken, strict=True)):
        right = set(items)
        is_hit[row, : min(len(shown), PLACES)] = [item_id in right for item_id in shown[:PLACES]]
    return is_hit


def precision(hits: Hits, k: int) -> Doubles:
    """Return the share of the first k places that are hits."""
    return np.asarray(hits[:, :k].sum(axis=1) / k, np.float64)


def recall(hits: Hits, k: int, n_taken: NDArray[np.int64]) -> Doubles:
    """Return the hits among the first k places as a share of all items that the user took."""
    return _ratio(hits[:, :k].sum(axis=1), n_taken)


def hit_rate(hits: Hits, k: int) -> Doubles:
    """Return 1 for every list with a hit among the first k places."""
    return np.asarray(hits[:, :k].any(axis=1), np.float64)


def reciprocal_rank(hits: Hits, k: int) -> Doubles:
    """Return 1 / rank of the first hit among the first k places, 0 without one."""
    return np.asarray((hits[:, :k] / np.arange(1, k + 1)).max(axis=1, initial=0.0), np.float64)


def average_precision(hits: Hits, k: int, n_taken: NDArray[np.int64]) -> Doubles:
    """Return the precision at the rank of each hit among the first k places, added up, by all that the user took."""
    found = np.asarray(hits[:, :k], np.float64)
    at_rank = found.cumsum(axis=1) / np.arange(1, found.shape[1] + 1)
    return _ratio((found * at_rank).sum(axis=1), n_taken)


def ndcg(hits: Hits, k: int, n_taken: NDArray[np.int64]) -> Doubles:
    """Return the normalized discounted cumulative gain of the first k places."""
    return _ratio(hits[:, :k] @ _WEIGHTS[:k], _IDEAL[np.minimum(n_taken, k)])


def amazon_ndcg(hits: Hits, k: int) -> Doubles:
    """Return NDCG as the code of Amazon's notebooks computes it."""
    best_order = -np.sort(-hits.astype(np.float64), axis=1)
    return _ratio(hits[:, :k] @ _NOTEBOOK_WEIGHTS[:k], best_order[:, :k] @ _NOTEBOOK_WEIGHTS[:k])


def _ratio(part: NDArray[np.number], whole: NDArray[np.number]) -> Doubles:
    """Return part / whole, 0 where whole is 0."""
    ratio: Doubles = np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
    return ratio
