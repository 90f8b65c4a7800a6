"""Do neighbours belong together? Categories in common, beside what a random item would have.

Two measures over one categorical column. "Share one": the share of neighbours with at least one category in common,
which a person can count. "Overlap": common categories over all categories of the two (Jaccard), which does not grow
with the number of categories that an item has; benchmarks/sims.py reports this one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.library.cooccurrence import Longs

MAX_READS = 100_000_000
"""How many rows the figure over the whole catalogue may read: half a second. Larger data is sampled evenly."""
MAX_ITEMS = 4000


@dataclass(frozen=True)
class Agreement:
    """Both measures, 0 to 1, and both by chance."""

    share_one: float
    overlap: float
    chance_share_one: float
    chance_overlap: float
    n_items: int
    """Number of items whose lists the means are over."""
    least: int
    """Minimum length of a list that counts."""
    sampled: bool
    """Whether these are a sample of the catalogue's items."""


class Categories:
    """One categorical column of the catalogue, by item number."""

    def __init__(self, ids: Sequence[str], categories_of: Mapping[str, Sequence[str]]) -> None:
        """Take the item ids in the order of their numbers, and the categories of each."""
        self._sets = [frozenset(categories_of.get(item_id, ())) for item_id in ids]
        self._sizes = np.array([len(names) for names in self._sets], dtype=np.float64)
        postings: dict[str, list[int]] = {}
        for row, names in enumerate(self._sets):
            for name in names:
                postings.setdefault(name, []).append(row)
        self._postings = {name: np.array(rows, dtype=np.int64) for name, rows in postings.items()}

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self._sets)

    def of(self, item: int) -> frozenset[str]:
        """Return the categories of an item, empty when unknown."""
        return self._sets[item]

    def common(self, one: int, other: int) -> frozenset[str]:
        """Return the categories that both have."""
        return self._sets[one] & self._sets[other]

    def share_of(self, category: str, among: NDArray[np.bool_]) -> float:
        """Return the share of these items, bool (n_items,), that have the category."""
        n = int(among.sum())
        return float(among[self._postings[category]].sum()) / n if n and category in self._postings else 0.0

    def chance(self, item: int, among: NDArray[np.bool_]) -> tuple[float, float]:
        """Return how often any one of these items, bool (n_items,), shares a category, and their mean overlap."""
        names = self._sets[item]
        others = among.copy()
        others[item] = False
        if not names or not others.any():
            return 0.0, 0.0
        rows = np.concatenate([self._postings[name] for name in names])
        common = np.bincount(rows, minlength=self.n_items)[others]
        return float((common > 0).mean()), float((common / (self._sizes[others] + len(names) - common)).mean())

    def measure(self, item: int, neighbours: Sequence[int]) -> tuple[float, float]:
        """Return the share of the neighbours that have a category in common with the item, and their mean overlap."""
        own = self._sets[item]
        pairs = [(len(own & self._sets[other]), len(own | self._sets[other])) for other in neighbours]
        if not pairs:
            return 0.0, 0.0
        return (
            sum(common > 0 for common, _ in pairs) / len(pairs),
            sum(common / whole for common, whole in pairs if whole) / len(pairs),
        )


def whole_catalogue(
    categories: Categories,
    nearest: Callable[[int, int], Longs],
    cost: Longs,
    listable: NDArray[np.bool_],
    n: int = 10,
    reads: int = MAX_READS,
) -> Agreement | None:
    """Return the mean over all items that have categories and n neighbours, or over an even sample of them.

    nearest(item, n) gives an item's neighbours, cost, int64 (n_items,), the rows that it reads. Where no item has n
    neighbours, those count that have any. None when no item has.
    """
    candidates = np.flatnonzero([bool(categories.of(item)) for item in range(categories.n_items)])
    candidates = candidates[cost[candidates] > 0]
    step = max(1, -(-len(candidates) // MAX_ITEMS), int(np.ceil(cost[candidates].sum() / reads)))
    figures: dict[int, list[tuple[float, float, float, float]]] = {n: [], 1: []}
    chances: dict[frozenset[str], tuple[float, float]] = {}
    for item in candidates[::step].tolist():
        neighbours = nearest(item, n)
        if not len(neighbours):
            continue
        names = categories.of(item)
        if names not in chances:
            chances[names] = categories.chance(item, listable)
        figures[n if len(neighbours) == n else 1].append(
            (*categories.measure(item, neighbours.tolist()), *chances[names])
        )
    least = n if figures[n] else 1
    if not figures[least]:
        return None
    share_one, overlap, chance_one, chance_overlap = np.mean(figures[least], axis=0).tolist()
    return Agreement(
        share_one, overlap, chance_one, chance_overlap, n_items=len(figures[least]), least=least, sampled=step > 1
    )
