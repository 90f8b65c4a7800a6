"""Vectors of items whose cosine says how alike two are: by their metadata, and by the company that they keep.

Metadata: each category, and each knot of a number, weighs the more the fewer items have it (inverse document frequency:
Sparck Jones 1972), and the leading directions of that matrix are kept (latent semantic analysis: Deerwester et al.
1990, "Indexing by latent semantic analysis"). Company: the leading directions of the matrix of neighbours, which
smooths pairs that were seen a few times only (Levy and Goldberg 2014, "Neural word embedding as implicit matrix
factorization", factorise a shifted surprise of co-occurrence in the same way).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from services.engine.recipes.base import Column, Floats
from services.engine.recipes.counting.cooccurrence import Neighbours
from services.engine.recipes.hrnn_metadata.features import learn_space

N_NEAREST = 50
"""Neighbours of each item that the directions are taken from."""
LEAST_SQUARE = 1e-12
"""Of a direction's strength, as a share of the strongest: what is less is rounding."""


def metadata_vectors(columns: Sequence[Column], n_items: int, rank: int) -> Floats:
    """Return unit vectors (n_items, at most rank) by metadata; zeros for items without any."""
    from scipy import sparse

    space = learn_space(columns, np.ones(n_items, np.bool_))
    if not space.n_features:
        return np.zeros((n_items, 1), np.float32)
    features = space.encode(columns, n_items)
    rows = np.repeat(np.arange(n_items), features.ids.shape[1])
    cells = (features.weights.ravel(), (rows, features.ids.ravel()))
    matrix = sparse.csr_matrix(cells, shape=(n_items, space.n_features + 1))[:, :-1]
    return directions(tf_idf(matrix), rank)


def tf_idf(matrix: Any) -> Any:
    """Return a scipy CSR matrix of items by features with inverse document frequencies and rows of length 1."""
    return weighted(matrix, rarity(matrix))


def rarity(matrix: Any) -> Floats:
    """Return the inverse document frequency of each feature, float32 (n_features,)."""
    n_with = np.asarray((matrix > 0).sum(axis=0)).ravel()
    weights: Floats = (np.log((matrix.shape[0] + 1) / (n_with + 1)) + 0.1).astype(np.float32)
    return weights


def weighted(matrix: Any, weights: Floats) -> Any:
    """Return a scipy CSR matrix of items by features with the features' weights, and rows of length 1."""
    from scipy import sparse

    cells = (matrix @ sparse.diags(weights)).tocsr()
    lengths = np.sqrt(np.asarray(cells.multiply(cells).sum(axis=1)).ravel())
    scaled: Any = (sparse.diags(1 / np.maximum(lengths, 1e-9)) @ cells).tocsr().astype(np.float32)
    return scaled


def company_vectors(neighbours: Neighbours, rank: int) -> Floats:
    """Return unit vectors (n_items, at most rank) by the nearest neighbours; zeros for items without any."""
    from scipy import sparse

    n_items = len(neighbours.offsets) - 1
    rows = np.repeat(np.arange(n_items), np.diff(neighbours.offsets))
    nearest = np.arange(len(rows)) - neighbours.offsets[rows] < N_NEAREST
    cells = (neighbours.similarities[nearest], (rows[nearest], neighbours.items[nearest]))
    matrix = sparse.csr_matrix(cells, shape=(n_items, n_items))
    return directions((matrix + matrix.T).tocsr(), rank)


def directions(matrix: Any, rank: int) -> Floats:
    """Return the rows of a scipy CSR matrix in its leading directions, scaled to length 1; zeros stay zero."""
    return unit_rows(leading(matrix, rank)[0])


def leading(matrix: Any, rank: int) -> tuple[Floats, Floats]:
    """Return the rows of a scipy CSR matrix in its leading directions, (n, d), and the directions, (n_columns, d).

    All directions of a matrix that has hardly more than rank of them.
    """
    from scipy.sparse.linalg import svds

    n_rows, n_columns = matrix.shape
    if not min(matrix.shape) or not matrix.nnz:
        return np.zeros((n_rows, 1), np.float32), np.zeros((n_columns, 1), np.float32)
    if min(matrix.shape) > rank + 1:
        start = np.random.default_rng(0).normal(size=min(matrix.shape)).astype(np.float32)  # else ARPACK draws it
        left, strengths, right = svds(matrix.astype(np.float32), k=rank, tol=1e-3, v0=start)
        return left * strengths, right.T
    is_wide = n_columns > n_rows
    products = (matrix @ matrix.T if is_wide else matrix.T @ matrix).toarray().astype(np.float64)
    squares, vectors = np.linalg.eigh(products)
    kept = squares > squares[-1] * LEAST_SQUARE
    vectors = vectors[:, kept]
    basis = (matrix.T @ vectors) / np.sqrt(squares[kept]) if is_wide else vectors
    return (matrix @ basis).astype(np.float32), basis.astype(np.float32)


def unit_rows(vectors: Floats) -> Floats:
    """Return the rows scaled to length 1; zeros stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Floats = np.where(lengths > 1e-6, vectors / np.maximum(lengths, 1e-6), 0).astype(np.float32)
    return scaled
