"""Means with 95 % intervals: over users, and over random repetitions and the users within each.

Percentile bootstrap with fixed seeds, so that the same values always give the same interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

RESAMPLES, SEED = 1000, 0
MIN_NORMAL = 2001
"""From this number of users on, intervals() uses the normal approximation; both agree in every digit shown."""


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % interval; the interval is NaN where none is known."""

    value: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the interval, that of a difference, excludes zero."""
        return self.low > 0 or self.high < 0


def estimate(values: Doubles) -> Estimate:
    """Return the mean of one value per user, float64 (n_users,); zeros without users."""
    if not len(values):
        return Estimate(0.0, 0.0, 0.0)
    low, high = intervals(values[:, None])
    return Estimate(float(values.mean()), float(low[0]), float(high[0]))


def intervals(values: Doubles) -> tuple[Doubles, Doubles]:
    """Return the interval of the mean of each column of (n_users, n_columns), low and high, float64 (n_columns,).

    All columns use the same resamples of the users.
    """
    n_users = len(values)
    if n_users >= MIN_NORMAL:
        half = 1.96 * values.std(axis=0, ddof=1) / np.sqrt(n_users)
        return values.mean(axis=0) - half, values.mean(axis=0) + half
    means = _weights(n_users) @ values.astype(np.float32)  # (resamples, n_columns)
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return low, high


def estimate_over_seeds(by_seed: Sequence[Doubles]) -> Estimate:
    """Return the mean of values of users, one array per seed; all seeds weigh alike, NaN without values.

    The interval resamples the seeds and, within each, the users.
    """
    if not by_seed or not all(map(len, by_seed)):
        return Estimate(np.nan, np.nan, np.nan)
    value = float(np.mean([values.mean() for values in by_seed]))
    rng = np.random.default_rng(SEED)
    means = np.empty((RESAMPLES, len(by_seed)))
    for number, values in enumerate(by_seed):
        counts = rng.multinomial(len(values), np.full(len(values), 1 / len(values)), RESAMPLES)
        means[:, number] = counts @ values / len(values)
    seeds = rng.integers(0, len(by_seed), means.shape)
    low, high = np.quantile(np.take_along_axis(means, seeds, axis=1).mean(1), [0.025, 0.975])
    return Estimate(value, float(low), float(high))


@lru_cache(maxsize=16)
def _weights(n_users: int) -> NDArray[np.float32]:
    """Return float32 (resamples, n_users): each user's share of each resample."""
    counts = np.random.default_rng(SEED).multinomial(n_users, np.full(n_users, 1 / n_users), RESAMPLES)
    return counts.astype(np.float32) / np.float32(n_users)
