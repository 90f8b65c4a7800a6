"""Sequences of unequal length side by side without padding: time-major packed order.

Lanes are sorted by length, longest first, so the first sizes[t] lanes have a token at step t. Step t has the packed
rows starts[t]:starts[t] + sizes[t]. The numpy model and the torch training share this arithmetic.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Longs


@dataclass(frozen=True)
class Packing:
    """The positions of a batch's events in packed order."""

    sizes: list[int]
    """Number of lanes with a token at each step, non-increasing; one entry per step."""
    rows: Longs
    """int64 (n_tokens,): packed row of each token, tokens ordered by lane, then time."""
    previous: Longs
    """int64 (n_tokens,), in packed order: row of the same lane one step before, in a buffer that starts with the
    zero states of all lanes: packed row r is at n_lanes + r there, and the initial state of lane l at l."""

    @property
    def n_lanes(self) -> int:
        return self.sizes[0] if self.sizes else 0


def pack(lengths: Longs) -> Packing:
    """Pack lanes of these lengths, int64 (n_lanes,), sorted from longest to shortest, none of them 0."""
    n_lanes, longest = len(lengths), int(lengths[0]) if len(lengths) else 0
    # lengths is descending, so the number of lanes longer than t is found by binary search in the reversed array.
    sizes = n_lanes - np.searchsorted(lengths[::-1], np.arange(longest), side="right")
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64) if longest else np.zeros(0, np.int64)
    lane = np.repeat(np.arange(n_lanes), lengths)
    step = steps_of(lengths)
    rows = starts[step] + lane
    previous = np.empty(len(rows), np.int64)
    previous[rows] = np.where(step > 0, n_lanes + starts[np.maximum(step - 1, 0)] + lane, lane)
    return Packing(sizes.tolist(), rows, previous)


def steps_of(lengths: Longs) -> NDArray[np.int64]:
    """Return the position of each token within its sequence, tokens ordered by sequence: 0, 1, 2, 0, 1, ..."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
