"""The interactions of a user as filters see them: those of the data, then those of PutEvents, at once.

AWS considers a user's 100 most recent interactions of each event type (Amazon Personalize developer guide, "Filter
expressions"). Data without EVENT_TYPE has interactions of no type, which only "*" finds.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from services.engine.data.vocabulary import Vocabulary
from services.engine.filters.values import Test
from services.engine.recipes.base import Bools, Ints, Longs
from services.engine.store.live import LiveRows

MAX_EVENTS_PER_TYPE = 100
MAX_KEPT_PER_TYPE = 300
"""The larger limit, that of action interactions."""
MAX_VOCABULARIES = 8
NO_TYPE = ""


def folded(event_type: str) -> str:
    """Return an event type as it is compared: without case."""
    return event_type.casefold()


def folded_action(event_type: str) -> str:
    """Return an event type of actions as it is compared: AWS writes NOT_TAKEN, Not Taken and Not taken."""
    return event_type.casefold().replace("_", " ")


@dataclass(frozen=True)
class Met:
    """One event of a user's history."""

    id: str
    """Of the item or the action."""
    event_type: str
    timestamp: int
    """Epoch seconds."""


class UserInteractions:
    """Which items each user has interacted with, and how; thread-safe."""

    id_name = "ITEM_ID"
    max_events_per_type = MAX_EVENTS_PER_TYPE
    fold = staticmethod(folded)

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
            by_type.setdefault(self.fold(event.event_type), []).append(event.item_id)
        codes: list[int] = []
        live_ids: list[str] = []
        for event_type, items in by_type.items():
            if self._passes(event_type, test):
                for item in items[-self.max_events_per_type :]:
                    if isinstance(item, str):
                        live_ids.append(item)
                    else:
                        codes.append(item)
        return codes, live_ids

    def users(self, test: Test, users: Vocabulary) -> Bools:
        """Return which users of a vocabulary had an event that passes the test, bool (n,)."""
        with_events = self._data.users_with([self._passes(kind, test) for kind in self._data.types])
        owners = [owner for owner, kind in self._live.owners(self._dataset_arn) if self._passes(self.fold(kind), test)]
        indices = users.indices_of([*with_events, *owners])
        mask = np.zeros(len(users), bool)
        mask[indices[indices >= 0]] = True
        return mask

    def history(self, user_id: str) -> list[Met]:
        """Return a user's events, those of the data before those that were put, each oldest first."""
        events = self._data.history_of(user_id)
        put = self._live.events_of(self._dataset_arn, user_id, 0)
        return events + [Met(event.item_id, event.event_type, event.sent_at) for event in put]

    def _passes(self, event_type: str, test: Test) -> bool:
        wanted = test.any_value or event_type in {self.fold(str(value)) for value in test.values}
        return wanted == (test.operator == "IN")

    @cached_property
    def _data(self) -> "_Events":
        return _Events(self._rows, self.id_name, self.fold)

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


class UserActionInteractions(UserInteractions):
    """Which actions each user has met, and how."""

    id_name = "ACTION_ID"
    max_events_per_type = 300
    fold = staticmethod(folded_action)


class _Events:
    """The events of a snapshot: one code for the item and one for the type of each, and where each user's begin."""

    def __init__(self, rows: Path | None, id_name: str = "ITEM_ID", fold: Callable[[str], str] = folded) -> None:
        self.item_ids: Any = pa.array([], pa.string())
        self.types: list[str] = [NO_TYPE]
        """Folded, by code."""
        self._rows, self._id_name, self._fold = rows, id_name, fold
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
            by_type.setdefault(self.types[code], []).extend(items[types == code].tolist()[-MAX_KEPT_PER_TYPE:])
        return by_type

    def users_with(self, wanted: list[bool]) -> list[str]:
        """Return the users with an event of one of the types, by code."""
        found = np.flatnonzero(np.asarray(wanted, bool)[self._type_codes])
        users = np.unique(np.searchsorted(self._offsets, found, side="right") - 1)
        return self._users.ids(users)

    def history_of(self, user_id: str) -> list[Met]:
        """Return a user's events, oldest first; their times are read from the file, a few rows."""
        index = self._users.index_of(user_id)
        if index is None or self._rows is None:
            return []
        begin, end = self._offsets[index], self._offsets[index + 1]
        times = self._times[begin:end].tolist()
        ids = [self.item_ids[code].as_py() for code in self._items[begin:end].tolist()]
        kinds = [self.types[code] for code in self._type_codes[begin:end].tolist()]
        return [Met(*event) for event in zip(ids, kinds, times, strict=True)]

    @cached_property
    def _times(self) -> Longs:
        """int64 (n_events,): epoch seconds."""
        assert self._rows is not None
        with self._rows.open("rb") as file:
            times: Longs = pq.read_table(file, columns=["TIMESTAMP"]).column(0).to_numpy().astype(np.int64)
        return times

    def _read(self, rows: Path) -> None:
        names = ["USER_ID", self._id_name, "EVENT_TYPE"]
        with rows.open("rb") as file:  # pyarrow takes names of files as UTF-8, whatever the locale says
            known = pq.read_schema(file).names
            file.seek(0)
            columns = [name for name in names if name in known]
            table = pq.read_table(file, columns=columns, read_dictionary=columns)
        codes, user_ids = _coded(table["USER_ID"])
        starts = np.flatnonzero(np.diff(codes, prepend=-1)) if len(codes) else np.empty(0, np.int64)
        self._users = Vocabulary.from_sorted(user_ids.take(pa.array(codes[starts])))
        self._offsets = np.append(starts, len(codes)).astype(np.int64)
        self._items, self.item_ids = _coded(table[self._id_name])
        if "EVENT_TYPE" in columns:
            type_codes, types = _coded(table["EVENT_TYPE"])
            kinds = [self._fold(str(event_type)) for event_type in types.to_pylist()] + [NO_TYPE]
            self.types = list(dict.fromkeys(kinds))
            places = np.asarray([self.types.index(event_type) for event_type in kinds], np.int32)
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
