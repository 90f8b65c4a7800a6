"""A list of items before and after personalized ranking, for one person or two: places, moves, agreement.

The order after is GetPersonalizedRanking's answer. Items that it knows come first, with scores that sum to 1 over the
list; ids that training did not know follow in the order of the input, without a score, as AWS returns them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from services.library.catalog import Catalog
from services.lists.item_lists import ItemList
from services.lists.moves import Move, agreement_word, mark, rank_correlation, ranks
from services.personalize.calls import ApiCall

RANKED_COLUMNS = (
    "before",
    "after",
    "move",
    "item_id",
    "title",
    "year",
    "label",
    "categories",
    "score",
    "times_average",
    "known",
    "image",
    "maker",
)
"""Of Ranking.frame, in the order after. score is the share of the user's interest within the list, fit the same over
the first place's; both are NaN for ids that are not known, and where the recipe gives no scores."""
FAR = 3
"""A move of at least this many places counts."""
FIRST = 10


@dataclass(frozen=True)
class Ranking:
    """One user's order of a list."""

    who: str
    frame: pd.DataFrame
    moves: tuple[Move, ...]
    """Of the known items, in the order after."""
    correlation: float | None
    """Spearman's, of the known items' two orders."""
    new_here: bool
    """Whether the data holds no event of the user, so that the order is popularity's."""

    @property
    def n_items(self) -> int:
        """Length of the list."""
        return len(self.frame)

    @property
    def unknown(self) -> list[str]:
        """The ids that training did not know."""
        return [str(item_id) for item_id in self.frame.loc[~self.frame["known"], "item_id"]]

    @property
    def n_far(self) -> int:
        """How many items moved by three places or more."""
        return sum(abs(move.rise) >= FAR for move in self.moves)

    @property
    def rise(self) -> Move | None:
        """The largest rise, None when nothing rose."""
        best = max(self.moves, key=lambda move: move.rise, default=None)
        return best if best is not None and best.rise > 0 else None

    @property
    def fall(self) -> Move | None:
        """The largest fall, None when nothing fell."""
        worst = min(self.moves, key=lambda move: move.rise, default=None)
        return worst if worst is not None and worst.rise < 0 else None

    @property
    def agreement(self) -> str:
        """How far the order after agrees with the one before, as a word."""
        return agreement_word(self.correlation)

    def first(self, n: int = FIRST) -> list[str]:
        """Return the first n known items of the order after."""
        return [move.item_id for move in self.moves[:n]]


def ranking(call: ApiCall, before: Sequence[str], who: str, catalog: Catalog, *, new_here: bool = False) -> Ranking:
    """Read an answer against the order before, in which every item is once."""
    answer = call.response["personalizedRanking"]
    ids = [str(item["itemId"]) for item in answer]
    scores = pd.Series([item.get("score") for item in answer], dtype=float)
    scored = bool(scores.notna().any())
    first = ranks(before)
    frame = catalog.frame(ids)
    frame["known"] = scores.notna() if scored else [item_id in catalog for item_id in ids]
    frame["before"] = pd.array([first.get(item_id) for item_id in ids], dtype="Int64")
    frame["after"] = range(1, len(ids) + 1)
    frame["move"] = [
        mark(first.get(item_id), place) if known else ""
        for item_id, place, known in zip(ids, frame["after"], frame["known"], strict=True)
    ]
    frame["score"] = scores
    frame["times_average"] = scores / scores.mean() if scored and scores.mean() > 0 else float("nan")
    known_ids = [str(item_id) for item_id in frame.loc[frame["known"], "item_id"]]
    places = zip(known_ids, frame.loc[frame["known"], "after"], strict=True)
    return Ranking(
        who=who,
        frame=frame[list(RANKED_COLUMNS)],
        moves=tuple(Move(i, first.get(i), int(place), mark(first.get(i), int(place))) for i, place in places),
        correlation=rank_correlation([i for i in before if i in set(known_ids)], known_ids),
        new_here=new_here,
    )


def left(calls: Sequence[ApiCall], before: Sequence[str]) -> list[str]:
    """Return what a filter has left of a list for any of the users, in its order: all of it without one."""
    answered = {str(item["itemId"]) for call in calls for item in call.response["personalizedRanking"]}
    return [item_id for item_id in before if item_id in answered]


def shortened(items: ItemList, left: Sequence[str]) -> ItemList:
    """Return the list that a filter has left, with its name: "5 of 20 Film-Noir films"."""
    if len(left) == len(items.item_ids):
        return items
    return replace(items, item_ids=tuple(left), name=f"{len(left)} of {items.name}")


def differing(one: Ranking, other: Ranking, n: int = FIRST) -> int:
    """Return how many of the first n places of one are not among the first n of the other."""
    return len(set(one.first(n)) - set(other.first(n)))


def table_frame(rankings: Sequence[Ranking]) -> pd.DataFrame:
    """Return the list for the table and for CSV: a row per item in the first user's order, columns for each user.

    move is a number of places, above 0 for a rise.
    """
    base = rankings[0].frame
    frame = base[["before", "item_id", "title", "year"]].copy()
    for one in rankings:
        own = one.frame.set_index("item_id").loc[base["item_id"]].reset_index()
        frame[f"after_{one.who}"] = own["after"].to_numpy()
        rise = own["before"].astype("Int64") - own["after"].astype("Int64")
        frame[f"move_{one.who}"] = rise.where(own["known"]).to_numpy()
        if own["score"].notna().any():
            frame[f"score_{one.who}"] = own["score"].to_numpy()
    frame["note"] = ["" if known else NOT_KNOWN for known in base["known"]]
    frame = frame if frame["year"].notna().any() else frame.drop(columns="year")
    return frame if (frame["note"] != "").any() else frame.drop(columns="note")


NOT_KNOWN = "not in the training data: as AWS returns it"
