"""Cases to learn from: an action was shown to a person at a moment, and they took it within the period or not.

The features of a case are what was known at that moment: the person's state (item events so far, how long ago the last
one was, how many actions they had met and taken), what they did with this very action before, and their taste in a few
directions (two_step_ridge.item_tastes). Nothing of a case comes from after its moment.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.actions import TAKEN, ActionData, ActionEvents, Person
from services.engine.recipes.base import Floats, Histories, Ints, Longs

DAY_S = 86_400
HORIZON = 30.0
"""Events after which an item's weight in a taste is 1 / e."""
N_STATE = 8
"""Features besides the taste."""
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Cases:
    """One row for each time that an action was shown."""

    actions: Ints
    """int32 (n,)."""
    persons: Longs
    """int64 (n,): row of ActionData.offsets."""
    timestamps: Longs
    """int64 (n,): epoch seconds."""
    taken: NDArray[np.bool_]
    """bool (n,): whether the person took it within the period."""
    features: Floats
    """float32 (n, N_STATE + rank)."""


def cases_of(data: ActionData, histories: Histories, contributions: Floats, period_s: int, since: int) -> Cases:
    """Return the cases since a moment. contributions, float32 (n_items, rank): what an item adds to a taste."""
    rows: list[tuple[int, int, int, bool]] = []
    features: list[Doubles] = []
    for person in np.flatnonzero(np.diff(data.offsets)).tolist():
        events = data.of(person)
        known = person < histories.n_users
        items, times = histories.of(person) if known else (np.empty(0, np.int32), np.empty(0, np.int64))
        for case, took in _shown(events, period_s):
            moment = int(events.timestamps[case])
            if moment < since:
                continue
            earlier = int(np.searchsorted(times, moment, side="left"))
            before = events.timestamps < moment
            past = ActionEvents(events.actions[before], events.kinds[before], events.timestamps[before])
            action = int(events.actions[case])
            rows.append((action, person, moment, took))
            state = Person(items[:earlier], times[:earlier], past)
            features.append(features_of(state, np.array([action]), moment, contributions)[0])
    width = N_STATE + contributions.shape[1]
    table = np.array([row[:3] for row in rows], np.int64).reshape(-1, 3)
    return Cases(
        table[:, 0].astype(np.int32),
        table[:, 1],
        table[:, 2],
        np.array([row[3] for row in rows], np.bool_),
        np.array(features, np.float32).reshape(-1, width),
    )


def _shown(events: ActionEvents, period_s: int) -> list[tuple[int, bool]]:
    """Return (event, whether it was taken within the period); a taking after a view within the period is no case."""
    result, covered = [], set()
    for n in range(len(events)):
        if events.kinds[n] == TAKEN:
            if n not in covered:
                result.append((n, True))
            continue
        later = (
            (events.actions == events.actions[n])
            & (events.kinds == TAKEN)
            & (events.timestamps >= events.timestamps[n])
            & (events.timestamps <= events.timestamps[n] + period_s)
        )
        covered.update(np.flatnonzero(later).tolist())
        result.append((n, bool(later.any())))
    return result


def features_of(person: Person, actions: NDArray[np.int64], now: int, contributions: Floats) -> Doubles:
    """Return float64 (len(actions), N_STATE + rank) for a person at a moment."""
    n_items = len(person.items)
    met = person.actions
    n_met, n_taken = len(met), int((met.kinds == TAKEN).sum())
    since_item = (now - int(person.timestamps[-1])) / DAY_S if n_items else 365.0
    weights = np.exp(-np.arange(n_items)[::-1] / HORIZON)
    taste = weights @ contributions[person.items] if n_items else np.zeros(contributions.shape[1])
    length = float(np.linalg.norm(taste))
    shared = [np.log1p(n_items), np.log1p(max(since_item, 0.0)), np.log1p(n_met), (n_taken + 0.5) / (n_met + 1.0)]
    rows = []
    for action in actions.tolist():
        own = met.actions == action
        times_taken = int((own & (met.kinds == TAKEN)).sum())
        last = int(met.timestamps[own].max()) if own.any() else 0
        since = (now - last) / DAY_S if own.any() else 365.0
        own_state = [float(own.sum() > 0), np.log1p(float(own.sum()) - times_taken), np.log1p(times_taken)]
        rows.append([*shared, *own_state, np.log1p(max(since, 0.0)), *(taste / max(length, 1e-9))])
    return np.array(rows, np.float64)
