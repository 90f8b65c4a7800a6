"""Two-step ridge regression: item directions from the interactions, then the directions of new items from features.

First step: the matrix of users by items, 1 where a user has an item, is approximated by its leading directions, with
the weak ones shrunk (ridge regression on the other items); popular items may count less in it (damping). Second step:
ridge regression predicts these directions from the items' features, so an item without interactions has them too. Both
steps are closed forms without randomness, and a feature of few items is shrunk. Sources:
Pahikkala et al. 2014, "A two-step learning approach for solving full and almost full cold start problems in dyadic
prediction" (ECML PKDD); Gantner et al. 2010, "Learning attribute-to-feature mappings for cold-start recommendations"
(ICDM).
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, cg, eigsh

from services.engine.recipes.base import Floats, Histories, Ints
from services.engine.recipes.hrnn_metadata.features import FeatureRows

RANK = 128
"""Number of directions; using all of them improves the ranking of new items by less than 1 %."""
SHRINKAGE = 1 / 60
"""First ridge, as a share of the sum of squares (without damping: of all user-item pairs): a direction that explains
this share has weight 0.5."""
DAMPING = 0.25
"""Of popular items, for new items: an item of 160 users counts half as much as one of ten. Without it a few popular
items are most of what the features learn: 1 to 6 % less precision of the ridge (benchmarks/results/cold-start.md)."""
FEATURE_RIDGE = 10.0
"""Second ridge: a category of ten items, alone in their cells, is shrunk by half."""
_MAX_EVENTS = 2_000_000
_DENSE_ITEMS = 500


def item_tastes(
    histories: Histories, trained_items: Ints, rank: int = RANK, damping: float = 0.0
) -> tuple[Floats, Floats]:
    """Return each item's direction and its contribution to a user's taste, float32 (n_trained, rank) each.

    A user's taste is the sum of the contributions of their items; taste times an item's direction is the score. With
    damping, an item of c users has c ** -damping in the matrix instead of 1. The first two million events are enough
    and bound the time; the order of the users carries no information.
    """
    matrix = _interaction_matrix(histories, trained_items)
    scale = np.maximum(np.bincount(matrix.indices, minlength=len(trained_items)), 1).astype(np.float32) ** -damping
    matrix.data *= scale[matrix.indices]
    n_items, n_kept = len(trained_items), min(rank, len(trained_items))
    directions = np.zeros((n_items, rank), np.float32)
    shrunk = np.zeros((n_items, rank), np.float32)
    if matrix.nnz == 0:
        return directions, shrunk
    if n_items <= max(_DENSE_ITEMS, rank + 1):
        strengths, vectors = np.linalg.eigh((matrix.T @ matrix).toarray().astype(np.float64))
        strengths, vectors = strengths[-n_kept:], vectors[:, -n_kept:]
    else:
        transposed = matrix.T.tocsr()
        together = LinearOperator((n_items, n_items), lambda v: transposed @ (matrix @ v.ravel()), dtype=np.float32)
        v0 = np.random.default_rng(0).normal(size=n_items).astype(np.float32)  # ARPACK would draw it globally
        strengths, vectors = eigsh(together, k=n_kept, which="LA", tol=1e-3, v0=v0)
    strengths = np.maximum(strengths, 0)
    total = float(np.square(matrix.data, dtype=np.float64).sum())
    directions[:, :n_kept] = vectors
    shrunk[:, :n_kept] = scale[:, None] * vectors * (strengths / (strengths + SHRINKAGE * total))
    return directions, shrunk


def predicted_directions(directions: Floats, known: FeatureRows, new: FeatureRows, n_features: int) -> Floats:
    """Return the directions (n_new, rank) of new items, predicted from their features; learned from known items."""
    of_known, of_new = _design(known, n_features), _design(new, n_features)
    if n_features == 0 or of_known.nnz == 0:
        return np.zeros((of_new.shape[0], directions.shape[1]), np.float32)
    transposed = of_known.T.tocsr()

    def normal_product(v: NDArray[np.float64]) -> NDArray[np.float64]:
        product: NDArray[np.float64] = transposed @ (of_known @ v.ravel()) + FEATURE_RIDGE * v.ravel()
        return product

    # conjugate gradients: with tens of thousands of features the normal matrix would be too large
    normal = LinearOperator((n_features, n_features), normal_product, dtype=np.float64)
    sides = transposed @ directions.astype(np.float64)
    coefficients = np.stack([cg(normal, side, rtol=1e-4, maxiter=200)[0] for side in sides.T], axis=1)
    predicted: Floats = (of_new @ coefficients).astype(np.float32)
    return predicted


def _interaction_matrix(histories: Histories, trained_items: Ints) -> sparse.csr_matrix:
    """Return the matrix of the first users by trained items, 1 where the user has the item."""
    n_users = int(np.searchsorted(histories.offsets, _MAX_EVENTS, side="right")) - 1
    n_users = min(max(n_users, 1), histories.n_users)
    items = histories.items[: histories.offsets[n_users]]
    users = np.repeat(np.arange(n_users), histories.lengths()[:n_users])
    columns = np.searchsorted(trained_items, items)
    shape = (n_users, len(trained_items))
    matrix = sparse.csr_matrix((np.ones(len(items), np.float32), (users, columns)), shape=shape)
    matrix.data[:] = 1  # csr_matrix has added up repeated interactions
    return matrix


def _design(rows: FeatureRows, n_features: int) -> sparse.csr_matrix:
    """Return the matrix of items by features, float64."""
    n, width = rows.ids.shape
    cells = rows.weights.ravel().astype(np.float64), (np.repeat(np.arange(n), width), rows.ids.ravel())
    return sparse.csr_matrix(cells, shape=(n, n_features + 1))[:, :n_features]
