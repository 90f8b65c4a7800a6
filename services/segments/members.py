"""Who belongs to a segment: every column of the users as values that can be chosen, and the people who have them.

A column of numbers with many values is cut into its quarters. Cells with several values count for each.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.library.columns import SEPARATOR, USER_ID
from services.library.people import LONG, NEW, SHORT, People
from services.library.store import LoadedData
from services.segments.saved import Condition, Segment

HISTORY = "history"
"""Stands for a column: how much a user has had."""
MAX_VALUES = 200
"""Values of a column that can be chosen, those of most people first."""
MANY_NUMBERS = 20
"""A column of numbers with more values is cut into quarters."""
BETWEEN, TO = ": ", " to "
_NUMBER = r"-?[\d.]+(?:e[+-]?\d+)?"


class Members:
    """The users of one version of data, by the values of their columns."""

    def __init__(self, data: LoadedData, people: People) -> None:
        self._data, self._people = data, people

    @cached_property
    def ids(self) -> list[str]:
        """All user ids, in order."""
        return self._people.ids()

    @property
    def columns(self) -> list[str]:
        """What can be chosen by: how much a user has had, then the users' columns as screens write them."""
        return [HISTORY, *self._columns]

    def values(self, column: str) -> list[tuple[str, int]]:
        """Return the values of a column with their users, most first; numbers in order. [] for an unknown column."""
        if column == HISTORY:
            return [(name, len(self._people.ids(name))) for name in (LONG, SHORT, NEW)]
        if column not in self._columns:
            return []
        counts = self._cells(column).value_counts(sort=not self._is_cut(column))
        return [(str(value), int(n)) for value, n in counts.items() if n][:MAX_VALUES]

    def users(self, conditions: Iterable[Condition]) -> list[str]:
        """Return the users who fit all conditions, in order; a column that is gone fits nobody."""
        fits: NDArray[np.bool_] = np.ones(len(self.ids), bool)
        for condition in conditions:
            fits &= self._fits(condition)
        return [self.ids[row] for row in np.flatnonzero(fits).tolist()]

    def of(self, segment: Segment) -> list[str]:
        """Return the users of a segment, in order."""
        return self.users(segment.conditions)

    def choices(self) -> dict[str, Condition]:
        """Return every value of every column by its words: "newsletter: ja"; history alone: "long history"."""
        found = {name: Condition(HISTORY, (name,)) for name, _ in self.values(HISTORY)}
        for column in self._columns:
            found |= {f"{column}{BETWEEN}{value}": Condition(column, (value,)) for value, _ in self.values(column)}
        return found

    def _fits(self, condition: Condition) -> NDArray[np.bool_]:
        if condition.column == HISTORY:
            members = {user for name in condition.values for user in self._people.ids(name)}
            return np.array([user in members for user in self.ids], bool)
        if condition.column not in self._columns:
            return np.zeros(len(self.ids), bool)
        if self._is_cut(condition.column):
            numbers = self._frame[self._columns[condition.column]].dropna()
            rows = numbers.index.to_numpy(np.int64)[_within(numbers, condition.values)]
        else:
            cells = self._cells(condition.column)
            rows = cells.index[cells.astype(str).isin(condition.values)].to_numpy(np.int64)
        fits = np.zeros(len(self.ids), bool)
        fits[rows] = True
        return fits

    @cached_property
    def _columns(self) -> dict[str, str]:
        """The users' columns by the words of screens."""
        given = [str(name) for name in self._frame.columns if name != self._data.roles.user_name]
        return {_words(name): name for name in given if self._frame[name].nunique() > 1}

    @cached_property
    def _frame(self) -> pd.DataFrame:
        users = self._data.users()
        if users is None:
            return pd.DataFrame(index=range(len(self.ids)))
        frame = users.drop_duplicates(USER_ID, keep="last").set_index(USER_ID).reindex(self.ids)
        return frame.reset_index(drop=True)

    def _is_cut(self, column: str) -> bool:
        cells = self._frame[self._columns[column]]
        return pd.api.types.is_numeric_dtype(cells) and cells.nunique() > MANY_NUMBERS

    def _cells(self, column: str) -> "pd.Series[str]":
        """Return a value for each row of ids that has one; a cell with several has as many."""
        cells = self._frame[self._columns[column]].dropna()
        if self._is_cut(column):
            return _quarters(cells)
        if pd.api.types.is_bool_dtype(cells):
            return cells.map({True: "yes", False: "no"})
        if pd.api.types.is_numeric_dtype(cells):
            return cells.map(lambda value: f"{value:g}")
        several = cells.astype(str).str.split(SEPARATOR).explode().str.strip()
        return several[several != ""]


def _quarters(cells: "pd.Series[float]") -> "pd.Series[str]":
    """Return "18 to 29" for every number: the quarters of the values, in order."""
    edges = np.unique(np.quantile(cells, [0, 0.25, 0.5, 0.75, 1])).tolist()
    if len(edges) < 3:
        return cells.map(lambda value: f"{value:g}")
    names = [f"{low:g}{TO}{high:g}" for low, high in pairwise(edges)]
    places = np.clip(np.searchsorted(edges, cells.to_numpy(np.float64), side="left") - 1, 0, len(names) - 1)
    cut = pd.Categorical([names[place] for place in places.tolist()], names, ordered=True)
    return pd.Series(cut, index=cells.index)


def _within(cells: "pd.Series[float]", ranges: Sequence[str]) -> NDArray[np.bool_]:
    """Return which numbers are in one of these ranges, "18 to 29": above the first number, which the lowest includes.

    A saved range stays what it was when the quarters of newer data have other ends.
    """
    numbers = cells.to_numpy(np.float64)
    fits = np.zeros(len(numbers), bool)
    for text in ranges:
        ends = re.fullmatch(f"({_NUMBER}){TO}({_NUMBER})", text)
        low, high = map(float, ends.groups()) if ends else (np.nan, np.nan)
        fits |= (numbers > low) & (numbers <= high) | (numbers == low) & (low <= numbers.min(initial=np.inf))
    return fits


def _words(column: str) -> str:
    return column.replace("_", " ").lower()
