"""What stands beside a recipe: popularity with and without what a person has already had, and random lists.

Popularity counts the events of the training part, as Amazon's notebook does. "Unseen first" is that notebook's too:
what a person has already had goes to the end of the list, and popularity's unseen come from its first 100.
"""

from collections.abc import Sequence

import numpy as np

from services.screens.evaluation.measures import LENGTH, Catalogue
from services.screens.evaluation.split import Histories

POPULARITY, RANDOM = "popularity", "random"
UNSEEN = "+unseen"
"""Behind a method's name: what a person has had goes to the end of the list."""
FIRST_OF_POPULARITY = 100
SEED = 25


def popular(items: Catalogue) -> list[str]:
    """Return the items by number of events, most first, ties in order of id."""
    order = np.argsort(-items.n_events, kind="stable")
    return [items.ids[number] for number in order if items.n_events[number]]


def popularity_lists(people: Sequence[str], items: Catalogue) -> list[list[str]]:
    """Return the same most popular items for everybody."""
    best = popular(items)[:LENGTH]
    return [best for _ in people]


def unseen_popularity(
    people: Sequence[str], known: Histories, items: Catalogue, among: int | None = None
) -> list[list[str]]:
    """Return the most popular items that each person has not had; among: of so many first ones, then the seen."""
    ranked = popular(items)[:among]
    found = []
    for person in people:
        had, fresh = set(known[person]), []
        for item_id in ranked:
            if item_id not in had:
                fresh.append(item_id)
                if len(fresh) == LENGTH:
                    break
        if len(fresh) < LENGTH:
            fresh += [item_id for item_id in ranked if item_id in had][: LENGTH - len(fresh)]
        found.append(fresh)
    return found


def random_lists(people: Sequence[str], items: Catalogue, seed: int = SEED) -> list[list[str]]:
    """Return 25 items for each person, each item as likely as the other."""
    known = np.flatnonzero(items.n_events)
    rng = np.random.default_rng(seed)
    n = min(LENGTH, len(known))
    return [[items.ids[number] for number in rng.choice(known, n, replace=False)] for _ in people]


def unseen_first(lists: Sequence[Sequence[str]], people: Sequence[str], known: Histories) -> list[list[str]]:
    """Return every list with what its person has had at its end, otherwise in its order."""
    found = []
    for shown, person in zip(lists, people, strict=True):
        had = set(known[person])
        found.append(sorted(shown, key=had.__contains__))
    return found
