"""Themes of batch lists: titles made from the metadata that the items of a list share, and nothing else.

AWS writes themes with a language model (Amazon Personalize developer guide, "Themes"); here the title names the one or
two categories of the Items dataset that are most over-represented in the list, and an item's relevance is how much of
that it has: the share of the title's categories that it has, minus their share in the catalogue. Items are in the order
of their relevance, as at AWS.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from services.engine.data.schemas import Field
from services.engine.errors import JobFailed
from services.engine.filters.evaluation import FilterData
from services.engine.filters.values import Test

MAX_LINES = 100
MIN_ITEMS = 2
"""Items of a list that must share a category before it may be in the title."""
MAX_CATEGORIES = 50
"""Distinct categories of a list that are compared with the catalogue."""


@dataclass(frozen=True)
class Theme:
    """The theme of one list."""

    title: str
    item_ids: tuple[str, ...]
    """Most relevant first."""
    relevance: tuple[float, ...]


class Themes:
    """Makes the themes of one job; the shares of categories in the catalogue are counted once."""

    def __init__(self, data: FilterData) -> None:
        """Raises JobFailed when the group has no Items dataset with categories."""
        schema = data.schemas.get("Items")
        self._fields = [field for field in schema or () if field.categorical]
        if data.items is None or not self._fields:
            raise JobFailed("Themes are made from categories, and the Items dataset has none. Import items with some.")
        self._data, self._items = data, data.items
        self._shares: dict[tuple[str, str], float] = {}

    def of(self, item_ids: Sequence[str]) -> Theme:
        """Return the theme of a list; without anything shared the title says so and relevance is 0."""
        had = {item: self._categories(item) for item in item_ids}
        counts = Counter(category for categories in had.values() for category in categories)
        lifted = {
            category: count / len(item_ids) - self._share(category)
            for category, count in counts.most_common(MAX_CATEGORIES)
            if count >= MIN_ITEMS
        }
        best = sorted((one for one in lifted if lifted[one] > 0), key=lambda one: (-lifted[one], one))[:2]
        if not best:
            return Theme("Nothing in common", tuple(item_ids), (0.0,) * len(item_ids))
        expected = sum(map(self._share, best)) / len(best)
        relevance = {item: sum(one in had[item] for one in best) / len(best) - expected for item in item_ids}
        ordered = sorted(item_ids, key=lambda item: -relevance[item])
        title = " and ".join(value for _, value in best)
        return Theme(title[:1].upper() + title[1:], tuple(ordered), tuple(relevance[item] for item in ordered))

    def _categories(self, item_id: str) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        for field in self._fields:
            cell = self._items.cell(field, item_id)
            if isinstance(cell, tuple):
                found |= {(field.name, value) for value in cell}
        return found

    def _share(self, category: tuple[str, str]) -> float:
        """Return the share of the catalogue that has a category."""
        if category not in self._shares:
            field = self._field(category[0])
            mask = self._items.mask(field, Test("IN", (category[1],)))
            self._shares[category] = float(mask.mean()) if len(mask) else 0.0
        return self._shares[category]

    def _field(self, name: str) -> Field:
        return next(field for field in self._fields if field.name == name)
