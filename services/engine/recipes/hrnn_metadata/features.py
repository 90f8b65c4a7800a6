"""Columns of items, users and events as numbered features, the input of networks and served models.

A category is one feature. The k categories of one cell have the weight 1 / sqrt(k) each, so that an item with five
categories does not count five times. A number (a year, a price, an epoch time) lies between two knots, which are
quantiles of the training data, and is split between them in proportion to its distance: a smooth encoding that needs no
scale, whatever the unit. Empty cells, rare categories and values unknown to training have no feature.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Column, Floats, Ints

MAX_CATEGORIES = 50_000
"""Categories of one column; the most frequent ones are used."""
MAX_VALUES = 16
"""Categories of one cell that are used, in the column's own order."""
N_KNOTS = 15


@dataclass(frozen=True)
class FeatureRows:
    """Rows of features, padded to the same width so that any subset of rows is one slice."""

    ids: Ints
    """int32 (n, width): feature numbers; n_features means no feature."""
    weights: Floats
    """float32 (n, width): 0 for no feature."""

    def take(self, rows: NDArray[Any]) -> "FeatureRows":
        """Return these rows."""
        return FeatureRows(self.ids[rows], self.weights[rows])


@dataclass(frozen=True)
class ColumnSpace:
    """The features of one column."""

    name: str
    first: int
    """Number of its first feature."""
    categories: tuple[str, ...] = ()
    knots: tuple[float, ...] = ()
    """Ascending; empty for a categorical column."""
    width: int = 2
    """Maximum number of features of one cell."""

    @property
    def n_features(self) -> int:
        return len(self.categories) or len(self.knots)


@dataclass(frozen=True)
class FeatureSpace:
    """The features of some columns, learned from the training rows."""

    columns: tuple[ColumnSpace, ...] = ()

    @property
    def n_features(self) -> int:
        return sum(column.n_features for column in self.columns)

    @property
    def width(self) -> int:
        return sum(column.width for column in self.columns)

    def encode(self, columns: Sequence[Column], n_rows: int) -> FeatureRows:
        """Return the features of all rows. Columns are matched by name; an absent column counts as empty."""
        by_name = {column.name: column for column in columns}
        rows = self._empty(n_rows)
        first = 0
        for space in self.columns:
            part = FeatureRows(rows.ids[:, first : first + space.width], rows.weights[:, first : first + space.width])
            column = by_name.get(space.name)
            if column is not None and column.is_categorical == bool(space.categories):
                if space.categories:
                    _fill_categories(space, column, part)
                else:
                    _fill_numbers(space, np.asarray(column.values, np.float64), part)
            first += space.width
        return rows

    def encode_text(self, values: Mapping[str, str]) -> FeatureRows:
        """Return one row from text by column name, as in a request's context; unknown names and values are ignored."""
        columns = [_text_column(space, values[space.name]) for space in self.columns if space.name in values]
        return self.encode(columns, 1)

    def to_config(self) -> list[dict[str, Any]]:
        """Return the space as JSON-able data."""
        return [
            {"name": c.name, "first": c.first, "categories": c.categories, "knots": c.knots, "width": c.width}
            for c in self.columns
        ]

    @classmethod
    def from_config(cls, config: Sequence[Mapping[str, Any]]) -> "FeatureSpace":
        return cls(
            tuple(
                ColumnSpace(c["name"], c["first"], tuple(c["categories"]), tuple(c["knots"]), c["width"])
                for c in config
            )
        )

    def _empty(self, n_rows: int) -> FeatureRows:
        shape = (n_rows, self.width)
        return FeatureRows(np.full(shape, self.n_features, np.int32), np.zeros(shape, np.float32))


def learn_space(columns: Sequence[Column], used: NDArray[np.bool_], min_rows: int = 2) -> FeatureSpace:
    """Return the features of the used rows, bool (n_rows,); a category needs at least min_rows of them."""
    spaces: list[ColumnSpace] = []
    first = 0
    for column in columns:
        space = _categories(column, used, first, min_rows) if column.is_categorical else _knots(column, used, first)
        if space is not None:
            spaces.append(space)
            first += space.n_features
    return FeatureSpace(tuple(spaces))


def _categories(column: Column, used: NDArray[np.bool_], first: int, min_rows: int) -> ColumnSpace | None:
    assert column.offsets is not None
    lengths = np.diff(column.offsets)
    counts = np.bincount(column.values[np.repeat(used, lengths)], minlength=len(column.categories))
    codes = np.flatnonzero(counts >= min_rows)
    codes = np.sort(codes[np.argsort(-counts[codes], kind="stable")][:MAX_CATEGORIES])
    longest = int(lengths[used].max(initial=0))
    if len(codes) == 0:
        return None
    names = tuple(column.categories[code] for code in codes)
    return ColumnSpace(column.name, first, categories=names, width=min(longest, MAX_VALUES))


def _knots(column: Column, used: NDArray[np.bool_], first: int) -> ColumnSpace | None:
    values = np.asarray(column.values[used], np.float64)
    values = values[np.isfinite(values)]
    knots = np.unique(np.quantile(values, np.linspace(0, 1, N_KNOTS))) if len(values) else values
    # a constant column carries no information
    return ColumnSpace(column.name, first, knots=tuple(knots.tolist())) if len(knots) > 1 else None


def _fill_categories(space: ColumnSpace, column: Column, rows: FeatureRows) -> None:
    assert column.offsets is not None
    place = {name: space.first + number for number, name in enumerate(space.categories)}
    numbers = np.asarray([place.get(name, -1) for name in column.categories] or [-1], np.int32)
    row = np.repeat(np.arange(len(rows.ids)), np.diff(column.offsets))
    feature = numbers[column.values] if len(column.values) else np.empty(0, np.int32)
    row, feature = row[feature >= 0], feature[feature >= 0]
    counts = np.bincount(row, minlength=len(rows.ids))
    within = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    fits = within < space.width
    row, feature, within = row[fits], feature[fits], within[fits]
    rows.ids[row, within] = feature
    rows.weights[row, within] = 1 / np.sqrt(np.minimum(counts[row], space.width))


def _fill_numbers(space: ColumnSpace, values: NDArray[np.float64], rows: FeatureRows) -> None:
    known = np.flatnonzero(np.isfinite(values))
    knots = np.asarray(space.knots)
    inside = np.clip(values[known], knots[0], knots[-1])
    left = np.clip(np.searchsorted(knots, inside, side="right") - 1, 0, len(knots) - 2)
    share = (inside - knots[left]) / (knots[left + 1] - knots[left])
    rows.ids[known, 0], rows.ids[known, 1] = space.first + left, space.first + left + 1
    rows.weights[known, 0], rows.weights[known, 1] = 1 - share, share


def _text_column(space: ColumnSpace, text: str) -> Column:
    if space.categories:
        names = tuple(dict.fromkeys(part for part in text.split("|") if part))
        codes = np.arange(len(names), dtype=np.int32)
        return Column(space.name, codes, np.array([0, len(names)], np.int64), names)
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    return Column(space.name, np.array([number], np.float32))
