"""Small datasets with known right answers: checkerboards (after implicit's tests), Markov chains (Spotlight's)."""

import numpy as np

from services.engine.recipes.base import Column, Histories

DAY_S = 86_400


def histories_of(items_of_users: list[list[int]], n_items: int, step_s: int = 60) -> Histories:
    """Return histories in which each user's events follow each other at this distance in seconds."""
    lengths = [len(items) for items in items_of_users]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    items = np.array([item for items in items_of_users for item in items], np.int32)
    times = np.concatenate([1_600_000_000 + step_s * np.arange(n) for n in lengths] or [[]]).astype(np.int64)
    return Histories(offsets, items, times, n_items)


def checkerboard(n_users: int = 80, n_items: int = 40, share: float = 0.6, seed: int = 0) -> Histories:
    """Return histories in which even users have even items only and odd users odd ones, each a random part, once."""
    rng = np.random.default_rng(seed)
    mine = [np.arange(user % 2, n_items, 2) for user in range(n_users)]
    return histories_of([rng.permutation(m)[: int(share * len(m))].tolist() for m in mine], n_items)


def markov(n_users: int = 100, n_items: int = 30, length: int = 12, noise: float = 0.2, seed: int = 0) -> Histories:
    """Return walks around a circle of items: the next item is the neighbour, or with probability noise a new one."""
    rng = np.random.default_rng(seed)
    walks = []
    for _ in range(n_users):
        walk = [int(rng.integers(n_items))]
        while len(walk) < length:
            unused = np.setdiff1d(np.arange(n_items), walk)
            neighbour = (walk[-1] + 1) % n_items
            walk.append(int(neighbour if rng.random() > noise and neighbour in unused else rng.choice(unused)))
        walks.append(walk)
    return histories_of(walks, n_items)


def repeats(n_users: int = 60, n_items: int = 60, length: int = 24, share: float = 0.7, seed: int = 0) -> Histories:
    """Return histories in which most events repeat what the user had three different items ago; the rest is random."""
    rng = np.random.default_rng(seed)
    walks = []
    for _ in range(n_users):
        recent = rng.permutation(n_items)[:3].tolist()
        walk = list(recent)
        while len(walk) < length:
            item = recent[0] if rng.random() < share else int(rng.integers(n_items))
            recent = [*[other for other in recent if other != item][-2:], item]
            walk.append(item)
        walks.append(walk)
    return histories_of(walks, n_items)


def with_sessions(histories: Histories, seed: int = 0) -> Histories:
    """Return the same events with pauses of seconds to weeks between them."""
    rng = np.random.default_rng(seed)
    pauses = rng.choice([1, 30, 3600, DAY_S, 10 * DAY_S], histories.n_events)
    return Histories(histories.offsets, histories.items, 1_600_000_000 + np.cumsum(pauses), histories.n_items)


def categorical(name: str, cells: list[list[str]]) -> Column:
    """Return a column from the categories of each row."""
    categories = tuple(sorted({category for cell in cells for category in cell}))
    codes = [categories.index(category) for cell in cells for category in cell]
    offsets = np.concatenate([[0], np.cumsum([len(cell) for cell in cells])]).astype(np.int64)
    return Column(name, np.array(codes, np.int32), offsets, categories)
