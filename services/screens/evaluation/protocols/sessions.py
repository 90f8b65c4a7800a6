"""Sessions as what is held out: a user's whole last session, or all of a late session but its first event.

The first suits data in which people come back: what will somebody take next time? The second suits anonymous
sessions, each of them a user of its own: after the first click, what are the next ones? Session-based recommenders are
measured so (Ludewig and Jannach 2018, "Evaluation of session-based recommendation algorithms"), without asking again
after each click. A session ends with a pause of six hours, as on every screen.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.library.columns import TIMESTAMP, USER_ID
from services.library.evenings import SESSION_GAP_S

Mask = NDArray[np.bool_]


def numbers(order: pd.DataFrame) -> NDArray[np.int64]:
    """Return the session of every event, from 0, int64 (n_events,); order is sorted by user and time."""
    if order.empty:
        return np.zeros(0, np.int64)
    user = order[USER_ID].to_numpy()
    times = order[TIMESTAMP].to_numpy(np.int64)
    begins = np.ones(len(order), bool)
    begins[1:] = (user[1:] != user[:-1]) | (np.diff(times) > SESSION_GAP_S)
    return np.asarray(np.cumsum(begins) - 1, np.int64)


def last_sessions(order: pd.DataFrame, counted: Mask) -> Mask:
    """Return which events are held out: the counted ones of each user's last session, where an earlier one counts."""
    session = numbers(order)
    events = pd.DataFrame({"user": order[USER_ID].to_numpy()[counted], "session": session[counted]})
    by_user = events.groupby("user", sort=False)["session"]
    last = (events["session"] == by_user.transform("max")) & (by_user.transform("min") < by_user.transform("max"))
    held_out = np.zeros(len(order), bool)
    held_out[counted] = last.to_numpy(bool)
    return held_out


def rest_of_late_sessions(order: pd.DataFrame, counted: Mask, share: float) -> Mask:
    """Return which events are held out: of each user's last session all counted ones but the first.

    Only sessions among the latest share are, by their beginnings, so that little of the future is learned.
    """
    session = numbers(order)
    held_out = np.zeros(len(order), bool)
    if not counted.any():
        return held_out
    events = pd.DataFrame(
        {
            "user": order[USER_ID].to_numpy()[counted],
            "session": session[counted],
            "time": order[TIMESTAMP].to_numpy(np.int64)[counted],
        }
    )
    begins = events.groupby("session", sort=False)["time"].transform("min")
    late = begins > np.quantile(events.groupby("session")["time"].min(), 1 - share, method="lower")
    last = events["session"] == events.groupby("user", sort=False)["session"].transform("max")
    first = ~events["session"].duplicated()
    held_out[counted] = (late & last & ~first).to_numpy(bool)
    return held_out
