"""What the popularity discount does: an item's neighbours by the formula at 0, the deployed value, another and 1."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from services.library.catalog import Catalog
from services.lists.moves import ranks
from services.screens.similar.formula import SimsFormula

POINT_COLUMNS = ("item_id", "label", "column", "rank")


@dataclass(frozen=True)
class DiscountView:
    """One item's neighbours under several discounts."""

    deployed: float
    chosen: float
    lists: Mapping[float, tuple[str, ...]]
    """Item ids, best first, by discount; discounts in order."""
    people: Mapping[str, int]
    """How many users had each item of any of the lists."""

    def items(self, discount: float) -> tuple[str, ...]:
        """Return the neighbours at one of the discounts."""
        return self.lists[discount]

    def typical(self, discount: float) -> float | None:
        """Return how many users had the middle neighbour, None without neighbours."""
        numbers = pd.Series([self.people[item_id] for item_id in self.lists[discount]], dtype=float)
        return float(numbers.median()) if len(numbers) else None

    @property
    def deepest(self) -> int:
        """Length of the longest list."""
        return max((len(ids) for ids in self.lists.values()), default=0)

    def column(self, discount: float) -> str:
        """Return the head of a discount's column."""
        return f"{discount:g} deployed" if discount == self.deployed else f"{discount:g}"

    def points(self, catalog: Catalog) -> pd.DataFrame:
        """Return POINT_COLUMNS for every item of any list; rank is NaN where a list lacks it."""
        places = {discount: ranks(ids) for discount, ids in self.lists.items()}
        every = dict.fromkeys(item_id for ids in self.lists.values() for item_id in ids)
        rows = [
            (item_id, catalog.label(item_id), self.column(discount), places[discount].get(item_id))
            for item_id in every
            for discount in self.lists
        ]
        return pd.DataFrame(rows, columns=list(POINT_COLUMNS)).astype({"rank": float})


def discount_view(
    formula: SimsFormula, catalog_ids: Sequence[str], item: int, deployed: float, chosen: float, n: int
) -> DiscountView:
    """Return an item's n neighbours at 0, the deployed, the chosen discount and 1; item is its number."""
    discounts = sorted({0.0, deployed, chosen, 1.0})
    lists, people = {}, {}
    for discount, rows in zip(discounts, formula.nearest_at(item, discounts, n), strict=True):
        lists[discount] = tuple(catalog_ids[row] for row in rows.tolist())
        people.update({catalog_ids[row]: int(formula.n_people[row]) for row in rows.tolist()})
    return DiscountView(deployed, chosen, lists, people)
