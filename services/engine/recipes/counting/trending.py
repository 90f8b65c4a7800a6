"""aws-trending-now: the items whose interactions grow most, against their own past.

Documented (Amazon Personalize developer guide, "Trending-Now recipe"): the rate of increase of interactions from one
interval to the next, trend_discovery_frequency, with streamed events counting without a new version; popular items
where there is nothing to compare; the same list for every user. AWS's formula is not public. Ours, for each item:

    past      = people of the earlier intervals, each weighing half for every HALF_LIFE intervals of age, per interval
    expected  = (past + prior) * growth of all items together
    surprise  = sqrt(2 * (now * log(now / expected) - now + expected)), if now is more than expected

so that an item must grow faster than its own past and than everything else, and a few people more of a rare item are no
trend: the prior, PRIOR_PEOPLE, shrinks rates of few events (DuMouchel 1999, "Bayesian data mining in large
frequency tables", The American Statistician 53(3): gamma-Poisson shrinkage); the surprise is that of
cooccurrence.py. Bursts against an item's own base rate: Kleinberg 2003, "Bursty and hierarchical structure in
streams", Data Mining and Knowledge Discovery 7. A person counts once for an item and interval. The newest interval ends
at the newest event, live ones included, so that data of the past has trends too. Items without a surprise follow by
popularity. benchmarks/current_trending.py measures.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import (
    Floats,
    Histories,
    HyperParameter,
    Ints,
    Longs,
    Progress,
    Recipe,
    TrainingData,
    TrainOptions,
    UserState,
    Validation,
)
from services.engine.recipes.counting.popularity import PopularityModel
from services.engine.recipes.histories import count_unique_users

INTERVALS_S = {"30 minutes": 1_800, "1 hour": 3_600, "2 hours": 7_200, "3 hours": 10_800, "1 day": 86_400}
N_PAST = 48
"""Intervals before the newest that an item is compared with."""
HALF_LIFE = 8
MIN_PEOPLE = 2
"""People in the newest interval below which nothing is a trend."""
MIN_SURPRISE = 3.0
"""Surprise below which growth is taken for chance: of a thousand items that do not grow, one or two have more."""
PRIOR_PEOPLE = 1.0
"""People of an interval that are added to each item's own past."""


class TrendingModel(PopularityModel):
    """The events of the latest intervals, to which live ones are added, and the popularity of every item."""

    def __init__(self, unique_users: Longs, items: Ints, timestamps: Longs, interval_s: int) -> None:
        """items, int32 (n,), and timestamps, int64 (n,): one event for each person, item and interval."""
        super().__init__(unique_users)
        self.interval_s = interval_s
        self._items, self._timestamps = items, timestamps
        self._popular: Floats = np.where(np.isfinite(self._scores), self._scores - 1, self._scores).astype(np.float32)
        self._lock = threading.Lock()
        self._judge()

    def observe(self, items: Ints, timestamps: Longs) -> None:
        """Add live events, one for each person, item and interval; the next list takes them in."""
        with self._lock:
            self._items = np.concatenate([self._items, items]).astype(np.int32)
            self._timestamps = np.concatenate([self._timestamps, timestamps]).astype(np.int64)
            recent = self._timestamps > self._timestamps.max(initial=0) - (N_PAST + 1) * self.interval_s
            self._items, self._timestamps = self._items[recent], self._timestamps[recent]
            self._judge()

    def surprises(self) -> Floats:
        """Return float32 (n_items,): how surprising the growth of each item is; 0 for items that do not trend."""
        newest = self._timestamps.max(initial=0)
        age = (newest - self._timestamps) // self.interval_s  # 0: the newest interval
        now = np.bincount(self._items[age == 0], minlength=self.n_items).astype(np.float64)
        n_past = int(min(age.max(initial=0), N_PAST))
        if n_past == 0:
            return np.zeros(self.n_items, np.float32)
        weights = 0.5 ** (np.arange(n_past) / HALF_LIFE)
        earlier = age > 0
        by_event = weights[np.minimum(age[earlier], n_past) - 1]
        past = np.bincount(self._items[earlier], weights=by_event, minlength=self.n_items) / weights.sum()
        expected = past + PRIOR_PEOPLE
        expected *= now.sum() / max(expected[(now > 0) | (past > 0)].sum(), 1e-12)
        growing = (now > expected) & (now >= MIN_PEOPLE)
        surprise = np.zeros(self.n_items)
        n, e = now[growing], np.maximum(expected[growing], 1e-9)
        surprise[growing] = np.sqrt(np.maximum(2 * (n * np.log(n / e) - n + e), 0))
        return np.where(surprise >= MIN_SURPRISE, surprise, 0).astype(np.float32)

    def item_scores(self, states: Sequence[UserState]) -> Floats:
        """Return the surprise of trending items, above 0, and minus the popularity rank of the others."""
        return np.tile(self._current, (len(states), 1))

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return super().to_arrays() | {"items": self._items, "timestamps": self._timestamps}

    def to_config(self) -> dict[str, Any]:
        return {"interval_s": self.interval_s}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> "TrendingModel":
        return cls(arrays["unique_users"], arrays["items"], arrays["timestamps"], int(config["interval_s"]))

    def _judge(self) -> None:
        surprise = self.surprises()
        self._current: Floats = np.where(surprise > 0, surprise, self._popular).astype(np.float32)


class TrendingRecipe(Recipe):
    """Keeps the events of the latest intervals."""

    name = "aws-trending-now"
    model_class = TrendingModel
    hyperparameters = (
        HyperParameter(
            "trend_discovery_frequency",
            "categorical",
            "2 hours",
            choices=tuple(INTERVALS_S),
            featurization=True,
            description="Length of the intervals that are compared.",
        ),
    )
    trains_on_all_users = True
    promotes = True
    needs_user = False

    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> TrendingModel:
        """Count the people of each item and interval."""
        progress.update(0.0, "counting people of each interval")
        name = options.hyperparameters.get("trend_discovery_frequency", "2 hours")
        interval_s = INTERVALS_S[name]
        items, timestamps = recent_events(data.histories, interval_s)
        model = TrendingModel(count_unique_users(data.histories), items, timestamps, interval_s)
        progress.update(1.0)
        return model


def recent_events(histories: Histories, interval_s: int) -> tuple[Ints, Longs]:
    """Return items and timestamps of the latest intervals, one event for each person, item and interval."""
    newest = histories.timestamps.max(initial=0)
    age = (newest - histories.timestamps) // interval_s
    rows = np.flatnonzero(age <= N_PAST)
    users = np.repeat(np.arange(histories.n_users), histories.lengths())[rows]
    pairs = (users * np.int64(max(histories.n_items, 1)) + histories.items[rows]) * (N_PAST + 1) + age[rows]
    rows = rows[np.unique(pairs, return_index=True)[1]]
    return histories.items[rows], histories.timestamps[rows]
