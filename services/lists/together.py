"""What goes with a few items, counted in the loaded data: a personal list without any model."""

from collections.abc import Sequence

import numpy as np

from services.library.cooccurrence import Cooccurrence

N_NEIGHBOURS = 50
MIN_BOTH = 3
"""Users in common."""


def neighbours(counted: Cooccurrence, ids: Sequence[str], item_id: str) -> tuple[str, ...]:
    """Return what users had together with an item, by cosine; ids numbers the items."""
    row = list(ids).index(item_id)
    both = counted.together(row).astype(float)
    both[row] = 0
    both[both < MIN_BOTH] = 0
    cosine = both / np.sqrt(np.maximum(counted.n_people, 1))
    order = np.argsort(-cosine, kind="stable")[: min(N_NEIGHBOURS, int(np.count_nonzero(cosine)))]
    return tuple(ids[place] for place in order.tolist())


def dealt(
    items: Sequence[str], lists: Sequence[Sequence[str]], n: int, had: Sequence[str] = ()
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return n items dealt from the lists in turn, the last one's first, and whose list brought each.

    lists are the neighbours of the items, which are left out, as is everything in had.
    """
    out = {*items, *had}
    hands = [(item_id, [i for i in ids if i not in out]) for item_id, ids in zip(items, lists, strict=True)][::-1]
    brought: dict[str, str] = {}
    for place in range(max((len(ids) for _, ids in hands), default=0)):
        for item_id, ids in hands:
            if place < len(ids) and len(brought) < n:
                brought.setdefault(ids[place], item_id)
    return tuple(brought), brought
