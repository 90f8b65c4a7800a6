"""Evidence from the loaded data where a service gives no reasons: users who had both items, beside what chance gives.

For an item of a list and a user's recent items: how many users had both (n), and how many times as many as if the
two had nothing to do with each other, times = n * people / (with one * with the other). The strongest evidence is the
largest cosine n / sqrt(with one * with the other), which neither a blockbuster nor a rarity wins by its size alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.library.cooccurrence import Cooccurrence

MIN_BOTH = 3
"""Below this number of users who had both there is no evidence."""
MIN_TIMES = 1.5
"""Evidence must be at least this many times chance."""
RECENT = 50
"""How many of a user's recent items to look at: as many as reasons look at events."""


@dataclass(frozen=True)
class Evidence:
    """The evidence of users who had both items."""

    item_id: str
    """The item of the user's history."""
    n_both: int
    n_people: int
    """How many users had the history's item."""
    times: float
    """How many times as many as by chance."""
    cosine: float


def evidence(
    requested: Sequence[str], recent: Sequence[str], numbers: dict[str, int], counted: Cooccurrence
) -> dict[str, list[Evidence]]:
    """Return the evidence for each requested item among a user's recent ones, strongest first; [] without any.

    numbers gives each item's number in counted; items without one have no evidence.
    """
    recent = [item_id for item_id in dict.fromkeys(recent) if item_id in numbers][:RECENT]
    first = [item_id for item_id in requested if item_id in numbers]
    both = _both(counted, [numbers[i] for i in first], [numbers[i] for i in recent])
    people = counted.n_people
    n_first = people[[numbers[i] for i in first]].astype(float)[:, None] if first else np.ones((0, 1))
    n_recent = people[[numbers[i] for i in recent]].astype(float)[None] if recent else np.ones((1, 0))
    product = np.maximum(n_first * n_recent, 1.0)
    times, cosine = both * counted.n_active / product, both / np.sqrt(product)
    good = (both >= MIN_BOTH) & (times >= MIN_TIMES)
    by_item: dict[str, list[Evidence]] = {item_id: [] for item_id in requested}
    for row, item_id in enumerate(first):
        columns = [c for c in np.argsort(-cosine[row], kind="stable").tolist() if good[row, c] and recent[c] != item_id]
        by_item[item_id] = [
            Evidence(recent[c], int(both[row, c]), int(n_recent[0, c]), float(times[row, c]), float(cosine[row, c]))
            for c in columns
        ]
    return by_item


def _both(counted: Cooccurrence, first: list[int], second: list[int]) -> NDArray[np.int64]:
    """Return how many users had both, int64 (len(first), len(second))."""
    n_users = len(counted.user_offsets) - 1
    seconds = np.zeros((len(second), n_users), np.float32)
    for row, item in enumerate(second):
        seconds[row, _users(counted, item)] = 1
    both = [seconds[:, _users(counted, item)].sum(axis=1) for item in first]
    return np.rint(np.stack(both)).astype(np.int64) if both else np.zeros((0, len(second)), np.int64)


def _users(counted: Cooccurrence, item: int) -> NDArray[np.int64]:
    return counted.item_users[counted.item_offsets[item] : counted.item_offsets[item + 1]]
