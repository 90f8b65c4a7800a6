"""Probabilities from features: a logistic regression on what happened in the newest periods of the training data.

A period is as long as the newest tenth of all events, by time, took. At the beginning of each of the newest periods,
what came before gives the features, and whether a person then met one of the items is to be foreseen. Several periods,
because people who come back are few and the number of their events is far from even: in MovieLens 100K nine to eleven
per cent came back in each of three periods, with 25, 17 and 32 events on average, so that one period alone says a third
too much or too little of the next. For single items the periods overlap: meeting one is rare, and a period that begins
elsewhere finds other people in the middle of what they do. The coefficients are few (known.FEATURES), so the
probabilities hold on later data too: logistic regression is calibrated by its likelihood (Niculescu-Mizil and Caruana
2005, "Predicting good probabilities with supervised learning", ICML). They are then used with the features of all the
data, for the period that follows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.affinity.known import FEATURES, Doubles, known_at
from services.engine.recipes.base import Floats, Histories, Ints
from services.engine.recipes.histories import keep_events

HELD_OUT_SHARE = 0.1
LEAST_PAST = 0.5
"""Share of all events that must lie before a period; the newest one counts anyway."""
MAX_USERS = 3_000
"""People of each period that the coefficients are fitted to."""
_RIDGE = 1.0
_ROUNDS = 30


@dataclass(frozen=True)
class Periods:
    """The periods that the coefficients are fitted to, chosen on earlier moments of three data sets."""

    n: int
    """How many: one is often wrong where few return."""
    apart: float
    """From the beginning of one to that of the next, in lengths of a period."""
    max_sets: int
    """Sets of items in each; times MAX_USERS, its cases."""


OF_TASTES = Periods(2, 1.0, 300)
OF_ITEMS = Periods(5, 0.5, 150)


@dataclass(frozen=True)
class Calibration:
    """How features become probabilities."""

    coefficients: Floats
    """float32 (len(FEATURES),)."""
    period_s: int
    """The probabilities are those of this many seconds after the newest event."""

    def probabilities(self, features: Doubles) -> Floats:
        """Return float32 (n,), 0 to 1."""
        logits = np.clip(features @ self.coefficients.astype(np.float64), -30, 30)
        chances: Floats = (1 / (1 + np.exp(-logits))).astype(np.float32)
        return chances


def calibrate(
    histories: Histories, sets: Sequence[Ints], rank: int, seed: int, periods: Periods = OF_TASTES
) -> Calibration:
    """Return the calibration for questions like these sets of items."""
    newest = int(histories.timestamps.max(initial=0))
    moment = int(np.quantile(histories.timestamps, 1 - HELD_OUT_SHARE)) if histories.n_events else newest
    period_s = max(newest - moment, 1)
    rng = np.random.default_rng(seed)
    cases = []
    for number in range(periods.n):
        start = moment - int(number * periods.apart * period_s)
        if number and np.mean(histories.timestamps < start) < LEAST_PAST:
            break
        end = newest + 1 if not number else start + period_s
        cases.append(_cases(histories, sets, rank, start, end, period_s, periods.max_sets, rng))
    features, happened = (np.concatenate(parts) for parts in zip(*cases, strict=True))
    if not len(features):
        return Calibration(_unfitted(), period_s)
    return Calibration(_fit(features, happened), period_s)


def _cases(
    histories: Histories,
    sets: Sequence[Ints],
    rank: int,
    start: int,
    end: int,
    period_s: int,
    max_sets: int,
    rng: np.random.Generator,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return features (n, len(FEATURES)) at the start of a period, and what happened until its end, bool (n,).

    No cases where nobody was there before, or nothing happened.
    """
    past = keep_events(histories, histories.timestamps < start)
    future = keep_events(histories, (histories.timestamps >= start) & (histories.timestamps < end))
    people = np.flatnonzero(past.lengths() > 0)
    people = people[rng.permutation(len(people))[:MAX_USERS]]
    chosen = [sets[n] for n in rng.permutation(len(sets))[:max_sets].tolist()]
    if not len(people) or not chosen or not future.n_events:
        return np.empty((0, len(FEATURES)), np.float32), np.empty(0, np.bool_)
    known = known_at(past, start, period_s, rank)
    of_events = np.repeat(np.arange(future.n_users), future.lengths())
    features, happened = [], []
    for items in chosen:
        met = np.zeros(histories.n_users, np.bool_)
        met[of_events[np.isin(future.items, items)]] = True
        features.append(known.features(items)[people].astype(np.float32))
        happened.append(met[people])
    return np.concatenate(features), np.concatenate(happened)


def _unfitted() -> Floats:
    """Return coefficients by which taste alone decides, for data without a past and a future."""
    coefficients = np.zeros(len(FEATURES), np.float32)
    coefficients[[0, 1, FEATURES.index("taste")]] = [1.0, 1.0, 1.0]
    return coefficients


def _fit(features: Floats, happened: NDArray[np.bool_]) -> Floats:
    """Return the coefficients of a ridge-penalised logistic regression, by Newton's method with halved steps."""
    scale = np.maximum(features.std(axis=0), 1e-6)
    scale[0] = 1.0
    x = (features / scale).astype(np.float64)
    y = happened.astype(np.float64)
    w = np.zeros(x.shape[1])
    rate = np.clip(y.mean(), 1e-6, 1 - 1e-6)
    w[0] = np.log(rate / (1 - rate))
    penalty = np.full(len(w), _RIDGE)
    penalty[0] = 0.0

    def loss(v: Doubles) -> float:
        z = x @ v
        return float(np.logaddexp(0, z).sum() - y @ z + 0.5 * (penalty * v) @ v)

    current = loss(w)
    for _ in range(_ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (p - y) + penalty * w
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(penalty + 1e-6)
        step = np.linalg.solve(hessian, gradient)
        size = 1.0
        while size > 1e-4 and loss(w - size * step) > current:
            size /= 2
        w = w - size * step
        now = loss(w)
        if current - now < 1e-6 * abs(current):
            break
        current = now
    coefficients: Floats = (w / scale).astype(np.float32)
    return coefficients
