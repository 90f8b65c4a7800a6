"""The baselines of an evaluation: popularity with and without items that a user has already had, and random lists.

Popularity counts the events of the training part, as Amazon's notebook does. "Seen last" is that notebook's too: items
that a user has already had move to the end of the list, and popularity's unseen ones come from its first 100.
"""

from collections.abc import Sequence
from itertools import islice

import numpy as np

from services.laboratory.ranking_metrics import PLACES
from services.screens.evaluation.measures import ItemCounts
from services.screens.evaluation.split import Histories

NOTEBOOK_CANDIDATES = 100
"""The popular items among which the notebook looks for unseen ones."""
SEED = 25


def popular(items: ItemCounts) -> list[str]:
    """Return the items by number of events, most first, ties in order of id."""
    order = np.argsort(-items.n_events, kind="stable")
    return [items.ids[number] for number in order if items.n_events[number]]


def popularity_lists(people: Sequence[str], items: ItemCounts) -> list[list[str]]:
    """Return the same most popular items for every user."""
    best = popular(items)[:PLACES]
    return [best for _ in people]


def unseen_popularity(
    people: Sequence[str], known: Histories, items: ItemCounts, among: int | None = None
) -> list[list[str]]:
    """Return the most popular items that each user has not had; seen items fill what is left.

    among limits the candidates to the top N.
    """
    ranked = popular(items)[:among]
    lists = []
    for person in people:
        had = set(known[person])
        unseen = list(islice((item_id for item_id in ranked if item_id not in had), PLACES))
        seen = (item_id for item_id in ranked if item_id in had)
        lists.append(unseen + list(islice(seen, PLACES - len(unseen))))
    return lists


def random_lists(people: Sequence[str], items: ItemCounts) -> list[list[str]]:
    """Return 25 items for each user, all equally likely."""
    known = np.flatnonzero(items.n_events)
    rng = np.random.default_rng(SEED)
    n = min(PLACES, len(known))
    return [[items.ids[number] for number in rng.choice(known, n, replace=False)] for _ in people]


def seen_last(lists: Sequence[Sequence[str]], people: Sequence[str], known: Histories) -> list[list[str]]:
    """Return every list with the items that its user has had at the end, otherwise in its order."""
    moved = []
    for shown, person in zip(lists, people, strict=True):
        had = set(known[person])
        moved.append(sorted(shown, key=had.__contains__))
    return moved
