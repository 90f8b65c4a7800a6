"""Drawing the map of a model's items: seconds, memory, and the share of nearest items that the plane keeps.

`python -m benchmarks.item_map [N ...]`: vectors of 64 dimensions around random centres, one thread, one process a size.
"""

import multiprocessing
import sys
import time

import numpy as np

from services.engine.jobs.maps import embedding
from services.engine.jobs.worker import peak_memory_mb

SIZES = (1_500, 60_000)
DIMENSIONS, N_CENTRES, SPREAD = 64, 40, 0.6


def vectors(n: int, seed: int = 0) -> np.ndarray:
    """Return n vectors around random centres of random sizes, in which directions matter less and less."""
    rng = np.random.default_rng(seed)
    scale = 1 / np.sqrt(np.arange(1, DIMENSIONS + 1))
    centres = rng.standard_normal((N_CENTRES, DIMENSIONS)) * scale
    of = rng.choice(N_CENTRES, n, p=rng.dirichlet(np.full(N_CENTRES, 2.0)))
    return (centres[of] + SPREAD * rng.standard_normal((n, DIMENSIONS)) * scale).astype(np.float32)


def measure(n: int) -> None:
    """Draw one map and print its line."""
    points = vectors(n)
    before = peak_memory_mb()
    started = time.perf_counter()
    flat = embedding.places(points, lambda fraction: None)
    drawn = time.perf_counter() - started
    started = time.perf_counter()
    share, n_measured = embedding.kept(points, flat)
    measured = time.perf_counter() - started
    print(
        f"| {n:,} | {drawn:,.0f} s | {measured:.1f} s | {peak_memory_mb():,.0f} MB ({before:,.0f} before) "
        f"| {100 * share:.0f} % of {n_measured:,} |",
        flush=True,
    )


def main() -> None:
    """Print one line a size."""
    print("| items | drawing | measuring | peak memory | nearest kept |\n| --- | --- | --- | --- | --- |", flush=True)
    for n in [int(text) for text in sys.argv[1:]] or SIZES:
        process = multiprocessing.get_context("spawn").Process(target=measure, args=(n,))
        process.start()
        process.join()


if __name__ == "__main__":
    main()
