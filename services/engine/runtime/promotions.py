"""Lists with promoted items, and lists that popular items fill up.

Documented (Amazon Personalize developer guide, "Promoting items in recommendations"): promoted items are the best of
those that the promotion's filter allows, in their own order, at random positions among the others, to which alone the
request's filter applies; where fewer are allowed, fewer are promoted. Our choices where AWS's documentation is silent:
a percentage is rounded down, and promotes one item at least; no item is listed twice; the recommendationId is the seed
of the positions.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Bools, Histories, Ints
from services.engine.runtime.inference import Ranked

MAX_MODELS = 16
"""Models whose popular items are kept."""
Rank = Callable[[int, Bools | None], Ranked]
"""Returns the best n of the items that a mask allows; None allows all."""


@dataclass(frozen=True)
class Promotion:
    """The promotion of a request."""

    name: str
    percent: int
    """Of the items of the list."""
    allowed: Bools
    """Which items may be promoted, bool (n_items,)."""


@dataclass(frozen=True)
class ListedItem:
    """One item of a list, and why it is there."""

    item_index: int
    score: float | None
    promotion: str | None = None
    """Name of the promotion."""
    is_filler: bool = False
    """True for a popular item in a place that the filter left empty."""
    is_tried: bool = False
    """True for a new item that the recipe tries by itself."""


def listed(ranked: Ranked, promotion: str | None = None) -> list[ListedItem]:
    """Return the items of a list."""
    scores = [None] * len(ranked.item_indices) if ranked.scores is None else ranked.scores.tolist()
    return [
        ListedItem(item, None if item in ranked.tried else score, promotion, is_tried=item in ranked.tried)
        for item, score in zip(ranked.item_indices.tolist(), scores, strict=True)
    ]


def promoted(rank: Rank, n: int, allowed: Bools | None, promotion: Promotion, seed: int) -> list[ListedItem]:
    """Return at most n items, of which a part is promoted."""
    chosen = rank(max(1, n * promotion.percent // 100), promotion.allowed)
    others_allowed = np.ones(len(promotion.allowed), bool) if allowed is None else allowed.copy()
    others_allowed[chosen.item_indices] = False
    n_others = n - len(chosen.item_indices)
    others = listed(rank(n_others, others_allowed)) if n_others else []
    promoted_items = listed(chosen, promotion.name)
    n_items = len(others) + len(promoted_items)
    places = set(np.random.default_rng(seed).choice(n_items, len(promoted_items), replace=False).tolist())
    remaining, inserted = iter(others), iter(promoted_items)
    return [next(inserted) if place in places else next(remaining) for place in range(n_items)]


class PopularItems:
    """The items of each model by number of events, most first; thread-safe."""

    def __init__(self) -> None:
        self._orders: OrderedDict[int, tuple[Histories, Ints]] = OrderedDict()
        self._lock = threading.Lock()

    def fill(self, artifact: Artifact, items: list[ListedItem], n: int, allowed: Bools) -> list[ListedItem]:
        """Return items and, after them, popular ones that are allowed and not among them, up to n."""
        present = {item.item_index for item in items}
        order = self._order(artifact.histories)
        fillers = [item for item in order[allowed[order]].tolist() if item not in present]
        return items + [ListedItem(item, None, is_filler=True) for item in fillers[: n - len(items)]]

    def _order(self, histories: Histories) -> Ints:
        """Return the items with events, int32, most events first."""
        with self._lock:
            kept = self._orders.get(id(histories))
            if kept is None:
                counts = np.bincount(histories.items, minlength=histories.n_items)
                order = np.argsort(-counts, kind="stable")
                kept = (histories, order[counts[order] > 0].astype(np.int32))
                self._orders[id(histories)] = kept
                while len(self._orders) > MAX_MODELS:
                    self._orders.popitem(last=False)
            return kept[1]
