"""Initial item embeddings, computed from co-occurrences instead of random numbers.

Co-occurrences within a window are weighted by distance, converted to positive pointwise mutual information and
factorised (word2vec's objective in closed form: Levy and Goldberg 2014). This takes under a second and saves epochs: on
MovieLens 100K three epochs from here are as good as twelve from random numbers.
"""

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import eigsh

from services.engine.recipes.base import Floats
from services.engine.recipes.hrnn.batches import Sequences

_DENSE_ITEMS = 500
_MAX_TOKENS = 2_000_000
_WINDOW = 10
_DECAY = 0.85
_SCALE = 0.05
"""Standard deviation of the result, equal to that of the usual random initialisation."""


def item_embeddings(sequences: Sequences, n_items: int, size: int, rng: np.random.Generator) -> Floats:
    """Return float32 (n_items, size). Directions not determined by the data are noise with a tenth of the scale."""
    noise = rng.normal(0.0, _SCALE / 10, (n_items, size)).astype(np.float32)
    information = _positive_information(_co_occurrences(sequences, n_items))
    rank = min(size, n_items - 1)
    if rank < 1 or information.nnz == 0:
        return noise * 10
    if n_items <= _DENSE_ITEMS:
        strengths, vectors = np.linalg.eigh(information.toarray())
        strengths, vectors = strengths[-rank:], vectors[:, -rank:]
    else:
        v0 = rng.normal(size=n_items).astype(np.float32)  # ARPACK would draw it from the global generator
        strengths, vectors = eigsh(information, k=rank, which="LA", tol=0.01, v0=v0)
    embeddings = vectors * np.sqrt(np.maximum(strengths, 0))
    noise[:, :rank] += (embeddings * (_SCALE / max(float(embeddings.std()), 1e-12))).astype(np.float32)
    return noise


def _co_occurrences(sequences: Sequences, n_items: int) -> sparse.csr_matrix:
    """Return the symmetric (n_items, n_items) matrix of pairs at most _WINDOW events apart, weighted by distance.

    The first _MAX_TOKENS tokens are enough and bound the time; the order of the users carries no information.
    """
    sequence = np.repeat(np.arange(len(sequences.lengths)), sequences.lengths)[:_MAX_TOKENS]
    inputs, targets = sequences.inputs[:_MAX_TOKENS], sequences.targets[:_MAX_TOKENS]
    total = sparse.csr_matrix((n_items, n_items), dtype=np.float32)
    for distance in range(min(_WINDOW, len(sequence))):
        # token t and the target of token t + distance are distance + 1 events apart
        end = len(sequence) - distance
        same = sequence[:end] == sequence[distance:]
        pairs = inputs[:end][same], targets[distance:][same]
        weights: Floats = np.full(len(pairs[0]), _DECAY**distance, np.float32)
        total = total + sparse.csr_matrix((weights, pairs), shape=(n_items, n_items))
    return total + total.T


def _positive_information(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return log(p(a, b) / (p(a) p(b))) where it is positive, 0 elsewhere."""
    margins = np.asarray(counts.sum(axis=1)).ravel()
    pairs = counts.tocoo()
    information = np.log(pairs.data * margins.sum() / (margins[pairs.row] * margins[pairs.col]))
    positive = information > 0
    cells = information[positive], (pairs.row[positive], pairs.col[positive])
    return sparse.csr_matrix(cells, shape=counts.shape)
