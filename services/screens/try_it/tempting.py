"""The first grid: well-known items over the tastes, so that everybody finds something to pick at once."""

from collections.abc import Sequence

from services.library.catalog import Catalog
from services.library.tastes import Tastes

N_TASTES = 12
"""The categories with most events, from which items are taken in turn."""


def tempting(catalog: Catalog, tastes: Tastes, known: Sequence[str], n: int) -> tuple[str, ...]:
    """Return n well-known items: the first of each large category, then the second of each, and so on.

    known are all items, best known first. Without categories these are the best known.
    """
    names = [str(name) for name in tastes.everybody["category"].head(N_TASTES)]
    # the categories of an item share it: the best known Western is one that is more Western than anything else
    shelves = {name: [item_id for item_id in known if name in catalog.categories(item_id)][: 2 * n] for name in names}
    taken: dict[str, None] = {}
    while len(taken) < n and any(shelves.values()):
        for name in reversed(names):  # small categories first: their best known belong to large ones too
            shelf = shelves[name]
            while shelf and shelf[0] in taken:
                shelf.pop(0)
            if shelf and len(taken) < n:
                taken[shelf.pop(0)] = None
    for item_id in known:
        if len(taken) >= n:
            break
        taken.setdefault(item_id)
    order = {item_id: place for place, item_id in enumerate(known)}
    return tuple(sorted(taken, key=lambda item_id: order.get(item_id, len(order))))
