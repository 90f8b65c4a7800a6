"""What is known of every person at one moment, and the features by which a set of items is theirs.

A person's taste is the recency-weighted sum of their items in the leading directions of the matrix of people by items
(recipes/hrnn_coldstart/two_step_ridge.py: shrunk singular values, as in Cremonesi, Koren and Turrin 2010, "Performance
of recommender algorithms on top-N recommendation tasks", PureSVD). For a set of items, one or many, the features of a
person are whether they had some of them, how much of their past and of the predicted rest falls on them, how active and
how recent they are, and how popular the set is. calibration.py turns features into probabilities.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Histories, Ints, Longs

HORIZON = 30.0
"""Events after which an item's weight in a taste is 1 / e."""
SHARE_PRIOR = 5.0
"""Events by which a person's own share of a set is shrunk to everybody's."""
# Totals are no features: they grow with the data, so coefficients of an earlier moment would not hold at a later one.
FEATURES = (
    "constant",
    "popularity of the set",
    "events in the newest period",
    "events in a period, on average",
    "periods since the last event",
    "had some of the set",
    "own share against everybody's",
    "taste",
    "taste, squared",
)
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Known:
    """Every person's taste and past at one moment."""

    tastes: Floats
    """float32 (n_users, rank)."""
    directions: Floats
    """float32 (n_items, rank); zeros for items without events."""
    item_offsets: Longs
    """int64 (n_items + 1,): the events of item i are rows item_offsets[i]:item_offsets[i + 1] of users."""
    users: Ints
    """int32 (n_events,): user_index."""
    activity: Floats
    """float32 (n_users, 3): each person's events in the newest period, their mean in a period since the first, and the
    periods since the last event, the greatest where there is none; log(1 + x) of each."""

    @property
    def n_users(self) -> int:
        return len(self.tastes)

    @property
    def n_items(self) -> int:
        return len(self.directions)

    def counts(self) -> Longs:
        """Return the events of each item, int64 (n_items,)."""
        return np.diff(self.item_offsets)

    def features(self, items: Ints) -> Doubles:
        """Return float64 (n_users, len(FEATURES)) for a set of items."""
        rows = np.concatenate([np.arange(self.item_offsets[i], self.item_offsets[i + 1]) for i in items.tolist()])
        times_had = np.bincount(self.users[rows.astype(np.int64)], minlength=self.n_users).astype(np.float64)
        n_events = np.bincount(self.users, minlength=self.n_users).astype(np.float64)
        share = len(rows) / max(len(self.users), 1)
        own = (times_had + SHARE_PRIOR * share) / (n_events + SHARE_PRIOR)
        taste = (self.tastes @ self.directions[items].sum(axis=0)).astype(np.float64)
        scaled = np.clip(np.arcsinh(taste / max(float(taste.std()), 1e-12)), -6, 6)
        columns = (
            np.ones(self.n_users),
            np.full(self.n_users, np.log(max(share, 1e-9))),
            *self.activity.astype(np.float64).T,
            (times_had > 0).astype(np.float64),
            np.log(np.maximum(own, 1e-9) / max(share, 1e-9)),
            scaled,
            scaled**2,
        )
        return np.stack(columns, axis=1)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the fields by name."""
        return dict(vars(self))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Known":
        return cls(*(arrays[name] for name in ("tastes", "directions", "item_offsets", "users", "activity")))


def known_at(histories: Histories, moment: int, period_s: int, rank: int) -> Known:
    """Return what these histories, all of them before the moment, tell."""
    from scipy import sparse

    from services.engine.recipes.hrnn_coldstart.two_step_ridge import item_tastes

    trained = np.unique(histories.items).astype(np.int32)
    directions = np.zeros((histories.n_items, rank), np.float32)
    tastes = np.zeros((histories.n_users, rank), np.float32)
    users = np.repeat(np.arange(histories.n_users), histories.lengths()).astype(np.int32)
    if len(trained):
        of_trained, shrunk = item_tastes(histories, trained, rank)
        directions[trained] = of_trained
        steps = np.repeat(histories.offsets[1:], histories.lengths()) - 1 - np.arange(histories.n_events)
        weights = np.exp(-steps / HORIZON).astype(np.float32)
        cells = (weights, (users, np.searchsorted(trained, histories.items)))
        recent = sparse.csr_matrix(cells, shape=(histories.n_users, len(trained)))
        tastes = np.asarray(recent @ shrunk, np.float32)
    order = np.argsort(histories.items, kind="stable")
    counts = np.bincount(histories.items, minlength=histories.n_items)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Known(tastes, directions, offsets, users[order], _activity(histories, users, moment, period_s))


def _activity(histories: Histories, users: Ints, moment: int, period_s: int) -> Floats:
    lengths = histories.lengths()
    present = lengths > 0
    newest = histories.timestamps >= moment - period_s
    recent = np.bincount(users[newest], minlength=histories.n_users)
    first, last = histories.offsets[:-1][present], histories.offsets[1:][present] - 1
    n_periods, ages = np.ones(histories.n_users), np.zeros(histories.n_users)
    n_periods[present] = np.maximum((moment - histories.timestamps[first]) / max(period_s, 1), 1.0)
    ages[present] = np.maximum((moment - histories.timestamps[last]) / max(period_s, 1), 0.0)
    ages[~present] = ages.max(initial=0)
    activity: Floats = np.log1p(np.stack([recent, lengths / n_periods, ages], axis=1)).astype(np.float32)
    return activity
