"""Baselines of aws-hrnn-coldstart: closed forms that rank items without events from their columns alone.

Random; popularity predicted from features, one list for all users; one ridge regression per user of what they had on
features, in which all users share one inverse. A category is a feature, the k categories of one cell weigh 1/sqrt(k)
each; a number lies between two quantiles and is shared between them. Ridges were chosen on the validation split of
benchmarks.cold_start.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.laboratory.columns import item_fields
from services.library.columns import ITEM_ID, USER_ID, split_categories
from services.screens.cold_start.split import HeldOut

RANDOM, POPULARITY, RIDGE_OF_A_USER = "random", "popularity", "ridge"
RIDGE = 10.0
POPULARITY_RIDGE = 1.0
MIN_ITEMS = 2
"""Known items that a category needs to become a feature."""
N_KNOTS = 15
MAX_CELLS = 60_000_000
"""Of items times features; the rarest categories are left out to stay below it."""

Floats = NDArray[np.float32]


def predicted_popularity(known: Floats, n_people: NDArray[np.int64], new: Floats) -> Floats:
    """Return float32 (n_new,): log-popularity by ridge regression of the number of people that had each known item.

    known is float32 (n_known, n_features), n_people int64 (n_known,), new float32 (n_new, n_features).
    """
    design = np.column_stack([known, np.ones(len(known), np.float32)]).astype(np.float64)
    inner = design.T @ design + POPULARITY_RIDGE * np.eye(design.shape[1])
    weights = np.linalg.solve(inner, design.T @ np.log1p(n_people))
    return np.asarray(np.column_stack([new, np.ones(len(new), np.float32)]) @ weights, np.float32)


def ridge_item_weights(known: Floats, new: Floats) -> Floats:
    """Return float32 (n_new, n_features): multiplied by the summed features of a user's items it is that user's score.

    known is float32 (n_known, n_features), all items that have events; new is float32 (n_new, n_features).
    """
    design = known.astype(np.float64)
    inverse = np.linalg.inv(design.T @ design + RIDGE * np.eye(design.shape[1]))
    return np.asarray(new @ inverse, np.float32)


@dataclass(frozen=True)
class Baselines:
    """The features of one split, and the baselines' lists."""

    held_out: HeldOut
    columns: tuple[str, ...]
    features: Floats
    """float32 (n_items, n_features), in the order of held_out.items."""

    @classmethod
    def of(cls, held_out: HeldOut, columns: Sequence[str] | None = None) -> "Baselines":
        """Return the baselines over these item columns, by default all that a recipe learns from."""
        fields = [field for field in item_fields(held_out.schemas["Items"]) if field.trains]
        fields = [field for field in fields if columns is None or field.name in columns]
        known = held_out.items[ITEM_ID].isin(held_out.interactions[ITEM_ID].unique()).to_numpy()
        max_categories = max(1, MAX_CELLS // max(len(known), 1) // max(len(fields), 1))
        parts = [
            _categories(held_out.items[field.name], known, max_categories)
            if field.categorical
            else _numbers(held_out.items[field.name], known)
            for field in fields
        ]
        empty = np.zeros((len(known), 0), np.float32)
        return cls(held_out, tuple(field.name for field in fields), np.concatenate([empty, *parts], axis=1))

    def lists(self, method: str, n: int) -> dict[str, list[str]]:
        """Return n new items for every asked user, best first, by RANDOM, POPULARITY or RIDGE_OF_A_USER."""
        new_ids = np.array(self.held_out.new_items, dtype=object)
        n = min(n, len(new_ids))
        if method == RANDOM:
            rng = np.random.default_rng([self.held_out.seed, 7])
            return {u: rng.permutation(new_ids)[:n].tolist() for u in self.held_out.asked}
        if method == POPULARITY:
            place = self._places(self.held_out.new_items)
            known, counts = self._met()
            scores = predicted_popularity(self.features[known], counts, self.features[place])
            best = new_ids[np.argsort(-scores, kind="stable")[:n]].tolist()
            return dict.fromkeys(self.held_out.asked, best)
        return self._by_user_ridge(new_ids, n)

    def _by_user_ridge(self, new_ids: NDArray[np.object_], n: int) -> dict[str, list[str]]:
        known, _ = self._met()
        weights = ridge_item_weights(self.features[known], self.features[self._places(self.held_out.new_items)])
        lists = {}
        for user in self.held_out.asked:
            profile = self.features[self._places(list(dict.fromkeys(self.held_out.known[user])))].sum(0)
            lists[user] = new_ids[np.argsort(-(weights @ profile), kind="stable")[:n]].tolist()
        return lists

    def _places(self, item_ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the rows of items; items without a record are left out."""
        row = self._row
        return np.array([row[item] for item in item_ids if item in row], np.int64)

    def _met(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows of items that have events, and the number of people that had each."""
        pairs = self.held_out.interactions[[USER_ID, ITEM_ID]].drop_duplicates()
        counts = pairs[ITEM_ID].value_counts()
        place = np.array([self._row.get(item, -1) for item in counts.index], np.int64)
        return place[place >= 0], np.asarray(counts.to_numpy()[place >= 0], np.int64)

    @cached_property
    def _row(self) -> dict[str, int]:
        return {item: row for row, item in enumerate(self.held_out.items[ITEM_ID])}


def _categories(column: pd.Series, known: NDArray[np.bool_], max_categories: int) -> Floats:
    """Return float32 (n_items, n_categories): those that at least two known items have."""
    cells = [split_categories(cell) for cell in column]
    exploded = pd.Series(cells, dtype=object).explode().dropna()
    counts = exploded[known[exploded.index]].value_counts()
    names = counts[counts >= MIN_ITEMS].index[:max_categories]
    code = {str(name): number for number, name in enumerate(names)}
    rows = np.zeros((len(cells), len(code)), np.float32)
    for row, cell in enumerate(cells):
        for name in cell:
            if name in code:
                rows[row, code[name]] = 1 / np.sqrt(len(cell))
    return rows


def _numbers(column: pd.Series, known: NDArray[np.bool_]) -> Floats:
    """Return float32 (n_items, n_knots): each number shared between the two quantiles around it, empty cells zero."""
    values = pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    seen = values[known & np.isfinite(values)]
    if not len(seen):
        return np.zeros((len(values), 0), np.float32)
    knots = np.unique(np.quantile(seen, np.linspace(0, 1, N_KNOTS)))
    rows = np.zeros((len(values), len(knots)), np.float32)
    given = np.flatnonzero(np.isfinite(values))
    inside = np.clip(values[given], knots[0], knots[-1])
    upper = np.clip(np.searchsorted(knots, inside), 1, max(len(knots) - 1, 1)) if len(knots) > 1 else None
    if upper is None:
        rows[given, 0] = 1
        return rows
    share = (inside - knots[upper - 1]) / (knots[upper] - knots[upper - 1])
    rows[given, upper - 1] = 1 - share
    rows[given, upper] = share
    return rows
