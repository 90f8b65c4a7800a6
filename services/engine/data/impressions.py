"""The IMPRESSION column as lists of item numbers: the items that were shown with each event.

A cell contains item IDs joined with "|" (Amazon Personalize developer guide, "Impressions data"). The order within a
list carries no information, and unknown IDs are ignored. To bound the memory, beyond MAX_SHOWN_ITEMS numbers every
second list is dropped, and each of the others represents twice as many.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from services.engine.data.vocabulary import Vocabulary
from services.engine.recipes.base import Impressions, Longs

MAX_SHOWN_ITEMS = 20_000_000
"""Maximum number of item numbers in memory: 80 MB."""
_SLICE_ROWS = 1 << 16


@dataclass(frozen=True)
class _Part:
    """Some lists: the number of each list among all, its event and its length, and the codes of all lists."""

    numbers: Longs
    events: Longs
    lengths: Longs
    codes: NDArray[np.int32]

    def thinned(self, every: int) -> "_Part":
        """Return the lists whose number is a multiple of every."""
        keep = self.numbers % every == 0
        return _Part(
            self.numbers[keep], self.events[keep], self.lengths[keep], self.codes[np.repeat(keep, self.lengths)]
        )


class ImpressionLists:
    """Collects the column batch by batch."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._parts: list[_Part] = []
        self._every = 1
        self._n_events = 0
        self._n_lists = 0

    def add(self, cells: Any) -> None:
        """Add the cells of the next events, a pyarrow array of text."""
        for start in range(0, len(cells), _SLICE_ROWS):
            self._add(cells.slice(start, _SLICE_ROWS))

    def finish(self, items: Vocabulary) -> Impressions | None:
        """Return the lists of all events by item_index; None when there are none."""
        numbers = items.indices_of(list(self._codes))
        if not (numbers >= 0).any():
            return None
        lengths = np.zeros(self._n_events, np.int64)
        shown = []
        for part in self._parts:
            indices = numbers[part.codes]
            events = np.repeat(part.events, part.lengths)[indices >= 0]
            lengths += np.bincount(events, minlength=self._n_events)
            shown.append(indices[indices >= 0].astype(np.int32))
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return Impressions(offsets, np.concatenate(shown), self._every)

    def _add(self, cells: Any) -> None:
        lists = pc.split_pattern(pc.fill_null(cells.cast(pa.string()), ""), "|")
        lengths = pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)
        encoded = lists.flatten().dictionary_encode()
        names = encoded.dictionary.to_pylist()
        codes = np.asarray([self._codes.setdefault(name, len(self._codes)) if name else -1 for name in names], np.int32)
        shown = codes[encoded.indices.to_numpy()]
        events = np.repeat(np.arange(len(lengths)), lengths)[shown >= 0]
        lengths = np.bincount(events, minlength=len(lengths))
        with_list = np.flatnonzero(lengths)
        numbers = self._n_lists + np.arange(len(with_list))
        part = _Part(numbers, self._n_events + with_list, lengths[with_list], shown[shown >= 0])
        self._n_events += len(cells)
        self._n_lists += len(with_list)
        self._parts.append(part.thinned(self._every))
        while sum(len(part.codes) for part in self._parts) > MAX_SHOWN_ITEMS:
            self._every *= 2
            self._parts = [part.thinned(self._every) for part in self._parts]
