"""Which events a recipe may learn from, and which later ones it has to predict: the protocols of an evaluation.

"last_tenth" is the split of Amazon's own notebook (personalize_temporal_holdout.ipynb): the newest tenth of each
user's events is held out, ties in file order. It knows what other users did after a user's last known event.
"time" cuts everything at one moment, so nothing of the future is known. "session" and "in_session" hold out sessions
(services/screens/evaluation/protocols/sessions.py). "aws" is the split that AWS documents for
GetSolutionMetrics: other users' whole histories are learned from, and the service measures; nothing is held out here.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.errors import DataError
from services.library.columns import CREATION_TIMESTAMP, EVENT_TYPE, ITEM_ID, TIMESTAMP, USER_ID
from services.library.store import LoadedData
from services.screens.evaluation.protocols import sessions

LAST_TENTH, TIME, AWS = "last_tenth", "time", "aws"
SESSION, IN_SESSION = "session", "in_session"
PROTOCOLS = (TIME, LAST_TENTH, SESSION, IN_SESSION, AWS)
SHARE = 0.1
"""Of all events, those after the moment of a split in time; of each user's, the newest ones held out."""
Histories = dict[str, list[str]]


@dataclass(frozen=True)
class Split:
    """Both sides of a split."""

    protocol: str
    train: pd.DataFrame
    """The events that may be learned from, with all columns of the interactions, by user and time."""
    items: pd.DataFrame | None
    users: pd.DataFrame | None
    known: Histories
    """What each asked user had, oldest first: counted events only."""
    truth: Histories
    """The different items that each asked user took afterwards, oldest first."""
    moment: int | None
    """Epoch seconds of the last event that is known, for a split in time."""

    @property
    def people(self) -> list[str]:
        """The users to ask: all with a known and a held-out event."""
        return list(self.truth)


def split(
    interactions: pd.DataFrame,
    items: pd.DataFrame | None,
    users: pd.DataFrame | None,
    *,
    protocol: str,
    share: float = SHARE,
    event_type: str | None = None,
) -> Split:
    """Hold events out. Raises DataError naming the value that is not possible.

    interactions are read in order where timestamps are equal. Events of another type than event_type are never held
    out, and those after a user's cut are not learned from either.
    """
    if protocol not in PROTOCOLS:
        raise DataError(f'The protocol "{protocol}" is unknown. Choose one of {", ".join(PROTOCOLS)}.')
    if not 0 < share < 1:
        raise DataError(f"A share of {share:g} cannot be held out. Choose one between 0 and 1, for example 0.1.")
    order = interactions.reset_index(drop=True).sort_values([USER_ID, TIMESTAMP], kind="stable")
    if protocol == AWS:
        return Split(protocol, order, items, users, {}, {}, None)
    sides = sides_of(order, protocol, share, event_type)
    counted, held_out, learned, moment = sides.counted, sides.held_out, sides.learned, sides.moment
    if moment is not None:
        items = _known_items(items, moment)
    truth = _histories(order[held_out], once=True)
    known = _histories(order[learned & counted])
    asked = {user: taken for user, taken in truth.items() if user in known}
    if not asked:
        raise DataError(
            "Nobody has events on both sides of the split, so nothing can be measured. Hold out a larger share."
        )
    return Split(
        protocol,
        order[learned].reset_index(drop=True),
        items,
        users,
        {user: known[user] for user in asked},
        asked,
        moment,
    )


@dataclass(frozen=True)
class Sides:
    """Which events are on which side of a split; bool (n_events,) each."""

    counted: NDArray[np.bool_]
    held_out: NDArray[np.bool_]
    learned: NDArray[np.bool_]
    moment: int | None


def sides_of(order: pd.DataFrame, protocol: str, share: float, event_type: str | None) -> Sides:
    """Return the sides of interactions in order of user and time. Raises DataError where there are none."""
    counted = _counted(order, event_type)
    if protocol == TIME:
        times = order[TIMESTAMP].to_numpy(np.int64)
        if not len(times):
            raise DataError("There are no events to hold out. Import interactions first.")
        moment = int(np.quantile(times, 1 - share, method="lower"))
        learned = times <= moment
        return Sides(counted, ~learned & counted, learned, moment)
    if protocol == SESSION:
        held_out = sessions.last_sessions(order, counted)
    elif protocol == IN_SESSION:
        held_out = sessions.rest_of_late_sessions(order, counted, share)
    else:
        held_out = _newest(order, counted, share)
    return Sides(counted, held_out, ~held_out & (counted | _before_cut(order, held_out)), None)


def split_data(data: LoadedData, *, protocol: str, share: float = SHARE) -> Split:
    """Split the loaded data of a data set group."""
    interactions = data.interactions()
    return split(
        interactions, data.items(), data.users(), protocol=protocol, share=share, event_type=event_type_of(data)
    )


def event_type_of(data: LoadedData) -> str | None:
    """Return the event type that recipes are trained on, None for all events."""
    return data.event_type if any("EVENT_TYPE" in schema for schema in data.schemas.values()) else None


def _counted(order: pd.DataFrame, event_type: str | None) -> NDArray[np.bool_]:
    if event_type is None or EVENT_TYPE not in order:
        return np.ones(len(order), bool)
    return (order[EVENT_TYPE] == event_type).to_numpy(bool)


def _newest(order: pd.DataFrame, counted: NDArray[np.bool_], share: float) -> NDArray[np.bool_]:
    """Return which events are among their user's newest: rank / n > 1 - share, as in pandas' rank(pct=True)."""
    some = order[counted]
    rank = some.groupby(USER_ID, sort=False).cumcount().to_numpy() + 1
    n = some.groupby(USER_ID, sort=False)[ITEM_ID].transform("size").to_numpy()
    newest = np.zeros(len(order), bool)
    newest[counted] = rank / n > 1 - share
    return newest


def _before_cut(order: pd.DataFrame, held_out: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which events precede their user's first held-out one."""
    first = order[held_out].groupby(USER_ID, sort=False)[TIMESTAMP].min()
    cut = order[USER_ID].map(first).to_numpy(np.float64)
    before: NDArray[np.bool_] = np.isnan(cut) | (order[TIMESTAMP].to_numpy(np.float64) < cut)
    return before


def _known_items(items: pd.DataFrame | None, moment: int) -> pd.DataFrame | None:
    """Leave out items that were created after the moment: they are not known yet."""
    if items is None or CREATION_TIMESTAMP not in items:
        return items
    created = pd.to_numeric(items[CREATION_TIMESTAMP], errors="coerce")
    return items[~(created > moment)].reset_index(drop=True)


def _histories(events: pd.DataFrame, once: bool = False) -> Histories:
    grouped = events.groupby(USER_ID, sort=True)[ITEM_ID].agg(list)
    return {str(user): list(dict.fromkeys(ids)) if once else list(ids) for user, ids in grouped.items()}
