"""Two ridge regressions in a row that place new items among tastes: who likes what, then what has which features.

First: users times items, 1 where they met, is filled in by its own leading directions, the weak ones shrunk (ridge
regression on the other items). Second: ridge regression takes those directions from the items' features, so an item
that nobody has met has them too. Nothing is trained in steps, nothing is random, and a rare actor is worth as little
as one film can prove. Sources: Pahikkala et al. 2014, "A two-step learning approach for solving full and almost full
cold start problems in dyadic prediction" (ECML PKDD); Gantner et al. 2010, "Learning attribute-to-feature mappings for
cold-start recommendations" (ICDM).
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, cg, eigsh

from services.engine.recipes.base import Floats, Histories, Ints
from services.engine.recipes.hrnn_metadata.features import FeatureRows

RANK = 128
"""Directions that are kept; all of them find new items by less than one hundredth better."""
SHRINKAGE = 1 / 60
"""First ridge, as a share of all pairs of a user and an item: a direction that explains that much counts half."""
FEATURE_RIDGE = 10.0
"""Second ridge: a category that describes ten items, alone in their cells, is believed by half."""
_MOST_EVENTS = 2_000_000
_DENSE_ITEMS = 500


def item_tastes(histories: Histories, trained_items: Ints, rank: int = RANK) -> tuple[Floats, Floats]:
    """Return directions and what one event of each item says of its user, float32 (n_trained, rank) each.

    A user's taste is the sum of the second over the items they have; taste times an item's direction is the score. The
    first users with two million events are enough and bound the time; users come in no order that matters.
    """
    met = _met(histories, trained_items)
    n_items, n_kept = len(trained_items), min(rank, len(trained_items))
    directions = np.zeros((n_items, rank), np.float32)
    shrunk = np.zeros((n_items, rank), np.float32)
    if met.nnz == 0:
        return directions, shrunk
    if n_items <= max(_DENSE_ITEMS, rank + 1):
        strengths, vectors = np.linalg.eigh((met.T @ met).toarray().astype(np.float64))
        strengths, vectors = strengths[-n_kept:], vectors[:, -n_kept:]
    else:
        transposed = met.T.tocsr()
        together = LinearOperator((n_items, n_items), lambda v: transposed @ (met @ v.ravel()), dtype=np.float32)
        v0 = np.random.default_rng(0).normal(size=n_items).astype(np.float32)  # ARPACK would draw it globally
        strengths, vectors = eigsh(together, k=n_kept, which="LA", tol=1e-3, v0=v0)
    strengths = np.maximum(strengths, 0)
    directions[:, :n_kept] = vectors
    shrunk[:, :n_kept] = vectors * (strengths / (strengths + SHRINKAGE * met.nnz))
    return directions, shrunk


def told_by_ridge(directions: Floats, known: FeatureRows, new: FeatureRows, n_features: int) -> Floats:
    """Return the directions (n_new, rank) that the features of new items promise, learned from those of known ones."""
    of_known, of_new = _design(known, n_features), _design(new, n_features)
    if n_features == 0 or of_known.nnz == 0:
        return np.zeros((of_new.shape[0], directions.shape[1]), np.float32)
    transposed = of_known.T.tocsr()

    def normal_product(v: NDArray[np.float64]) -> NDArray[np.float64]:
        product: NDArray[np.float64] = transposed @ (of_known @ v.ravel()) + FEATURE_RIDGE * v.ravel()
        return product

    # conjugate gradients: features may be tens of thousands, and their normal matrix is never made
    normal = LinearOperator((n_features, n_features), normal_product, dtype=np.float64)
    sides = transposed @ directions.astype(np.float64)
    found = np.stack([cg(normal, side, rtol=1e-4, maxiter=200)[0] for side in sides.T], axis=1)
    promised: Floats = (of_new @ found).astype(np.float32)
    return promised


def _met(histories: Histories, trained_items: Ints) -> sparse.csr_matrix:
    """Return users by trained items, 1 where they met, of the first users."""
    n_users = int(np.searchsorted(histories.offsets, _MOST_EVENTS, side="right")) - 1
    n_users = min(max(n_users, 1), histories.n_users)
    items = histories.items[: histories.offsets[n_users]]
    users = np.repeat(np.arange(n_users), histories.lengths()[:n_users])
    columns = np.searchsorted(trained_items, items)
    shape = (n_users, len(trained_items))
    met = sparse.csr_matrix((np.ones(len(items), np.float32), (users, columns)), shape=shape)
    met.data[:] = 1  # csr_matrix has added up those who came back
    return met


def _design(rows: FeatureRows, n_features: int) -> sparse.csr_matrix:
    """Return items by features, float64."""
    n, width = rows.ids.shape
    cells = rows.weights.ravel().astype(np.float64), (np.repeat(np.arange(n), width), rows.ids.ravel())
    return sparse.csr_matrix(cells, shape=(n, n_features + 1))[:, :n_features]
