"""What a person would try instead, on the same split: EASE (Steck 2019), item cosine, and those of package implicit.

In our EASE and item cosine a user is the sum of their items, each weighing exp(-age / 20) with its age counted in
events: without that decay both are a quarter worse. Settings were chosen on a validation part of MovieLens 100K.
iALS (Hu et al. 2008) and the plain item cosine are the package's own, one thread; they need requirements-peers.txt.
SASRec and GRU4Rec of other packages are in peers_recbole.py and peers_rectools.py, which ask for data and split here.
"""

import argparse
import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from scipy import sparse

from benchmarks.movielens import read_movielens
from services.engine.jobs.evaluation.split import newest_tenth
from services.engine.recipes.base import Floats, Histories, Longs
from services.engine.recipes.histories import keep_events, select_users

DECAY_EVENTS = 20.0
EASE_RIDGE = 1000.0
SHRINK, N_NEIGHBOURS = 10.0, 50
ScoresOf = Callable[[Longs], Floats]


def peers_parser(description: str, models: Sequence[str]) -> argparse.ArgumentParser:
    """Return a parser of what is asked of every package: the data, its models and the number of seeds."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", choices=("100k", "1m"), default="100k")
    parser.add_argument("--models", nargs="*", default=models, choices=models)
    parser.add_argument("--seeds", type=int, default=1)
    return parser


def peers_split(data: str, package: str, n_users: int | None = None) -> tuple[Histories, Histories]:
    """Return the events to train on and those held out, of the first n_users only where it is given.

    Ends the program with a sentence, and without a failure, where the data or the package is missing.
    """
    folder = os.environ.get("EXPLORER_DATA")
    if not folder:
        print("Skipped: set EXPLORER_DATA to the folder that holds movielens-100k.")
        raise SystemExit
    if find_spec(package) is None:
        print(f"Skipped: {package} is not installed; benchmarks/requirements-peers.txt says how to.")
        raise SystemExit
    histories = read_movielens(Path(folder), data)
    if n_users:
        histories = select_users(histories, np.arange(min(n_users, histories.n_users)))
    newest = newest_tenth(histories)
    train, held_out = keep_events(histories, ~newest), keep_events(histories, newest)
    print(f"MovieLens {data}: {train.n_users:,} users, {train.n_events:,} events to train on, 1 thread\n")
    return train, held_out


def ease(train: Histories) -> ScoresOf:
    """Return scores of EASE: the closed-form linear autoencoder without self-similarity; dense, so small catalogues."""
    together = (_matrix(train).T @ _matrix(train)).toarray().astype(np.float64)
    together[np.diag_indices_from(together)] += EASE_RIDGE
    inverse = np.linalg.inv(together)
    weights = (-inverse / np.diag(inverse)).astype(np.float32)
    np.fill_diagonal(weights, 0)
    recent = _matrix(train, DECAY_EVENTS)
    return lambda users: np.asarray(recent[users] @ weights)


def item_cosine(train: Histories) -> ScoresOf:
    """Return scores of the nearest items by cosine, shrunk where few users have met both."""
    matrix = _matrix(train)
    together = (matrix.T @ matrix).tocoo()
    norms = np.sqrt(np.asarray(matrix.sum(axis=0)).ravel())
    cosine = together.data / (norms[together.row] * norms[together.col]) * together.data / (together.data + SHRINK)
    cosine[together.row == together.col] = 0
    dense = sparse.csr_matrix((cosine, (together.row, together.col)), shape=together.shape).toarray()
    weakest = np.partition(dense, -N_NEIGHBOURS, axis=1)[:, -N_NEIGHBOURS, None]
    weights = sparse.csr_matrix(np.where(dense >= weakest, dense, 0).T.astype(np.float32))
    recent = _matrix(train, DECAY_EVENTS)
    return lambda users: (recent[users] @ weights.T).toarray()


def implicit_als(train: Histories) -> ScoresOf:
    """Return scores of implicit's alternating least squares. Raises ImportError where the package is missing."""
    from implicit.cpu.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(
        factors=64, regularization=10.0, alpha=5.0, iterations=15, num_threads=1, random_state=0
    )
    model.fit(_matrix(train), show_progress=False)
    return lambda users: model.user_factors[users] @ model.item_factors.T


def implicit_cosine(train: Histories) -> ScoresOf:
    """Return scores of implicit's 100 nearest items by cosine. Raises ImportError where the package is missing."""
    from implicit.nearest_neighbours import CosineRecommender

    model = CosineRecommender(K=100, num_threads=1)
    matrix = _matrix(train)
    model.fit(matrix, show_progress=False)
    return lambda users: (matrix[users] @ model.similarity).toarray().astype(np.float32)


def ease_and_own(train: Histories) -> ScoresOf:
    """Return scores of EASE plus the user's own items, recent ones weighing more: for data in which people repeat."""
    others, recent = ease(train), _matrix(train, DECAY_EVENTS)
    return lambda users: others(users) + recent[users].toarray()


def own_items(train: Histories) -> ScoresOf:
    """Return scores by which a user's own items come first, the latest on top, then popular ones."""
    recent = _matrix(train, DECAY_EVENTS)
    popular = np.bincount(train.items, minlength=train.n_items) / max(train.n_events, 1) * 1e-9
    return lambda users: (recent[users].toarray() + popular).astype(np.float32)


PEERS: dict[str, Callable[[Histories], ScoresOf]] = {
    "recent EASE": ease,
    "recent item cosine": item_cosine,
    "iALS (implicit)": implicit_als,
    "item cosine (implicit)": implicit_cosine,
}
REPEATING_PEERS: dict[str, Callable[[Histories], ScoresOf]] = {
    "recent EASE and own items": ease_and_own,
    "own recent items": own_items,
}
"""Where people repeat: what ends on the items of a user's own past."""


def _matrix(train: Histories, decay: float | None = None) -> sparse.csr_matrix:
    """Return users by items: 1 for each that was met, or exp(-age / decay) of the latest meeting."""
    ages = np.repeat(train.offsets[1:], train.lengths()) - 1 - np.arange(train.n_events)
    values = np.ones(train.n_events, np.float32) if decay is None else np.exp(-ages / decay).astype(np.float32)
    users = np.repeat(np.arange(train.n_users), train.lengths())
    last = np.unique((users * np.int64(train.n_items) + train.items)[::-1], return_index=True)[1]
    rows = train.n_events - 1 - last  # the latest event of each pair
    return sparse.csr_matrix((values[rows], (users[rows], train.items[rows])), shape=(train.n_users, train.n_items))
