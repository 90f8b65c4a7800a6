"""Similar items: the neighbours that a campaign of aws-sims gives an item, each with its evidence from the loaded data.

The list is GetRecommendations' answer for an itemId and nothing else; AWS gives no scores and no reasons for it. The
evidence beside it is counted here: people who had both, what chance would give (the product of the two shares), and
what the items have in common.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.library.catalog import Catalog
from services.library.cooccurrence import Cooccurrence
from services.screens.similar.agreement import Categories
from services.screens.similar.formula import SimsFormula

POPULAR = "popular"
THIN = 5
"""Fewer users in common than this is thin evidence."""

KNOWN = (
    (("Halloween", 1978),),
    (("The Little Mermaid", 1989), ("Little Mermaid, The", 1989), ("Aladdin", 1992), ("Beauty and the Beast", 1991)),
)
"""The items to begin with, where the catalogue has them."""
KNOWN_BY = 30
"""How many users must have had them."""
LOOKED_THROUGH = 100
NEAR = 20
FULL = 10
"""Otherwise: the items that most users had, and of those the ones with the longest lists, up to ten."""

NEIGHBOUR_COLUMNS = (
    "rank",
    "item_id",
    "title",
    "year",
    "label",
    "both",
    "with_cause",
    "with_neighbour",
    "expected",
    "lift",
    "common",
    "agrees",
    "thin",
    "filler",
    "image",
    "maker",
)
"""Of SeedItem.frame. both, with_cause, with_neighbour: people; expected: people with both if the two had nothing to do
with each other; lift: both / expected, NaN where nothing is expected; common: categories of both; filler: by the
recipe's own rules no neighbour, so a popular item that fills up the list."""


@dataclass(frozen=True)
class SeedItem:
    """An item that a campaign was asked about, and its neighbours."""

    item_id: str
    label: str
    frame: pd.DataFrame
    n_people: int
    """How many users had the item."""
    n_active: int
    """Number of users with any event."""
    chance_agree: float
    """Share of the listable items that have a category in common with this one."""
    category: str | None
    """The item's category that its neighbours have most beyond chance; None without any in common."""
    n_category: int
    """How many neighbours have it."""
    chance_category: float
    """Share of the listable items that have it."""

    @property
    def n_items(self) -> int:
        """Length of the list."""
        return len(self.frame)

    @property
    def n_agree(self) -> int:
        """How many neighbours have a category in common with the item."""
        return int(self.frame["agrees"].sum())

    @property
    def median_both(self) -> float:
        """Users in common with the middle neighbour."""
        return float(self.frame["both"].median()) if self.n_items else 0.0

    @property
    def n_fillers(self) -> int:
        """How many places are popular items that fill up a list of too few neighbours."""
        return int(self.frame["filler"].sum())

    @property
    def only_popular(self) -> bool:
        """Whether no place is a neighbour."""
        return self.n_items > 0 and self.n_fillers == self.n_items


class NeighbourEvidence:
    """Evidence for neighbours from the loaded data."""

    def __init__(
        self,
        catalog: Catalog,
        counted: Cooccurrence,
        listable: NDArray[np.bool_],
        least_people: int,
        chances: float = 0.0,
    ) -> None:
        """counted numbers items as catalog.ids; listable, bool (n_items,), says which may be neighbours.

        least_people: people that two neighbours have in common at least; 0 where the recipe does not go by them alone.
        Neighbours have more than this many chances' worth of people in common: min(1, twice the discount).
        """
        self._catalog = catalog
        self._row = {item_id: row for row, item_id in enumerate(catalog.ids)}
        self._counted = counted
        self._listable = listable
        self._least_people = least_people
        self._chances = chances

    @property
    def n_active(self) -> int:
        """Number of users with any event."""
        return self._counted.n_active

    def n_people(self, item_id: str) -> int:
        """Return how many users had an item, 0 for an unknown one."""
        row = self._row.get(item_id)
        return 0 if row is None else int(self._counted.n_people[row])

    def together(self, item_id: str, others: Sequence[str]) -> list[int]:
        """Return how many users had the item and each of the others."""
        row = self._row.get(item_id)
        both = np.zeros(self._counted.n_items, np.int64) if row is None else self._counted.together(row)
        return [int(both[self._row[other]]) if other in self._row else 0 for other in others]

    def seed(self, item_id: str, neighbours: Sequence[str], categories: Categories) -> SeedItem:
        """Return the item and its neighbours, in their order, with the evidence for each."""
        row = self._row.get(item_id)
        frame = self._catalog.frame(neighbours)
        own, n_active = self.n_people(item_id), max(1, self.n_active)
        frame["rank"] = range(1, len(frame) + 1)
        frame["both"] = self.together(item_id, neighbours)
        frame["with_cause"] = own
        frame["with_neighbour"] = [self.n_people(other) for other in neighbours]
        frame["expected"] = own * frame["with_neighbour"].astype(float) / n_active
        frame["lift"] = (frame["both"] / frame["expected"]).where(frame["expected"] > 0)
        common = [
            tuple(sorted(categories.common(row, self._row[other]))) if row is not None and other in self._row else ()
            for other in neighbours
        ]
        frame["common"] = pd.Series(common, index=frame.index, dtype=object)
        frame["agrees"] = [bool(names) for names in common]
        frame["thin"] = frame["both"] < THIN
        listable = [other in self._row and bool(self._listable[self._row[other]]) for other in neighbours]
        if self._least_people:
            unrelated = (frame["both"] < self._least_people) | (frame["both"] <= self._chances * frame["expected"])
            frame["filler"] = unrelated | ~pd.Series(listable, dtype=bool)
        else:
            frame["filler"] = row is None  # an unknown item gets bestsellers; what it knows, by whatever it knows
        share_one, _ = (0.0, 0.0) if row is None else categories.chance(row, self._listable)
        name, number, chance = self._telling(common, categories)
        return SeedItem(
            item_id=item_id,
            label=self._catalog.label(item_id),
            frame=frame[list(NEIGHBOUR_COLUMNS)],
            n_people=own,
            n_active=self.n_active,
            chance_agree=share_one,
            category=name,
            n_category=number,
            chance_category=chance,
        )

    def _telling(self, common: Sequence[tuple[str, ...]], categories: Categories) -> tuple[str | None, int, float]:
        """Return the shared category that exceeds chance by most neighbours, their number, and its share by chance."""
        numbers = pd.Series([name for names in common for name in names], dtype="str").value_counts()
        rows = [
            (
                int(number) - len(common) * (chance := categories.share_of(str(name), self._listable)),
                number,
                name,
                chance,
            )
            for name, number in numbers.items()
        ]
        if not rows:
            return None, 0, 0.0
        _, number, name, chance = max(rows, key=lambda row: (row[0], row[1], str(row[2])))
        return str(name), int(number), chance


def shared(one: SeedItem, other: SeedItem) -> int:
    """Return how many items both lists hold."""
    return len(set(one.frame["item_id"]) & set(other.frame["item_id"]))


def first_seeds(catalog: Catalog, formula: SimsFormula, discount: float) -> tuple[str | None, str | None]:
    """Return the two items to begin with: a horror film and a film for children that everybody knows, where the
    catalogue has them with enough users, else two with a full list and no category in common."""
    one, other = (next(filter(None, (_titled(catalog, *film) for film in films)), None) for films in KNOWN)
    if one and other:
        return one, other
    people = formula.counted.n_people
    order = [row for row in np.argsort(-people, kind="stable")[:LOOKED_THROUGH].tolist() if people[row] > 0]
    order.sort(key=lambda row: -len(formula.nearest(row, discount, FULL)))  # of equal length: most people first
    ids = [catalog.ids[row] for row in order]
    one = one or next(iter(ids), None)
    if one is None or other is not None:
        return one, other
    own = set(catalog.categories(one))
    rest = [item_id for item_id in ids if item_id != one]
    return one, next((i for i in rest[:NEAR] if own.isdisjoint(catalog.categories(i))), next(iter(rest), None))


def _titled(catalog: Catalog, title: str, year: int) -> str | None:
    hits = catalog.search(f"{title} {year}", limit=20)
    known = hits[(hits["title"] == title) & (hits["year"] == year) & (hits["n_people"] >= KNOWN_BY)]
    return str(known["item_id"].iloc[0]) if len(known) else None


def table_frame(seed: SeedItem, categories_name: str) -> pd.DataFrame:
    """Return a seed item's neighbours for the table and CSV, in plain columns; categories under their own name."""
    columns = ["rank", "item_id", "title", "year", "both", "with_cause", "with_neighbour", "expected", "lift"]
    frame = seed.frame[[*columns, "common"]].copy()
    frame["note"] = notes(seed)
    frame = frame.rename(columns={"common": f"{categories_name}_in_common"})
    return frame if frame["year"].notna().any() else frame.drop(columns="year")


def notes(seed: SeedItem) -> list[str]:
    """Return the note on each place: "popular" for fillers, "thin" for thin evidence, or ""."""
    return [
        POPULAR if filler else "thin" if thin else ""
        for filler, thin in zip(seed.frame["filler"], seed.frame["thin"], strict=True)
    ]


def both_tables(seeds: Sequence[SeedItem], categories_name: str) -> pd.DataFrame:
    """Return the tables of all seed items under one another for one CSV file; the first columns name the seed item."""
    frames = []
    for seed in seeds:
        frame = table_frame(seed, categories_name)
        frame.insert(0, "cause", seed.label)
        frame.insert(0, "cause_id", seed.item_id)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)
