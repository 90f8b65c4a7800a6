"""What items can have in common, read from the data's own columns: a series, who made them, who is in them, categories.

A trait is as telling as it is rare: it says as many bits as the catalogue must be halved to reach its items. One
category that most items have says next to nothing, two together say more. Without a column for series, numbered titles
("Rocky II", "Star Wars: Episode V") tell which items belong together.
"""

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import Literal

import numpy as np
import pandas as pd

from services.library.columns import ITEM_ID, MAKER_COLUMN, ColumnRoles, split_categories

Kind = Literal["series", "by", "with", "category", "together"]
"""together: no column, but the same people had both items."""
SERIES_COLUMN = re.compile(r"series|franchise|collection|saga|album", re.IGNORECASE)
MIN_ITEMS = 2
MAX_SHARE = 0.5
"""A trait of more than this share of all items says nothing of two of them."""
MAX_PAIRED = 6
"""Of so many categories of one item pairs are made."""
_PART = re.compile(
    r"(?:[:,\-]?\s*\b(?:part|episode|chapter|volume|vol\.?)\b.*|\s+(?:[ivx]{1,5}|\d{1,2})(?:\s*[:\-].*)?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Trait:
    """Something that items have in common."""

    kind: Kind
    column: str
    """"" where no column says it."""
    values: tuple[str, ...]
    """One value, or two of a column with several for each item; the other item for together."""


class _Column:
    """One column's values by item, and which items have each value."""

    def __init__(self, kind: Kind, name: str, cells: Sequence[tuple[str, ...]]) -> None:
        self.kind = kind
        self.name = name
        self.cells = cells
        lengths = np.array([len(cell) for cell in cells], np.int64)
        codes, values = pd.factorize(np.array([value for cell in cells for value in cell], dtype=object))
        rows = np.repeat(np.arange(len(cells)), lengths)[np.argsort(codes, kind="stable")]
        stops = np.cumsum(np.bincount(codes, minlength=len(values)))
        self._rows = dict(zip(map(str, values), np.split(rows, stops[:-1]), strict=True)) if len(values) else {}

    def n_items(self, values: Sequence[str]) -> int:
        """Return how many items have all these values."""
        rows = [self._rows[value] for value in values]
        return len(rows[0]) if len(rows) == 1 else len(reduce(np.intersect1d, rows))


class Traits:
    """The traits of every item of one version of loaded data."""

    def __init__(self, item_ids: Sequence[str], columns: Sequence[_Column]) -> None:
        self._row = {item_id: row for row, item_id in enumerate(item_ids)}
        self._columns = columns
        self._bits: dict[Trait, float] = {}

    def of(self, item_id: str) -> tuple[Trait, ...]:
        """Return an item's traits that another item has too, and not most items; () for an unknown item."""
        row = self._row.get(item_id)
        if row is None:
            return ()
        found = (trait for column in self._columns for trait in self._of_cell(column, column.cells[row]))
        return tuple(trait for trait in found if self._bits[trait] > 0)

    def bits(self, trait: Trait) -> float:
        """Return how much a trait says of an item: log2 of all items over those that have it."""
        return self._bits.get(trait, 0.0)

    def _of_cell(self, column: _Column, values: tuple[str, ...]) -> Iterator[Trait]:
        alone = [(value,) for value in dict.fromkeys(values)]
        pairs = list(combinations(sorted(set(values[:MAX_PAIRED])), 2)) if column.kind == "category" else []
        for some in [*alone, *pairs]:
            trait = Trait(column.kind, column.name, some)
            if trait not in self._bits:
                n = column.n_items(some)
                telling = MIN_ITEMS <= n <= max(MIN_ITEMS, MAX_SHARE * len(self._row))
                self._bits[trait] = math.log2(len(self._row) / n) if telling else 0.0
            yield trait


def traits(items: pd.DataFrame | None, roles: ColumnRoles, schema: str | None) -> Traits:
    """Read the traits of all items from their columns; without items, or columns that tell, there are none."""
    if items is None or items.empty:
        return Traits([], [])
    items = items.drop_duplicates(ITEM_ID, keep="last")
    columns = [_Column(kind, name, _split(items[name])) for kind, name in _columns(items, roles, schema)]
    if roles.title in items and all(column.kind != "series" for column in columns):
        roots = [title_root(title) for title in items[roles.title]]
        columns.append(_Column("series", "", [(root,) if root else () for root in roots]))
    return Traits([str(item_id) for item_id in items[ITEM_ID]], columns)


def title_root(title: object) -> str:
    """Return what the titles of a series share: "Rocky" for "Rocky II" and for "Rocky"; "" for no text."""
    if not isinstance(title, str):
        return ""
    name = re.sub(r"\s*\(.*?\)", "", title).strip()
    return _PART.sub("", name).strip(" :,-") or name


def _columns(items: pd.DataFrame, roles: ColumnRoles, schema: str | None) -> Iterator[tuple[Kind, str]]:
    """Yield the columns that can say what items have in common, with what they say."""
    fields = json.loads(schema)["fields"] if schema else []
    categorical = [field["name"] for field in fields if field.get("categorical")]
    series = [name for name in items.columns if SERIES_COLUMN.search(name)]
    for name in dict.fromkeys([*series, *roles.people, *roles.categories, *categorical]):
        if name not in items or name in (roles.title, ITEM_ID):
            continue
        kind: Kind = "with" if name in roles.people else "category"
        if MAKER_COLUMN.search(name):
            kind = "by"
        yield ("series" if name in series else kind), name


def _split(cells: pd.Series) -> list[tuple[str, ...]]:
    """Return the values of each cell; equal cells are split once."""
    codes, different = pd.factorize(cells)
    values = [tuple(split_categories(cell)) for cell in different]
    return [values[code] if code >= 0 else () for code in codes.tolist()]
