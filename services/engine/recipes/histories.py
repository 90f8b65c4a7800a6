"""Selections and summaries of histories, for recipes and evaluations.

Every function returns new Histories with the same item numbers. Functions that drop events keep the users, who may then
have no events, so that user_index still refers to the vocabulary; only select_users renumbers.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Column, Floats, Histories, Impressions, Longs, UserState

Mask = NDArray[np.bool_]
_BLOCK_EVENTS = 1 << 20


def keep_events(histories: Histories, keep: Mask) -> Histories:
    """Return the histories with the events where keep, bool (n_events,), is true; all users remain."""
    counts = np.concatenate([[0], np.cumsum(keep, dtype=np.int64)])
    return _with_rows(histories, counts[histories.offsets], np.flatnonzero(keep))


def select_users(histories: Histories, users: NDArray[np.int64] | Mask) -> Histories:
    """Return the histories of these users only, in this order; user_index becomes the position in users."""
    index = np.flatnonzero(users) if users.dtype == np.bool_ else users.astype(np.int64)
    lengths = histories.lengths()[index]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    rows = np.arange(offsets[-1]) + np.repeat(histories.offsets[:-1][index] - offsets[:-1], lengths)
    chosen = _with_rows(histories, offsets, rows)
    columns = tuple(_column_rows(column, index) for column in histories.user_columns)
    return replace(chosen, user_columns=columns) if columns else chosen


def within_length_percentiles(histories: Histories, low: float, high: float) -> Mask:
    """Return bool (n_users,): the users whose history length is within these percentiles (0 to 1) of all lengths.

    Users without events are excluded, also from the percentiles. AWS does not document the bounds: here both are
    inclusive and interpolated linearly, so 0.0 to 1.0 selects all users with events.
    """
    lengths = histories.lengths()
    present = lengths > 0
    if not present.any():
        return present
    bounds = np.quantile(lengths[present], [low, high])
    selected: Mask = present & (lengths >= bounds[0]) & (lengths <= bounds[1])
    return selected


def count_unique_users(histories: Histories) -> Longs:
    """Return how many users have interacted with each item, int64 (n_items,).

    Counts in blocks of users: 20 million events at once would need 1.5 GB for the pairs and their sorting.
    """
    n_items = max(histories.n_items, 1)
    counts = np.zeros(n_items, np.int64)
    start = 0
    while start < histories.n_users:
        end = max(start + 1, int(histories.offsets.searchsorted(histories.offsets[start] + _BLOCK_EVENTS, "right")) - 1)
        rows = slice(histories.offsets[start], histories.offsets[end])
        users = np.repeat(np.arange(end - start), histories.lengths()[start:end])
        pairs = users * np.int64(n_items) + histories.items[rows]
        pairs.sort()
        is_first = np.ones(len(pairs), bool)
        is_first[1:] = pairs[1:] != pairs[:-1]
        counts += np.bincount(pairs[is_first] % n_items, minlength=n_items)
        start = end
    return counts[: histories.n_items]


def repeat_share(histories: Histories) -> float:
    """Return the share of events that repeat an earlier interaction of the same user and item; 0 without events."""
    if histories.n_events == 0:
        return 0.0
    return 1.0 - int(count_unique_users(histories).sum()) / histories.n_events


def user_state(histories: Histories, vectors: Floats, user_index: int) -> UserState:
    """Return one user's state; vectors, float32 (n_users, state_size), are those of UserModel.states()."""
    items, timestamps = histories.of(user_index)
    last = int(timestamps[-1]) if len(timestamps) else 0
    return UserState(vectors[user_index], np.unique(items).astype(np.int32), last, len(items))


def _with_rows(histories: Histories, offsets: Longs, rows: NDArray[np.int64]) -> Histories:
    return replace(
        histories,
        offsets=offsets,
        items=histories.items[rows],
        timestamps=histories.timestamps[rows],
        event_types=None if histories.event_types is None else histories.event_types[rows],
        event_values=None if histories.event_values is None else histories.event_values[rows],
        context=tuple(_column_rows(column, rows) for column in histories.context),
        impressions=None if histories.impressions is None else _lists_of(histories.impressions, rows),
    )


def _lists_of(impressions: Impressions, rows: NDArray[np.int64]) -> Impressions:
    offsets, chosen = _ragged_rows(impressions.offsets, rows)
    return replace(impressions, offsets=offsets, items=impressions.items[chosen])


def _column_rows(column: Column, rows: NDArray[np.int64]) -> Column:
    if column.offsets is None:
        return replace(column, values=column.values[rows])
    offsets, codes = _ragged_rows(column.offsets, rows)
    return replace(column, values=column.values[codes], offsets=offsets)


def _ragged_rows(old: Longs, rows: NDArray[np.int64]) -> tuple[Longs, NDArray[np.int64]]:
    """Return the offsets of the selected rows, and the positions of their values among the old ones."""
    lengths = np.diff(old)[rows]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return offsets, np.arange(offsets[-1]) + np.repeat(old[:-1][rows] - offsets[:-1], lengths)
