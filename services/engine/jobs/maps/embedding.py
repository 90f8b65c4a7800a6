"""Vectors to places in the plane by t-SNE, and how much of the neighbourhoods that keeps.

t-SNE (van der Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 9, 2008) keeps near what is near, and does little
about far distances; it begins with the two principal components, so that continents stand where the model has them
(Kobak and Berens, "The art of using t-SNE for single-cell transcriptomics", Nature Communications 10, 2019). Vectors
are compared by their angle. One thread and one seed give the same map again.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from services.engine.recipes.base import Floats, Longs

SEED = 0
PERPLEXITY = 30.0
"""About how many neighbours an item is kept near to."""
LARGE = 20_000
"""From here on fewer iterations: more only spread what has found its place."""
ITERATIONS, ITERATIONS_OF_LARGE = (250, 500), (250, 350)
"""Of the first phase, which gathers groups, and of the second, which spreads them."""
N_NEAREST = 10
N_MEASURED = 2_000
_REPORT_EVERY, _BLOCK = 10, 256
_EDGE = 0.999
"""Quantile of the distances from the middle that becomes 1: a few far items do not shrink all others."""


def places(vectors: Floats, report: Callable[[float], None]) -> Floats:
    """Return places within -1 and 1, float32 (n, 2), for vectors (n, d), n at least 5.

    report gets the finished fraction, and may raise to stop.
    """
    from openTSNE import TSNE

    n = len(vectors)
    first, second = ITERATIONS_OF_LARGE if n >= LARGE else ITERATIONS
    done = 0

    def step(iteration: int, error: float, embedding: Any) -> bool:
        nonlocal done
        done += _REPORT_EVERY
        report(min(1.0, done / (first + second)))
        return False

    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-12))
    report(0.0)
    tsne = TSNE(
        perplexity=min(PERPLEXITY, (n - 1) / 3),
        early_exaggeration_iter=first,
        n_iter=second,
        random_state=SEED,
        n_jobs=1,
        callbacks=step,
        callbacks_every_iters=_REPORT_EVERY,
    )
    found = np.asarray(tsne.fit(np.ascontiguousarray(unit, np.float32)), np.float64)
    found -= (found.min(axis=0) + found.max(axis=0)) / 2
    return np.clip(found / max(float(np.quantile(np.abs(found), _EDGE)), 1e-12), -1, 1).astype(np.float32)


def kept(vectors: Floats, flat: Floats) -> tuple[float, int]:
    """Return the mean share of the nearest items that are also the nearest on the map, and over how many items.

    Exact, for all items of a small catalogue and for N_MEASURED drawn ones of a large one.
    """
    n = len(vectors)
    k = min(N_NEAREST, n - 1)
    rows = np.sort(np.random.default_rng(SEED).permutation(n)[:N_MEASURED])
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-12))
    shares = []
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        true = _nearest(unit, block, k)
        drawn = _nearest(flat, block, k)
        shares += [len(np.intersect1d(one, other)) / k for one, other in zip(true, drawn, strict=True)]
    return float(np.mean(shares)), len(rows)


def _nearest(points: Floats, rows: Longs, k: int) -> Longs:
    """Return the k nearest others of these rows, (len(rows), k), in any order."""
    squares = np.einsum("ij,ij->i", points, points)
    distances = squares - 2 * (points[rows] @ points.T)  # without the rows' own squares, which change no order
    distances[np.arange(len(rows)), rows] = np.inf
    nearest: Longs = np.argpartition(distances, k - 1, axis=1)[:, :k]
    return nearest
