"""What Recommendations shows of one user: a campaign's list, read against taste and popularity.

"In taste" counts items with at least one of the user's three tastes (services/library/tastes.py); beside it stands
what all users' events would give. Nothing here needs a model: the list comes from GetRecommendations.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.library.tastes import Tastes
from services.lists.reasons import Reason
from services.lists.sentences import sentence
from services.personalize.asking import item_ids
from services.personalize.calls import ApiCall

LIST_COLUMNS = (
    "rank",
    "item_id",
    "title",
    "year",
    "label",
    "categories",
    "score",
    "times_average",
    "in_taste",
    "also_popular",
    "n_people",
    "image",
    "maker",
)
"""Of ListView.frame. times_average is the score against the average of all items; both are NaN for recipes without
scores."""


@dataclass(frozen=True)
class ListView:
    """One user's list and its figures."""

    frame: pd.DataFrame
    tastes: tuple[str, ...]
    """The user's tastes, () when there is no clear one."""
    in_taste: int
    popular_in_taste: int
    """The same count for popularity's list of the same length."""
    everybody_in_taste: float
    """The same count for items drawn from all users' events."""
    shared_with_popularity: int
    n_known: int
    """Different items in the user's history."""
    n_known_shown: int
    """How many of them are in the list all the same."""
    typical_per_thousand: float | None
    """How many of 1,000 users had the list's middle item."""
    years: tuple[int, int] | None

    @property
    def n_items(self) -> int:
        """Length of the list."""
        return len(self.frame)

    @property
    def has_scores(self) -> bool:
        """Whether the recipe gives scores."""
        return bool(self.frame["score"].notna().any())


def share_in_taste(catalog: Catalog, tastes: Tastes, taste: Sequence[str]) -> float:
    """Return the share of all users' items that have one of these categories, 0 to 1."""
    if not taste:
        return 0.0
    hits = tastes.in_taste(catalog.ids, taste)
    weights = [catalog.n_people(item_id) for item_id in catalog.ids]
    total = sum(weights)
    return sum(weight for weight, hit in zip(weights, hits, strict=True) if hit) / total if total else 0.0


def list_view(
    call: ApiCall,
    *,
    popular: Sequence[str],
    known: Collection[str],
    taste: Sequence[str],
    everybody: float,
    catalog: Catalog,
    tastes: Tastes,
    n_users: int,
) -> ListView:
    """Read a list against taste and popularity.

    popular is popularity's list of the same length, known the items of the user's history, everybody the share of
    all users' items in this taste (share_in_taste).
    """
    ids = item_ids(call)
    frame = list_frame(call, popular, taste, catalog, tastes)
    people = frame["n_people"]
    years = frame["year"].dropna()
    return ListView(
        frame=frame,
        tastes=tuple(taste),
        in_taste=int(frame["in_taste"].sum()),
        popular_in_taste=sum(tastes.in_taste(list(popular)[: len(ids)], taste)) if taste else 0,
        everybody_in_taste=everybody * len(ids),
        shared_with_popularity=int(frame["also_popular"].sum()),
        n_known=len(set(known)),
        n_known_shown=len(set(known) & set(ids)),
        typical_per_thousand=1000 * float(people.median()) / n_users if len(frame) and n_users else None,
        years=(int(years.min()), int(years.max())) if len(years) else None,
    )


def list_frame(
    call: ApiCall, popular: Sequence[str], taste: Sequence[str], catalog: Catalog, tastes: Tastes
) -> pd.DataFrame:
    """Return the list as a table with LIST_COLUMNS."""
    ids = item_ids(call)
    frame = catalog.frame(ids).rename_axis(None)
    scores = pd.Series([item.get("score") for item in call.response["itemList"]], dtype=float)
    among = set(list(popular)[: len(ids)])
    frame["rank"] = range(1, len(ids) + 1)
    frame["score"] = scores
    frame["times_average"] = scores * catalog.n_items
    frame["in_taste"] = tastes.in_taste(ids, taste) if taste else False
    frame["also_popular"] = [item_id in among for item_id in ids]
    return frame[list(LIST_COLUMNS)].astype({"in_taste": bool, "also_popular": bool})


def table_frame(
    view: ListView, by_item: Mapping[str, Reason], who: str, catalog: Catalog, words: Words
) -> pd.DataFrame:
    """Return the list for the Table tab and for CSV: plain columns, shares as they came.

    by_item holds the reasons and may be empty; because and rank_without, without what because names, are then empty.
    """
    columns = ["rank", "item_id", "title", "year", "categories", "score", "times_average", "also_popular", "n_people"]
    frame = view.frame[columns].copy()
    reasons = [by_item.get(item_id) for item_id in frame["item_id"]]
    frame["because"] = ["" if reason is None else sentence(reason, who, catalog, words) for reason in reasons]
    without = [reason.thread.rank_without if reason and reason.thread else None for reason in reasons]
    frame["rank_without"] = pd.Series(without, index=frame.index, dtype="Int64")
    return frame if view.has_scores else frame.drop(columns=["score", "times_average"])


def side_by_side(main: Sequence[str], others: Mapping[str, Sequence[str]], catalog: Catalog) -> pd.DataFrame:
    """Return other campaigns' lists beside the main one: a column each, the share count as the first row.

    An item of the main list carries its rank there in brackets, so that equal items can be found at a glance.
    """
    ranks = {item_id: rank for rank, item_id in enumerate(main, 1)}
    columns = {}
    for name, ids in others.items():
        shared = sum(item_id in ranks for item_id in ids)
        marked = [
            f"{catalog.label(item_id)} [{ranks[item_id]}]" if item_id in ranks else catalog.label(item_id)
            for item_id in ids
        ]
        columns[name] = pd.Series([f"{shared} of {len(ids)} shared", *marked])
    return pd.DataFrame(columns).fillna("")
