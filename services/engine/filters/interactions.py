"""The interactions of a user as filters see them: those of the data, then those of PutEvents, at once.

AWS considers a user's 100 most recent interactions of each event type (Amazon Personalize developer guide, "Filter
expressions"). Data without EVENT_TYPE has interactions of no type, which only "*" finds.
"""

import threading
from collections import OrderedDict
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from services.engine.data.vocabulary import Vocabulary
from services.engine.filters.values import Test
from services.engine.recipes.base import Ints
from services.engine.store.live import LiveRows

MAX_EVENTS_PER_TYPE = 100
MAX_VOCABULARIES = 8
NO_TYPE = ""


class UserInteractions:
    """Which items each user has interacted with, and how; thread-safe."""

    def __init__(self, rows: Path | None, dataset_arn: str, live: LiveRows) -> None:
        """rows: the snapshot's Parquet file, sorted by user and time; None before the first import."""
        self._rows, self._dataset_arn, self._live = rows, dataset_arn, live
        self._renumbered: OrderedDict[int, tuple[Vocabulary, Ints]] = OrderedDict()
        self._lock = threading.Lock()

    def read(self) -> None:
        """Read the events into memory. Raises FileNotFoundError when the snapshot was removed."""
        _ = self._data

    def indices(self, user_id: str, test: Test, items: Vocabulary) -> Ints:
        """Return the rows in a vocabulary of the items with which a user had an event that passes the test."""
        codes, live_ids = self._of(user_id, test)
        known = self._index_of(items)[codes] if codes else np.empty(0, np.int32)
        found = np.concatenate([known, items.indices_of(live_ids)])
        indices: Ints = found[found >= 0].astype(np.int32)
        return indices

    def ids(self, user_id: str, test: Test) -> set[str]:
        """Return the IDs of the items with which a user had an event that passes the test."""
        codes, live_ids = self._of(user_id, test)
        return {self._data.item_ids[code].as_py() for code in codes} | set(live_ids)

    def _of(self, user_id: str, test: Test) -> tuple[list[int], list[str]]:
        """Return (codes of items in the data, IDs of items in live events); NOT IN selects the other event types."""
        by_type = self._data.events_of(user_id)
        for event in self._live.events_of(self._dataset_arn, user_id, 0):
            by_type.setdefault(event.event_type.casefold(), []).append(event.item_id)
        codes: list[int] = []
        live_ids: list[str] = []
        for event_type, items in by_type.items():
            if (test.any_value or event_type in test.values) == (test.operator == "IN"):
                for item in items[-MAX_EVENTS_PER_TYPE:]:
                    if isinstance(item, str):
                        live_ids.append(item)
                    else:
                        codes.append(item)
        return codes, live_ids

    @cached_property
    def _data(self) -> "_Events":
        return _Events(self._rows)

    def _index_of(self, items: Vocabulary) -> Ints:
        """Return the row in a vocabulary of each item of the data, -1 where it has none."""
        with self._lock:
            entry = self._renumbered.get(id(items))
            if entry is None:
                found = pc.index_in(self._data.item_ids.cast(pa.large_string()), value_set=items.to_arrow())
                entry = (items, pc.fill_null(found, -1).to_numpy(zero_copy_only=False).astype(np.int32))
                self._renumbered[id(items)] = entry
                while len(self._renumbered) > MAX_VOCABULARIES:
                    self._renumbered.popitem(last=False)
            return entry[1]


class _Events:
    """The events of a snapshot: one code for the item and one for the type of each, and where each user's begin."""

    def __init__(self, rows: Path | None) -> None:
        self.item_ids: Any = pa.array([], pa.string())
        self._types: list[str] = [NO_TYPE]
        self._users, self._offsets = Vocabulary.from_ids([]), np.zeros(1, np.int64)
        self._items, self._type_codes = np.empty(0, np.int32), np.empty(0, np.int32)
        if rows is not None:
            self._read(rows)

    def events_of(self, user_id: str) -> dict[str, list[Any]]:
        """Return the codes of the items of a user's events, oldest first, by event type in lower case."""
        index = self._users.index_of(user_id)
        by_type: dict[str, list[Any]] = {}
        if index is None:
            return by_type
        events = slice(self._offsets[index], self._offsets[index + 1])
        items, types = self._items[events], self._type_codes[events]
        for code in np.unique(types).tolist():
            by_type.setdefault(self._types[code], []).extend(items[types == code].tolist()[-MAX_EVENTS_PER_TYPE:])
        return by_type

    def _read(self, rows: Path) -> None:
        names = ["USER_ID", "ITEM_ID", "EVENT_TYPE"]
        with rows.open("rb") as file:  # pyarrow takes names of files as UTF-8, whatever the locale says
            known = pq.read_schema(file).names
            file.seek(0)
            columns = [name for name in names if name in known]
            table = pq.read_table(file, columns=columns, read_dictionary=columns)
        codes, user_ids = _coded(table["USER_ID"])
        starts = np.flatnonzero(np.diff(codes, prepend=-1)) if len(codes) else np.empty(0, np.int64)
        self._users = Vocabulary.from_sorted(user_ids.take(pa.array(codes[starts])))
        self._offsets = np.append(starts, len(codes)).astype(np.int64)
        self._items, self.item_ids = _coded(table["ITEM_ID"])
        if "EVENT_TYPE" in columns:
            type_codes, types = _coded(table["EVENT_TYPE"])
            folded = [str(event_type).casefold() for event_type in types.to_pylist()] + [NO_TYPE]
            self._types = list(dict.fromkeys(folded))
            places = np.asarray([self._types.index(event_type) for event_type in folded], np.int32)
            self._type_codes = places[type_codes]  # -1, an empty cell, is the last one
        else:
            self._type_codes = np.zeros(len(codes), np.int32)


def _coded(column: Any) -> tuple[Ints, Any]:
    """Return (codes, int32 (n,), -1 for an empty cell; their texts as a pyarrow array)."""
    chunked = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    encoded = chunked.unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # combine_chunks of no chunks
        return np.empty(0, np.int32), pa.array([], pa.string())
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int32)
    return codes, encoded.dictionary
