"""When things happened: events by day, week or month as their span asks, and times that lie far from all others.

A period at the edge that the events fill only in part says nothing about how much happened, so it is marked and
compared with nothing.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.library.columns import TIMESTAMP
from services.library.prepared import PreparedData

Times = NDArray[np.int64]
DAY_S = 86_400
MOST_DAYS, MOST_WEEKS = 45, 160
"""Longer spans are shown by week, and by month."""
FILLED = 0.9
"""A period counts as whole when the events' first and last moment leave at least this much of it."""
FAR_SHARE = 0.01
"""At most this share of the events at either end can be far from the others."""
LEAST_FAR_S = 30 * DAY_S
PERIOD_COLUMNS = ("start", "events", "whole")


@dataclass(frozen=True)
class Activity:
    """The events by period."""

    unit: str
    """"day", "week" or "month"."""
    frame: pd.DataFrame
    """PERIOD_COLUMNS: the period's first moment (Timestamp), its events, and whether it is whole; holes included."""

    @property
    def usual(self) -> float | None:
        """The median of the whole periods that have events; None with fewer than two."""
        counts = self._compared["events"]
        return float(counts.median()) if len(counts) > 1 else None

    @property
    def busiest(self) -> pd.Series | None:
        """The whole period with most events; None with fewer than two to compare."""
        compared = self._compared
        return compared.iloc[int(compared["events"].argmax())] if len(compared) > 1 else None

    @property
    def _compared(self) -> pd.DataFrame:
        return self.frame[self.frame["whole"] & (self.frame["events"] > 0)]


@dataclass(frozen=True)
class FarTimes:
    """Times that lie far from all others, as wrong clocks and empty cells leave them."""

    n_events: int
    example: int
    """Epoch seconds of the one that is farthest."""
    gap_s: int
    """Seconds between the far ones and the nearest of the others, the longer one of both ends."""


def usual_times(data: PreparedData) -> Times:
    """Return the events' times, int64 (n,), without those that lie far from all others."""
    times = data.interactions[TIMESTAMP].to_numpy(dtype=np.int64)
    first, last = _bounds(np.sort(times))
    return times[(times >= first) & (times <= last)]


def far_times(data: PreparedData) -> FarTimes | None:
    """Return the times that lie far from all others; None where there are none.

    Far is farther than the time that nearly all events take, and than 30 days.
    """
    times = np.sort(data.interactions[TIMESTAMP].to_numpy(dtype=np.int64))
    first, last = _bounds(times)
    before, after = times[times < first], times[times > last]
    if not len(before) + len(after):
        return None
    gaps = {int(first - before[-1]): int(before[0])} if len(before) else {}
    gaps |= {int(after[0] - last): int(after[-1])} if len(after) else {}
    longest = max(gaps)
    return FarTimes(len(before) + len(after), gaps[longest], longest)


def activity(data: PreparedData) -> Activity:
    """Return the events by period, without those of times that lie far from all others."""
    times = usual_times(data)
    if not len(times):
        columns = {"events": pd.Series(dtype=np.int64), "whole": pd.Series(dtype=bool)}
        return Activity("day", pd.DataFrame({"start": pd.to_datetime([]), **columns}))
    first, last = int(times.min()), int(times.max())
    days = (last - first) / DAY_S
    unit = "day" if days <= MOST_DAYS else "week" if days <= 7 * MOST_WEEKS else "month"
    place = _places(times, unit)
    counts = np.bincount(place - place.min())
    edges = _starts(np.arange(len(counts) + 1) + place.min(), unit)
    length = np.diff(edges)
    missing = np.maximum(first - edges[:-1], 0) + np.maximum(edges[1:] - 1 - last, 0)
    frame = pd.DataFrame(
        {
            "start": pd.to_datetime(edges[:-1], unit="s"),
            "events": counts,
            "whole": missing <= (1 - FILLED) * length,
        }
    )
    return Activity(unit, frame)


def _places(times: Times, unit: str) -> Times:
    """Return the number of each time's period since 1970."""
    if unit == "month":
        return times.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    if unit == "day":
        return times // DAY_S
    return (times - 4 * DAY_S) // (7 * DAY_S)  # 1970 began on a Thursday, four days before its first Monday


def _starts(places: Times, unit: str) -> Times:
    """Return the first second of each period."""
    if unit == "month":
        return places.astype("datetime64[M]").astype("datetime64[s]").astype(np.int64)
    return places * DAY_S if unit == "day" else places * 7 * DAY_S + 4 * DAY_S


def _bounds(times: Times) -> tuple[int, int]:
    """Return the first and the last of these sorted times that are not far from all others; (0, -1) without any."""
    if not len(times):
        return 0, -1
    n_end = int(FAR_SHARE * len(times))
    inner = times[n_end : len(times) - n_end]
    least = max(LEAST_FAR_S, int(inner[-1] - inner[0]))
    gaps = np.diff(times)
    head = np.flatnonzero(gaps[:n_end] > least)
    tail = np.flatnonzero(gaps[len(gaps) - n_end :] > least) + len(gaps) - n_end if n_end else head
    first = int(head[-1]) + 1 if len(head) else 0
    last = int(tail[0]) if len(tail) else len(times) - 1
    return int(times[first]), int(times[last])
