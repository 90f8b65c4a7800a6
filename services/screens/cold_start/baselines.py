"""What else can place items that nobody has met, from their columns alone: closed forms beside aws-hrnn-coldstart.

Random; popularity predicted from features, one list for everybody; one ridge regression a person of what they had on
features, in which all people share one inverse. A category is a feature, the k categories of one cell weigh 1/sqrt(k)
each; a number lies between two quantiles and is shared between them. Ridges were chosen on the validation split of
benchmarks.cold_start.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.library.columns import CREATION_TIMESTAMP, ITEM_ID, USER_ID, split_categories
from services.screens.cold_start.split import HeldOut, tells

RANDOM, POPULARITY, RIDGE_OF_A_USER = "random", "popularity", "ridge"
RIDGE = 10.0
POPULARITY_RIDGE = 1.0
LEAST = 2
"""Known items that must have a category before anything can be learned from it."""
N_KNOTS = 15
MOST_CELLS = 60_000_000
"""Of items times features; beyond it the rarest categories are left out."""

Floats = NDArray[np.float32]


def promised_popularity(known: Floats, n_people: NDArray[np.int64], new: Floats) -> Floats:
    """Return float32 (n_new,): log-popularity by ridge regression of how many people had each known item.

    known is float32 (n_known, n_features), n_people int64 (n_known,), new float32 (n_new, n_features).
    """
    design = np.column_stack([known, np.ones(len(known), np.float32)]).astype(np.float64)
    inner = design.T @ design + POPULARITY_RIDGE * np.eye(design.shape[1])
    weights = np.linalg.solve(inner, design.T @ np.log1p(n_people))
    return np.asarray(np.column_stack([new, np.ones(len(new), np.float32)]) @ weights, np.float32)


def told_by_user_ridge(known: Floats, new: Floats) -> Floats:
    """Return float32 (n_new, n_features): times the sum of the features of a person's items it is that person's score.

    known is float32 (n_known, n_features), all items that somebody had; new is float32 (n_new, n_features).
    """
    design = known.astype(np.float64)
    inverse = np.linalg.inv(design.T @ design + RIDGE * np.eye(design.shape[1]))
    return np.asarray(new @ inverse, np.float32)


@dataclass(frozen=True)
class Peers:
    """The features of one split, and the lists that closed forms make of them."""

    held_out: HeldOut
    columns: tuple[str, ...]
    features: Floats
    """float32 (n_items, n_features), in the order of held_out.items."""

    def lists(self, method: str, n: int) -> dict[str, list[str]]:
        """Return n new items a person of the asked ones, best first, by RANDOM, POPULARITY or RIDGE_OF_A_USER."""
        new_ids = np.array(self.held_out.new_items, dtype=object)
        n = min(n, len(new_ids))
        if method == RANDOM:
            rng = np.random.default_rng([self.held_out.seed, 7])
            return {u: rng.permutation(new_ids)[:n].tolist() for u in self.held_out.asked}
        if method == POPULARITY:
            place = self._places(self.held_out.new_items)
            known, counts = self._met()
            scores = promised_popularity(self.features[known], counts, self.features[place])
            best = new_ids[np.argsort(-scores, kind="stable")[:n]].tolist()
            return dict.fromkeys(self.held_out.asked, best)
        return self._by_user_ridge(new_ids, n)

    def _by_user_ridge(self, new_ids: NDArray[np.object_], n: int) -> dict[str, list[str]]:
        known, _ = self._met()
        promised = told_by_user_ridge(self.features[known], self.features[self._places(self.held_out.new_items)])
        found = {}
        for user in self.held_out.asked:
            profile = self.features[self._places(list(dict.fromkeys(self.held_out.known[user])))].sum(0)
            found[user] = new_ids[np.argsort(-(promised @ profile), kind="stable")[:n]].tolist()
        return found

    def _places(self, item_ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the rows of items; an item of which nothing is known has none and is left out."""
        row = self._row
        return np.array([row[item] for item in item_ids if item in row], np.int64)

    def _met(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows of items that somebody had, and how many people had each."""
        pairs = self.held_out.interactions[[USER_ID, ITEM_ID]].drop_duplicates()
        counts = pairs[ITEM_ID].value_counts()
        place = np.array([self._row.get(item, -1) for item in counts.index], np.int64)
        return place[place >= 0], np.asarray(counts.to_numpy()[place >= 0], np.int64)

    @cached_property
    def _row(self) -> dict[str, int]:
        return {item: row for row, item in enumerate(self.held_out.items[ITEM_ID])}


def peers(held_out: HeldOut, columns: Sequence[str] | None = None) -> Peers:
    """Return the closed forms over these item columns, by default all that tell something."""
    fields = [f for f in json.loads(held_out.schemas["Items"])["fields"] if f["name"] not in NOT_TOLD]
    chosen = [f["name"] for f in fields if tells(f) and (columns is None or f["name"] in columns)]
    categorical = {f["name"] for f in fields if f.get("categorical")}
    known = held_out.items[ITEM_ID].isin(held_out.interactions[ITEM_ID].unique()).to_numpy()
    room = max(1, MOST_CELLS // max(len(known), 1) // max(len(chosen), 1))
    parts = [
        _categories(held_out.items[name], known, room) if name in categorical else _numbers(held_out.items[name], known)
        for name in chosen
    ]
    empty = np.zeros((len(known), 0), np.float32)
    return Peers(held_out, tuple(chosen), np.concatenate([empty, *parts], axis=1))


NOT_TOLD = (ITEM_ID, CREATION_TIMESTAMP)


def _categories(column: pd.Series, known: NDArray[np.bool_], most: int) -> Floats:
    """Return float32 (n_items, n_categories): those that at least two known items have."""
    cells = [split_categories(cell) for cell in column]
    exploded = pd.Series(cells, dtype=object).explode().dropna()
    counts = exploded[known[exploded.index]].value_counts()
    names = counts[counts >= LEAST].index[:most]
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
