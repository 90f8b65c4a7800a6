"""Neighbours: what goes with a user's recent items, a second opinion that is added to the network's scores.

EASE in closed form (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data") says how much each item speaks
for each other one; the strongest are kept. A user's recent items, the newest weighing most, give a share to each item,
and its log, times a weight, is added to the logits. The network knows order, sessions and long histories; this knows
pairs that training saw a few times only. Without repeats an item has no share in itself; with them it has, as people
come back to what they have. The weight is that of hrnn/config.py.

The dense inverse limits this to catalogues of MAX_ITEMS. Numpy and scipy only, the latter in training: most processes
never train, and scipy takes longer to load than all recipes. Training and serving share this module.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Histories, Ints

if TYPE_CHECKING:
    from scipy import sparse

MAX_ITEMS = 5_000
"""With more items there are no neighbours: the inverse takes 4 s for these many, and grows with the third power."""
N_RECENT = 32
"""Number of different recent items in a state; where people repeat there are fewer (hrnn/repeats.py)."""
N_NEIGHBOURS = 50
_RIDGE = 300.0
_HORIZON = 20.0
"""Items after which a recent item's weight is 1 / e."""
_UNIFORM = 1.0
"""Share of all items together that is added to those of the neighbours, so that no item is ruled out."""
_MAX_EVENTS = 2_000_000


class Neighbours(NamedTuple):
    """The strongest neighbours of each trained item."""

    rows: Ints
    """int32 (n_trained, k): rows of the trained items."""
    weights: Floats
    """float32 (n_trained, k), at least 0."""


def learn_neighbours(histories: Histories, item_rows: Ints, n_trained: int, repeats: bool) -> Neighbours:
    """Return the neighbours by EASE. item_rows, int32 (n_items,), numbers the trained items; -1 for others."""
    from scipy.linalg import lapack

    matrix = _interactions(histories, item_rows, n_trained)
    together = (matrix.T @ matrix).toarray()
    together[np.diag_indices_from(together)] += np.float32(_RIDGE)
    # the matrix is positive definite, so its Cholesky factor gives the inverse in half of the time
    factor, _ = lapack.spotrf(together, lower=1, overwrite_a=1)
    inverse, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    weights = np.maximum(-inverse / np.diag(inverse), 0)  # (n, n): row i says what item i speaks for
    np.fill_diagonal(weights, 1 if repeats else 0)
    k = min(N_NEIGHBOURS, n_trained)
    rows = np.sort(np.argpartition(-weights, k - 1, axis=1)[:, :k], axis=1).astype(np.int32)
    return Neighbours(rows, np.take_along_axis(weights, rows, axis=1).astype(np.float32))


def neighbour_logits(neighbours: Neighbours, recent: NDArray[np.int64]) -> Floats:
    """Return what neighbours add to the logits at weight 1, float32 (m, n_trained), with a mean of 0 in each row.

    recent, int64 (m, r): row + 1 of each user's recent items, newest first, 0 for none; a row of zeros gets zeros.
    """
    n_trained = len(neighbours.rows)
    users, places = np.nonzero(recent)
    of_recent = recent[users, places] - 1
    by_age = np.exp(-places / np.float32(_HORIZON)).astype(np.float32)
    cells = neighbours.rows[of_recent] + (users * n_trained)[:, None]  # (n, k)
    amounts = neighbours.weights[of_recent] * by_age[:, None]
    summed = np.bincount(cells.ravel(), weights=amounts.ravel(), minlength=len(recent) * n_trained)
    shares: Floats = summed.reshape(len(recent), n_trained).astype(np.float32)
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), np.float32(1e-12))
    shares += np.float32(_UNIFORM / n_trained)
    logs: Floats = np.log(shares, out=shares)
    logs -= logs.mean(axis=1, keepdims=True)
    return logs


def _interactions(histories: Histories, item_rows: Ints, n_trained: int) -> "sparse.csr_matrix":
    """Return the matrix of users by trained items, 1 where the user has the item; of the first users, to bound it."""
    from scipy import sparse

    n_users = min(max(int(np.searchsorted(histories.offsets, _MAX_EVENTS, side="right")) - 1, 1), histories.n_users)
    rows = item_rows[histories.items[: histories.offsets[n_users]]]
    users = np.repeat(np.arange(n_users), histories.lengths()[:n_users])
    known = rows >= 0
    cells = (np.ones(int(known.sum()), np.float32), (users[known], rows[known]))
    matrix = sparse.csr_matrix(cells, shape=(n_users, n_trained))
    matrix.data[:] = 1  # csr_matrix has added up repeated interactions
    return matrix
