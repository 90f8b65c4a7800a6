"""Lists side by side: two to four users under one campaign, or one user under up to four campaigns.

Each column of the screen is a Side with a letter. An error in one of them leaves the others as they are.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.backend import Backend
from services.errors import ServiceError
from services.filters.effects import Effect, narrowed
from services.filters.request import NOTHING, Narrowing
from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.library.people import People
from services.library.store import LoadedData
from services.library.tastes import Tastes
from services.lists.reasons import Reason
from services.lists.sentences import sentence
from services.other_lists.kept import UPLOADED
from services.personalize.asking import item_ids, recommend
from services.personalize.calls import ApiCall
from services.personalize.campaigns import Campaign

LETTERS = "ABCD"
ReasonsBySide = Mapping[str, Mapping[str, Reason]]
"""Reasons by the side's letter, then by item."""


@dataclass(frozen=True)
class Side:
    """One column: the user, the campaign, and its answer."""

    letter: str
    who: str
    """What sentences call it: the user's name, or the recipe."""
    user_id: str
    campaign: Campaign
    history: pd.DataFrame
    """LoadedData.history(), newest first."""
    known: tuple[str, ...]
    """Items of the events that count, newest first, repeats included."""
    tastes: tuple[str, ...]
    call: ApiCall | None = None
    error: ServiceError | None = None
    given: tuple[str, ...] | None = None
    """The list of another recommender, None for an answer of the campaign."""
    effect: Effect | None = None
    """What the filter and the promotion did; None without them."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The list, () where the campaign refused."""
        if self.given is not None:
            return self.given
        return () if self.call is None else tuple(dict.fromkeys(item_ids(self.call)))

    @property
    def ranks(self) -> dict[str, int]:
        """Rank by item, from 1."""
        return {item_id: rank for rank, item_id in enumerate(self.ids, 1)}

    @property
    def scores(self) -> dict[str, float]:
        """Score by item, {} for recipes without scores."""
        items = [] if self.call is None else self.call.response["itemList"]
        return {str(item["itemId"]): float(item["score"]) for item in items if item.get("score") is not None}

    @property
    def new_here(self) -> bool:
        """Whether the data holds no event of this user."""
        return not self.known


def sides(
    backend: Backend,
    requested: Sequence[tuple[str, Campaign]],
    count: int,
    data: LoadedData,
    people: People,
    tastes: Tastes,
    *,
    by_campaign: bool = False,
    narrowing: Narrowing = NOTHING,
    uploaded: Callable[[Campaign, str], Sequence[str]] = lambda *_: (),
) -> list[Side]:
    """Ask for every list; an error stays with its side. by_campaign names sides by their recipe, not their user.

    uploaded returns the list of another recommender, which nobody can be asked for: no filter changes it.
    """
    recipes = [campaign.name if campaign.recipe == UPLOADED else campaign.recipe_words for _, campaign in requested]
    names = _names(recipes, [c.name for _, c in requested])
    if not by_campaign:
        names = _names([people.short(user_id) for user_id, _ in requested], [user_id for user_id, _ in requested])
    compared = []
    for letter, who, (user_id, campaign) in zip(LETTERS, names, requested, strict=False):
        history = data.history(user_id)
        known = data.counted_history(user_id)
        side = Side(letter, who, user_id, campaign, history, known, tastes.top(known))
        if campaign.recipe == UPLOADED:
            compared.append(_uploaded(side, uploaded(campaign, user_id)[:count], people.short(user_id)))
            continue
        try:
            ask = partial(_ask, backend, campaign, user_id, count)
            answer = narrowed(ask, narrowing.for_recipe(campaign.recipe), count)
            compared.append(replace(side, call=answer.call, effect=answer.effect))
        except ServiceError as refused:
            compared.append(replace(side, error=refused))
    return compared


def _uploaded(side: Side, ids: Sequence[str], whose: str) -> Side:
    if ids:
        return replace(side, given=tuple(ids))
    return replace(side, error=ServiceError("NoList", f"{side.who} has no list for {whose}.", "Choose somebody else."))


def _ask(backend: Backend, campaign: Campaign, user_id: str, count: int, more: Mapping[str, object]) -> ApiCall:
    return recommend(backend, campaign, user_id, count, more=more)


def answered(compared: Sequence[Side]) -> list[Side]:
    """Return the sides that the campaign answered."""
    return [side for side in compared if side.error is None]


def shared_counts(compared: Sequence[Side]) -> NDArray[np.int64]:
    """Return int64 (n, n): items that every two lists share; the diagonal holds the lengths."""
    return np.array([[len(set(one.ids) & set(other.ids)) for other in compared] for one in compared], dtype=np.int64)


def pair_counts(compared: Sequence[Side]) -> list[tuple[Side, Side, int]]:
    """Return every two sides with the number of shared items, most first."""
    counted = [(one, other, len(set(one.ids) & set(other.ids))) for one, other in combinations(compared, 2)]
    return sorted(counted, key=lambda pair: -pair[2])


def n_different(compared: Sequence[Side]) -> int:
    """Return how many different items all lists hold together."""
    return len({item_id for side in compared for item_id in side.ids})


def own_items(compared: Sequence[Side]) -> dict[str, list[str]]:
    """Return by letter the items of each list that none of the others holds, best first."""
    held = held_by(compared)
    return {side.letter: [item_id for item_id in side.ids if len(held[item_id]) == 1] for side in compared}


def shared_history(one: Side, other: Side) -> int:
    """Return how many different items both users had."""
    return len(set(one.known) & set(other.known))


def in_all(compared: Sequence[Side]) -> list[str]:
    """Return the items that every list holds, best first by the sum of their ranks."""
    if not compared:
        return []
    common = [i for i in compared[0].ids if all(i in side.ranks for side in compared[1:])]
    return sorted(common, key=lambda item_id: sum(side.ranks[item_id] for side in compared))


def held_by(compared: Sequence[Side]) -> dict[str, str]:
    """Return the letters of the lists that hold each item: {"film-1": "AC"}."""
    letters: dict[str, str] = {}
    for side in compared:
        for item_id in side.ids:
            letters[item_id] = letters.get(item_id, "") + side.letter
    return letters


def had_by(compared: Sequence[Side]) -> dict[str, str]:
    """Return the letters of the users who had each item."""
    letters: dict[str, str] = {}
    for side in compared:
        for item_id in dict.fromkeys(side.known):
            letters[item_id] = letters.get(item_id, "") + side.letter
    return letters


def also_popular(side: Side, popular: Sequence[str]) -> int:
    """Return how many items of a list are among as many of the most popular ones."""
    return len(set(side.ids) & set(list(popular)[: len(side.ids)]))


def table_frame(compared: Sequence[Side], by_side: ReasonsBySide, catalog: Catalog, words: Words) -> pd.DataFrame:
    """Return item_id, title, year (where any is known), categories, rank, score and because per side, "in history of".

    "in history of" names who has had the item; an item without a reason has an empty cell. Items of more lists first,
    then by their best rank. Recipes without scores have no score column.
    """
    lists, pasts = held_by(compared), had_by(compared)
    best = {i: min(side.ranks[i] for side in compared if i in side.ranks) for i in lists}
    ids = sorted(lists, key=lambda item_id: (-len(lists[item_id]), best[item_id], item_id))
    frame = catalog.frame(ids)[["item_id", "title", "year", "categories"]]
    for side in compared:
        ranks, scores, reasons = side.ranks, side.scores, by_side.get(side.letter, {})
        frame[f"rank {side.who}"] = pd.array([ranks.get(i) for i in ids], dtype="Int64")
        if scores:
            frame[f"score {side.who}"] = [scores.get(i, float("nan")) for i in ids]
        frame[f"because {side.who}"] = [
            sentence(reasons[i], side.who, catalog, words) if i in reasons else "" for i in ids
        ]
    frame["in history of"] = [", ".join(s.who for s in compared if s.letter in pasts.get(i, "")) for i in ids]
    return frame if frame["year"].notna().any() else frame.drop(columns="year")


def _names(short: Sequence[str], exact: Sequence[str]) -> list[str]:
    """Return the short names, and the exact ones for those that are not alone."""
    times = Counter(short)
    return [name if times[name] == 1 else other for name, other in zip(short, exact, strict=True)]
