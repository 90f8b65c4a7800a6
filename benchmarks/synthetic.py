"""Interactions of any size that have what a sequence model can learn: fame, tastes, sittings and an order.

Items belong to groups, of which few are popular; within a group few items are. A user likes three groups. A sitting
stays in one of them for eight events in the mean; a third of its events take the item that follows the one before in
the group's own order, the others one by fame; a fifth of the sittings is anywhere. Nobody takes an item twice.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

GROUPS = 200
SITTING, ANYWHERE, FOLLOWS = 8.0, 0.2, 0.33
START_S, SPAN_S = 1_000_000_000, 300_000_000
BLOCK_USERS = 4000
Block = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def interactions(n_events: int, n_users: int, n_items: int, seed: int = 0) -> Iterator[Block]:
    """Yield (users, items, timestamps), int64 (n,) each, user by user, oldest first.

    About n_events in all: a little fewer, since some users run out of what they like.
    """
    rng = np.random.default_rng(seed)
    activity = np.clip(rng.lognormal(0.0, 1.0, n_users), 0.15, 15)
    lengths = np.clip(np.round(activity * n_events / activity.sum()), 2, n_items // 4).astype(np.int64)
    groups = min(GROUPS, n_items // 10)
    fame = 1.0 / np.arange(3, groups + 3)
    fame /= fame.sum()
    names = rng.permutation(n_items)  # so that numbers tell nothing
    for start in range(0, n_users, BLOCK_USERS):
        users = np.arange(start, min(start + BLOCK_USERS, n_users))
        yield _block(users, lengths[users], fame, names, rng)


def _block(
    users: NDArray[np.int64],
    lengths: NDArray[np.int64],
    fame: NDArray[np.float64],
    names: NDArray[np.int64],
    rng: np.random.Generator,
) -> Block:
    drawn = lengths * 2 + 4  # repeats are thrown away below
    n, size = int(drawn.sum()), len(names) // len(fame)
    place = np.repeat(np.arange(len(users)), drawn)
    step = np.arange(n) - np.repeat(np.cumsum(drawn) - drawn, drawn)
    begins = (rng.random(n) < 1 / SITTING) | (step == 0)
    liked = rng.choice(len(fame), (len(users), 3), p=fame)
    group = np.where(rng.random(n) < ANYWHERE, rng.choice(len(fame), n, p=fame), liked[place, rng.integers(0, 3, n)])
    row = np.arange(n)
    group = group[np.maximum.accumulate(np.where(begins, row, 0))]
    follows = ~begins & (rng.random(n) < FOLLOWS)
    last_draw = np.maximum.accumulate(np.where(follows, 0, row))
    by_fame = (size * rng.random(n) ** 2.5).astype(np.int64)
    items = group * size + (by_fame[last_draw] + 7 * (row - last_draw)) % size
    first = np.zeros(n, bool)
    first[np.unique(place * np.int64(len(names)) + items, return_index=True)[1]] = True
    before = np.cumsum(first) - first
    position = before - np.repeat(before[np.cumsum(drawn) - drawn], drawn)
    kept = first & (position < lengths[place])
    gaps = np.where(begins, rng.exponential(300_000.0, n), rng.exponential(90.0, n)).astype(np.int64)
    gaps[step == 0] = rng.integers(0, SPAN_S, len(users))
    times = START_S + np.cumsum(gaps) - np.repeat((np.cumsum(gaps) - gaps)[np.cumsum(drawn) - drawn], drawn)
    return users[place[kept]], names[items[kept]], times[kept]
