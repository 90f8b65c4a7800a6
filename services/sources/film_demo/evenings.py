"""When the demo's viewers watch: evenings of one to four films, more of them at weekends."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.sources.film_demo.calendar import DAY_S, FIRST_DAY, N_DAYS, epoch_of
from services.sources.film_demo.viewers import BEN, KIM, Viewers

LAST_EVENING = N_DAYS - 2
"""A late evening runs past midnight, and the calendar ends on its last day."""
FILMS_PER_EVENING = np.array([0.22, 0.38, 0.28, 0.12])
"""Chances of one to four films."""


@dataclass(frozen=True)
class Slots:
    """One entry per film that will be watched, by viewer, then time."""

    viewer: NDArray[np.int64]
    day: NDArray[np.int64]
    """Day of the calendar on which the evening began."""
    start: NDArray[np.int64]
    """Epoch seconds at which the film starts."""
    length_s: NDArray[np.int64]
    """Duration in seconds."""
    opens: NDArray[np.bool_]
    """True for the first film of an evening."""
    late: NDArray[np.bool_]
    """True in the last third of the viewer's evenings."""


def make_slots(viewers: Viewers, rng: np.random.Generator) -> Slots:
    """Draw every viewer's evenings and how many films each of them holds."""
    weekday = (np.arange(N_DAYS) + FIRST_DAY.astype("datetime64[D]").astype(np.int64) + 3) % 7
    day_weight = np.where(weekday >= 4, 2.0, 1.0)
    mean_films = float(FILMS_PER_EVENING @ np.arange(1, 5))
    viewer, day, order = [], [], []
    for row in range(len(viewers)):
        first = int(viewers.first_day[row])
        if row == KIM:
            first = LAST_EVENING - 2
        n_days = LAST_EVENING + 1 - first
        wanted = viewers.n_films[row] / mean_films * n_days / N_DAYS
        if viewers.n_evenings[row] > 0:
            wanted = viewers.n_evenings[row]
        n_evenings = int(np.clip(round(wanted), 1, n_days * 3 // 4))
        chances = day_weight[first : LAST_EVENING + 1]
        days = first + np.sort(rng.choice(n_days, size=n_evenings, replace=False, p=chances / chances.sum()))
        viewer.append(np.full(n_evenings, row))
        day.append(days)
        order.append(np.arange(n_evenings) / n_evenings)
    per_evening = rng.choice(np.arange(1, 5), size=sum(map(len, viewer)), p=FILMS_PER_EVENING)
    all_viewers, all_days, all_orders = np.concatenate(viewer), np.concatenate(day), np.concatenate(order)
    # a named viewer's evening has two or three films, so that threads show; Ben's two, Kim's only evening three
    named = all_viewers < 8
    per_evening[named] = rng.integers(2, 4, size=int(named.sum()))
    per_evening[all_viewers == BEN] = 2
    per_evening[all_viewers == KIM] = 3
    return _films(all_viewers, all_days, all_orders, per_evening, rng)


def _films(
    viewer: NDArray[np.int64],
    day: NDArray[np.int64],
    order: NDArray[np.float64],
    per_evening: NDArray[np.int64],
    rng: np.random.Generator,
) -> Slots:
    """Spread each evening over its films: one starts when the one before is over."""
    n_films = int(per_evening.sum())
    evening = np.repeat(np.arange(len(viewer)), per_evening)
    opens = np.concatenate([[True], evening[1:] != evening[:-1]])
    length = rng.integers(95 * 60, 135 * 60, size=n_films)
    before = np.concatenate([[0], np.cumsum(length)[:-1]])
    since_opening = before - before[opens][evening]
    start = epoch_of(FIRST_DAY) + day * DAY_S + rng.integers(int(17.0 * 3600), int(20.2 * 3600), size=len(viewer))
    return Slots(
        viewer=viewer[evening],
        day=day[evening],
        start=start[evening] + since_opening,
        length_s=length,
        opens=opens,
        late=(order >= 2 / 3)[evening],
    )
