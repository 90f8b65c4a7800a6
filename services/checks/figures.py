"""The figures and frames of the Data screen's Look tab, each computed from PreparedData alone.

Empty frames have their columns too. With a million events each takes well under a second.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.checks.periods import usual_times
from services.library.columns import EVENT_TYPE, ITEM_ID, SEPARATOR, TIMESTAMP
from services.library.prepared import PreparedData

_LENGTH_BINS = ((1, "1"), (2, "2-4"), (5, "5-9"), (10, "10-19"), (20, "20-49"), (50, "50-99"), (100, "100-199"))
_LONG_BINS = ((200, "200-499"), (500, "500+"))
_GAP_BINS = (
    (0, "same second"),
    (1, "10 s"),
    (10, "1 min"),
    (60, "10 min"),
    (600, "1 h"),
    (3_600, "6 h"),
    (21_600, "1 day"),
    (86_400, "1 week"),
    (604_800, "1 month"),
    (2_629_800, "longer"),
)
"""The lower end in seconds, and the name of the upper end."""
CURVE_POINTS = 201
MAX_CATEGORIES = 12


@dataclass(frozen=True)
class Summary:
    """The key figures."""

    n_events: int
    n_users: int
    """People with events."""
    n_items: int
    """Items with events or in the items file."""
    median_events: float
    """Per person."""
    repeat_rate: float
    """Share of events on an item that the same person had before; of data.event_type where that is set."""
    first: int
    """Epoch seconds, of the times that do not lie far from all others; 0 without events."""
    last: int
    half_of_events_share: float
    """The smallest share of items that gets half of all events."""


def summary(data: PreparedData) -> Summary:
    """Return the key figures."""
    coded = data.coded
    counts = _item_counts(data)
    per_user = np.bincount(coded.user, minlength=len(coded.user_ids))
    times = usual_times(data)
    counted = counted_events(data)
    pairs = coded.user[counted].astype(np.int64) * max(len(coded.item_ids), 1) + coded.item[counted]
    falling = np.sort(counts)[::-1]
    half = int(np.searchsorted(np.cumsum(falling), counts.sum() / 2)) + 1
    return Summary(
        n_events=len(data.interactions),
        n_users=len(coded.user_ids),
        n_items=len(counts),
        median_events=float(np.median(per_user)) if len(per_user) else 0.0,
        repeat_rate=1 - len(pd.unique(pairs)) / len(pairs) if len(pairs) else 0.0,
        first=int(times.min()) if len(times) else 0,
        last=int(times.max()) if len(times) else 0,
        half_of_events_share=half / len(counts) if len(counts) and counts.sum() else 0.0,
    )


def counted_events(data: PreparedData) -> NDArray[np.bool_]:
    """Return the mask of the events that count: those of data.event_type, or all."""
    if data.event_type is None or EVENT_TYPE not in data.interactions:
        return np.ones(len(data.interactions), dtype=bool)
    return (data.interactions[EVENT_TYPE] == data.event_type).to_numpy(dtype=bool)


def concentration(data: PreparedData) -> pd.DataFrame:
    """Return item_share and event_share: the most frequent item_share of items gets event_share of all events."""
    counts = np.sort(_item_counts(data))[::-1]
    if not len(counts) or not counts.sum():
        return pd.DataFrame({"item_share": pd.Series(dtype=float), "event_share": pd.Series(dtype=float)})
    cumulated = np.concatenate([[0], np.cumsum(counts)]) / counts.sum()
    shares = np.linspace(0, 1, CURVE_POINTS)
    return pd.DataFrame(
        {"item_share": shares, "event_share": np.interp(shares * len(counts), range(len(cumulated)), cumulated)}
    )


def history_lengths(data: PreparedData) -> pd.DataFrame:
    """Return bin (label) and people: how many people have a history of each length."""
    bins = _LENGTH_BINS + _LONG_BINS
    per_user = np.bincount(data.coded.user, minlength=len(data.coded.user_ids))
    place = np.searchsorted([low for low, _ in bins], per_user, side="right") - 1
    people = np.bincount(place[per_user > 0], minlength=len(bins))
    return pd.DataFrame({"bin": [label for _, label in bins], "people": people})


def time_gaps(data: PreparedData) -> pd.DataFrame:
    """Return bin (label: up to how long), low_s and gaps: the time between a person's neighbouring events."""
    gaps = _gaps(data)
    place = np.searchsorted([low for low, _ in _GAP_BINS], gaps, side="right") - 1
    return pd.DataFrame(
        {
            "bin": [label for _, label in _GAP_BINS],
            "low_s": [low for low, _ in _GAP_BINS],
            "gaps": np.bincount(place, minlength=len(_GAP_BINS)),
        }
    )


def session_gap(data: PreparedData) -> float | None:
    """Return the pause in seconds that ends a session, None where short and long pauses are not clearly separated.

    It is the emptiest stretch of the gaps' histogram (on a log scale) between ten minutes and a day, the later one if
    there are several, provided that a twentieth of all gaps lie on either side and both have a peak twice as high.
    """
    gaps = _gaps(data)
    gaps = gaps[gaps > 0]
    if len(gaps) < 200:
        return None
    edges = np.logspace(0, 7.5, 91)
    density = np.convolve(np.histogram(gaps, edges)[0], np.ones(5) / 5, mode="same")
    middle = np.sqrt(edges[1:] * edges[:-1])
    inside = np.flatnonzero((middle >= 600) & (middle <= 86_400))
    minimum = density[inside].min()
    empty = inside[density[inside] <= max(1.2 * minimum, 0.002 * density.max())]
    stretch = np.split(empty, np.flatnonzero(np.diff(empty) > 1) + 1)[-1]
    place = int(stretch[len(stretch) // 2])
    below, above = density[:place], density[place + 1 :]
    shorter = float((gaps < middle[place]).mean())
    parts = min(below.max(), above.max()) >= 2 * max(minimum, 1) and 0.05 <= shorter <= 0.95
    return float(middle[place]) if parts else None


def category_shares(data: PreparedData) -> pd.DataFrame:
    """Return category, item_share and event_share for the top categories by events; an item with k counts 1/k to each.

    Categories are those of the first categorical item column; without one the frame is empty.
    """
    name = next(iter(data.roles.categories), None)
    empty = pd.DataFrame({"category": pd.Series(dtype="str"), "item_share": pd.Series(dtype=float)})
    if data.items is None or name is None or name not in data.items:
        return empty.assign(event_share=pd.Series(dtype=float))
    items = data.items.drop_duplicates(ITEM_ID, keep="last").dropna(subset=[name])
    lists = items[name].astype("str").str.split(SEPARATOR, regex=False)
    weight = 1 / lists.map(len)
    events = pd.Series(np.bincount(data.coded.item, minlength=len(data.coded.item_ids)), index=data.coded.item_ids)
    rows = pd.DataFrame(
        {
            "category": lists,
            "item_share": weight,
            "event_share": weight * events.reindex(items[ITEM_ID]).fillna(0).to_numpy(),
        }
    ).explode("category")
    shares = rows.groupby("category", sort=True)[["item_share", "event_share"]].sum()
    shares = shares / shares.sum().replace(0, 1)
    shares = shares.sort_values("event_share", ascending=False, kind="stable").head(MAX_CATEGORIES)
    return shares.reset_index().astype({"category": "str"})


def drift(data: PreparedData) -> pd.DataFrame:
    """Return month (Timestamp), share and events: the share of a month's events on items first seen in it.

    Events of times that lie far from all others are left out.
    """
    times = data.interactions[TIMESTAMP].to_numpy(dtype=np.int64)
    usual = usual_times(data)
    near = (times >= usual.min(initial=np.iinfo(np.int64).max)) & (times <= usual.max(initial=-1))
    times, item = times[near], data.coded.item[near]
    if not len(times):
        columns = {"share": pd.Series(dtype=float), "events": pd.Series(dtype=np.int64)}
        return pd.DataFrame({"month": pd.to_datetime([]), **columns})
    month = times.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    first = np.full(len(data.coded.item_ids), np.iinfo(np.int64).max)
    np.minimum.at(first, item, month)
    start = month.min()
    events = np.bincount(month - start)
    new = np.bincount(month - start, weights=first[item] == month)
    with np.errstate(invalid="ignore"):
        share = new / events
    months = (np.arange(len(events)) + start).astype("datetime64[M]").astype("datetime64[s]")
    return pd.DataFrame({"month": pd.to_datetime(months), "share": share, "events": events})


def _item_counts(data: PreparedData) -> NDArray[np.int64]:
    """Return the events of every item, zeros for items without events in the items file."""
    counts = np.bincount(data.coded.item, minlength=len(data.coded.item_ids))
    if data.items is None:
        return counts
    silent = int((~pd.Index(data.items[ITEM_ID].dropna().unique()).isin(data.coded.item_ids)).sum())
    return np.concatenate([counts, np.zeros(silent, dtype=counts.dtype)])


def _gaps(data: PreparedData) -> NDArray[np.int64]:
    """Return the seconds between each two neighbouring events of a person."""
    times = data.interactions[TIMESTAMP].to_numpy(dtype=np.int64)
    order = np.lexsort((times, data.coded.user))
    user, time = data.coded.user[order], times[order]
    return np.asarray(np.diff(time)[user[1:] == user[:-1]])
