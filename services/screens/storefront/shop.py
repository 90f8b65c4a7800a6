"""What the rows of one user hold: each row is a choice from one long list of the campaign, in that list's order.

So a storefront costs one call for the list, one for each cause's neighbours, and one for popularity. An item stands in
one row only, besides those that were begun; what everybody gets is as it is for everybody.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.library.columns import CREATION_TIMESTAMP, EVENT_TYPE, ITEM_ID
from services.library.cooccurrence import Cooccurrence
from services.lists.reasons import Reason
from services.screens.storefront import rows as kinds
from services.screens.storefront.rows import Row, title_of

N_PLACES = 500
"""Of the long list: the most that GetRecommendations answers with."""
N_POPULAR = 30
"""Of popularity's list."""
NEWEST_SHARE = 0.12
"""So much of the catalogue counts as new..."""
MIN_NEWEST = 30
"""...and at least this many items."""
N_CAUSES = 8
"""Causes of one user that rows can be about."""
MIN_SHOWN = 3
"""A row of a maker with fewer unseen items than this gives way to another maker."""


@dataclass(frozen=True)
class Shelf:
    """One row as it is shown."""

    kind: str
    title: str
    item_ids: tuple[str, ...]
    cause: str = ""
    """The item that it is there for, where it is for one."""
    promoted: frozenset[str] = frozenset()
    """Those of its items that a promotion put there."""

    @property
    def key(self) -> str:
        """What makes it the same row before and after a click."""
        return f"{self.kind} {self.cause}"


@dataclass(frozen=True)
class Shopper:
    """What is known of one user: the campaign's long list, and the history, newest first."""

    list_ids: tuple[str, ...]
    history: tuple[str, ...]
    """Items of the events that count, newest first."""
    begun: tuple[str, ...] = ()
    """Items that have other events only, newest first."""
    clicked: tuple[str, ...] = ()
    """Items clicked in the storefront, newest first."""
    narrowed: bool = False
    """Whether a filter chose the long list, so that rows may show nothing else."""
    promoted: Mapping[int, str] = field(default_factory=dict)
    """Items that a promotion puts into the first row, by their place there, from 0."""


@dataclass(frozen=True)
class Stock:
    """What the rows choose from besides the long list; one for all users."""

    catalog: Catalog
    words: Words
    by_maker: Mapping[str, Sequence[str]]
    newest: frozenset[str]
    popular: Sequence[str]
    trending: Sequence[str]
    """() where no campaign tells; the bestsellers where nothing grows."""
    neighbours: Callable[[str], Sequence[str]]
    """Items that go with an item, nearest first."""
    of_segment: Callable[[str], Sequence[str]] = lambda _: ()
    """What most people of a saved segment had, most first; () for one that is gone."""


def shelf_of(
    row: Row, who: str, shopper: Shopper, stock: Stock, shown: Collection[str], cause: str = ""
) -> Shelf | None:
    """Return a row for a user, who is called so, without what is shown already; None where there is nothing for it."""
    ranks = {item_id: rank for rank, item_id in enumerate(shopper.list_ids)}
    left_out = {*shopper.history, *shown}
    title = title_of(row, who, stock.words)
    ids: Sequence[str]
    promoted: frozenset[str] = frozenset()
    if row.kind == kinds.FOR_YOU:
        ids = first_places(shopper, shown)
        promoted = frozenset(shopper.promoted.values()) & set(ids[: row.n_items])
    elif row.kind == kinds.BECAUSE:
        near = [i for i in stock.neighbours(cause) if i not in left_out and i != cause]
        ids = _in_order([i for i in near if i in ranks or not shopper.narrowed], ranks)
        title = title_of(row, who, stock.words, item=stock.catalog.title(cause))
    elif row.kind == kinds.MAKER:
        maker, ids = _of_maker(shopper, stock, left_out, ranks)
        title, cause = title_of(row, who, stock.words, maker=maker), maker
    elif row.kind == kinds.NEW:
        ids = [item_id for item_id in shopper.list_ids if item_id in stock.newest and item_id not in left_out]
    elif row.kind == kinds.CONTINUE:
        ids = shopper.begun
    elif row.kind == kinds.SEGMENT:
        ids, cause = stock.of_segment(row.campaign), row.campaign
    elif row.kind == kinds.TRENDING:
        ids = () if tuple(stock.trending) == tuple(stock.popular) else stock.trending  # nothing grows: bestsellers
    else:
        ids = stock.popular
    return Shelf(row.kind, title, tuple(ids[: row.n_items]), cause, promoted) if len(ids) else None


def first_places(shopper: Shopper, shown: Collection[str] = ()) -> list[str]:
    """Return the long list without the history and what is shown, with the promoted items in their places."""
    left_out = {*shopper.history, *shown}
    promoted = {at: item_id for at, item_id in shopper.promoted.items() if item_id not in left_out}
    left_out.update(promoted.values())
    ids = [item_id for item_id in shopper.list_ids if item_id not in left_out]
    for at in sorted(promoted):
        ids.insert(at, promoted[at])
    return ids


def causes(reasons: Mapping[str, Reason], shopper: Shopper, n: int) -> tuple[str, ...]:
    """Return the items that most of the list is owed to, strongest first; what was clicked comes before them."""
    weights: Counter[str] = Counter()
    for reason in reasons.values():
        for place, cause in enumerate(reason.because[:2]):
            weights[cause.item_id] += cause.dots / (place + 1)  # type: ignore[assignment]
    strongest = [item_id for item_id, _ in sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))]
    return tuple(dict.fromkeys([*shopper.clicked, *strongest, *shopper.history]))[:n]


def shopper_of(
    list_ids: Sequence[str],
    history: pd.DataFrame,
    event_type: str | None,
    clicked: Sequence[str] = (),
    *,
    narrowed: bool = False,
    promoted: Mapping[int, str] | None = None,
) -> Shopper:
    """Return what is known of a user from LoadedData.history(), newest first, and the clicks, newest first.

    An item was begun when it has events of other types only.
    """
    ids = history[ITEM_ID].astype("str")
    counts = pd.Series(True, index=history.index)
    if event_type is not None and EVENT_TYPE in history:
        counts = history[EVENT_TYPE] == event_type
    finished = dict.fromkeys([*clicked, *ids[counts]])
    begun = dict.fromkeys(item_id for item_id in ids[~counts] if item_id not in finished)
    return Shopper(
        tuple(dict.fromkeys(list_ids)), tuple(finished), tuple(begun), tuple(clicked), narrowed, promoted or {}
    )


def by_maker(catalog: Catalog) -> dict[str, list[str]]:
    """Return the items of each director, author or brand, most popular first."""
    found: dict[str, list[str]] = {}
    for item_id in sorted(catalog.ids, key=lambda i: (-catalog.n_people(i), i)):
        maker = catalog.maker(item_id)
        if maker:
            found.setdefault(maker, []).append(item_id)
    return found


def newest(items: pd.DataFrame | None, catalog: Catalog) -> frozenset[str]:
    """Return the items that came last: by their creation time stamp, else by their year; none where none is known."""
    if items is not None and CREATION_TIMESTAMP in items:
        came = pd.to_numeric(items.set_index(ITEM_ID)[CREATION_TIMESTAMP], errors="coerce").dropna()
    else:
        came = pd.Series({i: year for i in catalog.ids if (year := catalog.year(i)) is not None}, dtype=float)
    if came.nunique() < 2:
        return frozenset()
    n = max(MIN_NEWEST, round(NEWEST_SHARE * catalog.n_items))
    return frozenset(map(str, came.sort_values(ascending=False, kind="stable").index[:n]))


def most_had(pairs: tuple[NDArray[np.int64], NDArray[np.int64]], users: Sequence[int], ids: Sequence[str]) -> list[str]:
    """Return the N_POPULAR items that most of these users had; pairs are LoadedData.pairs, users their numbers."""
    people, items = pairs
    of_users = np.isin(people, np.asarray(users, np.int64))
    once = np.unique(np.stack([people[of_users], items[of_users]]), axis=1)
    counts = np.bincount(once[1], minlength=len(ids))
    best = np.argsort(-counts, kind="stable")[:N_POPULAR]
    return [ids[number] for number in best.tolist() if counts[number]]


def together(counted: Cooccurrence, ids: Sequence[str], item_id: str, min_both: int) -> tuple[str, ...]:
    """Return items that users had together with one, by cosine; ids numbers the items. () for an unknown item."""
    if item_id not in ids:
        return ()
    row = list(ids).index(item_id)
    both = counted.together(row).astype(float)
    both[row] = 0
    both[both < min_both] = 0
    cosine = both / np.sqrt(np.maximum(counted.n_people, 1))
    order = np.argsort(-cosine, kind="stable")[: int(np.count_nonzero(cosine))]
    return tuple(ids[place] for place in order.tolist())


def _of_maker(
    shopper: Shopper, stock: Stock, left_out: Collection[str], ranks: Mapping[str, int]
) -> tuple[str, list[str]]:
    """Return whom the user has had most items of, with enough left, and these in the user's order."""
    had = Counter(maker for item_id in shopper.history if (maker := stock.catalog.maker(item_id)))
    for maker, _ in had.most_common():
        ids = [i for i in stock.by_maker.get(maker, ()) if i not in left_out and (i in ranks or not shopper.narrowed)]
        if len(ids) >= MIN_SHOWN:
            return maker, _in_order(ids, ranks)
    return "", []


def in_order(ids: Sequence[str], shopper: Shopper) -> tuple[str, ...]:
    """Return items in a user's order, without those in the history."""
    ranks = {item_id: rank for rank, item_id in enumerate(shopper.list_ids)}
    return tuple(_in_order([item_id for item_id in ids if item_id not in shopper.history], ranks))


def _in_order(ids: Sequence[str], ranks: Mapping[str, int]) -> list[str]:
    """Return items in the order of the long list; those that it lacks keep theirs and come after it."""
    return sorted(ids, key=lambda item_id: ranks.get(item_id, len(ranks)))
