"""Loads snapshots into arrays: one pass over the sorted interactions, batch by batch.

The file is sorted by user, then by time, so users are in the order of their vocabulary and a user's history is a range
of rows. Items are numbered as they appear and renumbered at the end. Filters, inferred values and columns: Amazon
Personalize developer guide, "Creating and configuring a solution".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from services.engine.data.columns import Choice, to_column, to_floats, training_fields
from services.engine.data.impressions import ImpressionLists
from services.engine.data.schemas import Field, Schema
from services.engine.data.snapshots import SnapshotInfo
from services.engine.data.vocabulary import Vocabulary
from services.engine.recipes.base import Column, Histories, Longs, TextColumn, TrainingData

BATCH_ROWS = 1 << 19


def load_training_data(
    interactions: SnapshotInfo | None,
    items: SnapshotInfo | None,
    users: SnapshotInfo | None,
    schemas: Mapping[str, Schema],
    event_type: str | None = None,
    event_value_threshold: float | None = None,
    excluded_columns: Choice = None,
    included_columns: Choice = None,
    described_users: bool = False,
    impressions: bool = False,
    texts: bool = False,
) -> tuple[TrainingData, Vocabulary, Vocabulary]:
    """Return (data, users, items): arrays for recipes, and the ids behind their row numbers.

    schemas: by dataset type. event_type (in any case) and event_value_threshold (inclusive; empty values do not pass)
    select the events. The users are those with a selected event and, with described_users, those of the Users dataset;
    the items are those with a selected event and those of the Items dataset. Text and plain strings are ignored.
    interactions None: there are none, and histories are empty.
    impressions adds the lists of the selected events if the schema has IMPRESSION; texts adds titles and descriptions.
    """
    schema = Schema("Interactions", ()) if interactions is None else schemas["Interactions"]
    context = training_fields(schema, included_columns, excluded_columns)
    events = _Events(schema, context)
    shown = ImpressionLists() if impressions and "IMPRESSION" in schema.names else None
    rows = _batches(interactions, schema, context, event_type, event_value_threshold, shown is not None)
    for batch in rows:
        events.add(batch)
        if shown is not None and "IMPRESSION" in batch.schema.names:
            shown.add(batch["IMPRESSION"])
    user_rows = None if users is None else _read_all(users, schemas["Users"])
    user_vocabulary, places = _number_users(events.users(), user_rows if described_users else None)
    item_rows = None if items is None else _read_all(items, schemas["Items"])
    item_vocabulary, renumbered = _number_items(events.seen_items, item_rows)
    histories = _spread(events.histories(renumbered, len(places), len(item_vocabulary)), places, len(user_vocabulary))
    item_columns: tuple[Column, ...] = ()
    user_columns: tuple[Column, ...] = ()
    if item_rows is not None:
        fields = training_fields(schemas["Items"], included_columns, excluded_columns)
        item_columns = _aligned(item_rows, "ITEM_ID", item_vocabulary, fields)
    if user_rows is not None:
        fields = training_fields(schemas["Users"], included_columns, excluded_columns)
        user_columns = _aligned(user_rows, "USER_ID", user_vocabulary, fields)
    creation = _creation_times(histories, item_rows, item_vocabulary)
    lists = None if shown is None else shown.finish(item_vocabulary)
    histories = replace(histories, user_columns=user_columns, impressions=lists)
    described = _texts(item_rows, schemas["Items"], item_vocabulary) if texts and item_rows is not None else ()
    return TrainingData(histories, item_columns, creation, described), user_vocabulary, item_vocabulary


def _texts(rows: Any, schema: Schema, vocabulary: Vocabulary) -> tuple[TextColumn, ...]:
    """Return the titles and descriptions of the items."""
    places = _places(rows, "ITEM_ID", vocabulary)
    chosen = [field for field in schema if (field.textual or field.item_name) and field.name in rows.column_names]
    cells = {field.name: rows[field.name].cast(pa.string()).take(places).to_pylist() for field in chosen}
    return tuple(TextColumn(field.name, tuple(cells[field.name]), field.item_name) for field in chosen)


def _batches(
    snapshot: SnapshotInfo | None,
    schema: Schema,
    context: list[Field],
    event_type: str | None,
    event_value_threshold: float | None,
    impressions: bool,
) -> Iterator[Any]:
    """Yield the selected rows in order, as record batches; none without a snapshot."""
    if snapshot is None:
        return
    names = ["USER_ID", "ITEM_ID", "TIMESTAMP"]
    names += [name for name in ("EVENT_TYPE", "EVENT_VALUE") if name in schema.names]
    names += ["IMPRESSION"] if impressions else []
    texts = [field.name for field in context if field.categorical]
    texts += ["EVENT_TYPE"] if "EVENT_TYPE" in names else []
    columns = [name for name in (*names, *(field.name for field in context)) if name in snapshot.columns]
    file = pq.ParquetFile(snapshot.rows, read_dictionary=["USER_ID", "ITEM_ID", *texts])
    with file:
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=columns, use_threads=False):
            yield _filtered(batch, event_type, event_value_threshold)


def _filtered(batch: Any, event_type: str | None, event_value_threshold: float | None) -> Any:
    keep = np.ones(batch.num_rows, bool)
    if event_type is not None:
        types = batch["EVENT_TYPE"].cast(pa.string()) if "EVENT_TYPE" in batch.schema.names else None
        same = None if types is None else pc.fill_null(pc.equal(pc.utf8_lower(types), event_type.lower()), False)
        keep &= False if same is None else same.to_numpy(zero_copy_only=False)
    if event_value_threshold is not None:
        has_values = "EVENT_VALUE" in batch.schema.names
        keep &= to_floats(batch["EVENT_VALUE"]) >= np.float32(event_value_threshold) if has_values else False
    return batch if keep.all() else batch.filter(pa.array(keep))


@dataclass
class _Events:
    """Collects batches of events."""

    schema: Schema
    context: list[Field]
    seen_items: Any = field(default_factory=lambda: pa.array([], pa.string()))
    """Items in order of appearance."""
    _users: list[Any] = field(default_factory=list)
    _last_user: str | None = None
    _lengths: list[NDArray[np.int64]] = field(default_factory=list)
    _items: list[NDArray[np.int32]] = field(default_factory=list)
    _timestamps: list[NDArray[np.int64]] = field(default_factory=list)
    _types: list[Any] = field(default_factory=list)
    _values: list[NDArray[np.float32]] = field(default_factory=list)
    _context: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, batch: Any) -> None:
        """Add one batch of rows."""
        if batch.num_rows == 0:
            return
        self._add_users(batch["USER_ID"])
        self._add_items(batch["ITEM_ID"])
        self._timestamps.append(batch["TIMESTAMP"].to_numpy())
        if "EVENT_TYPE" in batch.schema.names:
            self._types.append(batch["EVENT_TYPE"])
        if "EVENT_VALUE" in batch.schema.names:
            self._values.append(to_floats(batch["EVENT_VALUE"]))
        for column in self.context:
            if column.name in batch.schema.names:
                self._context.setdefault(column.name, []).append(batch[column.name])

    def users(self) -> Any:
        """Return the users' ids in order."""
        return pa.concat_arrays(self._users) if self._users else pa.array([], pa.string())

    def histories(self, renumbered: NDArray[np.int32], n_users: int, n_items: int) -> Histories:
        """Return all events; renumbered maps numbers of appearance to item_index."""
        lengths = np.concatenate(self._lengths) if self._lengths else np.empty(0, np.int64)
        types = self._event_types()
        return Histories(
            offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            items=_joined([renumbered[codes] for codes in self._items], np.int32),
            timestamps=_joined(self._timestamps, np.int64),
            n_items=n_items,
            event_types=None if types is None else types[0],
            event_type_names=() if types is None else types[1],
            event_values=_joined(self._values, np.float32) if "EVENT_VALUE" in self.schema.names else None,
            context=tuple(
                to_column(column, pa.chunked_array(self._context[column.name]))
                for column in self.context
                if column.name in self._context
            ),
        )

    def _add_users(self, column: Any) -> None:
        ids = column.cast(pa.string())
        changed = np.flatnonzero(pc.not_equal(ids[1:], ids[:-1]).to_numpy(zero_copy_only=False)) + 1
        starts = np.concatenate([[0], changed])
        lengths = np.diff(np.append(starts, len(ids))).astype(np.int64)
        new = ids.take(pa.array(starts))
        if self._last_user is not None and new[0].as_py() == self._last_user:
            self._lengths[-1][-1] += lengths[0]
            lengths, new = lengths[1:], new[1:]
        self._last_user = ids[-1].as_py()
        if len(new):
            self._lengths.append(lengths)
            self._users.append(new)

    def _add_items(self, column: Any) -> None:
        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        names = encoded.dictionary.cast(pa.string())
        known = pc.index_in(names, value_set=self.seen_items)
        used = np.unique(encoded.indices.to_numpy())
        is_new = np.zeros(len(names), bool)
        is_new[used] = True
        is_new &= pc.is_null(known).to_numpy(zero_copy_only=False)
        numbers = pc.fill_null(known, -1).to_numpy(zero_copy_only=False).astype(np.int32)
        numbers[is_new] = len(self.seen_items) + np.arange(int(is_new.sum()), dtype=np.int32)
        self.seen_items = pa.concat_arrays([self.seen_items, names.filter(pa.array(is_new))])
        self._items.append(numbers[encoded.indices.to_numpy()])

    def _event_types(self) -> tuple[NDArray[np.int16], tuple[str, ...]] | None:
        """Return codes (-1 where the cell is empty) and the sorted names."""
        if "EVENT_TYPE" not in self.schema.names:
            return None
        if not self._types:
            return np.empty(0, np.int16), ()
        encoded = pa.chunked_array(self._types).unify_dictionaries().combine_chunks()
        values = encoded.dictionary.to_pylist()
        codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
        names = tuple(sorted({values[code] for code in np.unique(codes) if code >= 0}))
        place = {name: number for number, name in enumerate(names)}
        new = np.asarray([place.get(name, -1) for name in values] + [-1], np.int16)
        return new[codes], names


def _joined(parts: list[Any], dtype: Any) -> NDArray[Any]:
    return np.concatenate(parts).astype(dtype, copy=False) if parts else np.empty(0, dtype)


def _read_all(snapshot: SnapshotInfo, schema: Schema) -> Any:
    names = [name for name in schema.names if name in snapshot.columns]
    return pq.read_table(snapshot.rows, columns=names, use_threads=False, memory_map=False, partitioning=None)


def _number_users(seen: Any, rows: Any | None) -> tuple[Vocabulary, NDArray[np.int64]]:
    """Return the vocabulary of the users, and the user_index of each user with events; seen is sorted."""
    if rows is None:
        return Vocabulary.from_sorted(seen), np.arange(len(seen))
    listed = rows["USER_ID"].cast(pa.large_string()).combine_chunks()
    listed = pa.concat_arrays(listed.chunks) if isinstance(listed, pa.ChunkedArray) else listed
    ids = pc.unique(pa.concat_arrays([seen.cast(pa.large_string()), listed]))
    order = pc.sort_indices(ids).to_numpy()
    index = np.empty(len(order), np.int64)
    index[order] = np.arange(len(order))
    return Vocabulary.from_sorted(ids.take(pa.array(order))), index[: len(seen)]


def _spread(histories: Histories, places: NDArray[np.int64], n_users: int) -> Histories:
    """Return the histories extended by users without events; places: the user_index of each user with events."""
    if len(places) == n_users:
        return histories
    lengths = np.zeros(n_users, np.int64)
    lengths[places] = histories.lengths()
    return replace(histories, offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))


def _number_items(seen: Any, rows: Any | None) -> tuple[Vocabulary, NDArray[np.int32]]:
    """Return the vocabulary of all items, and the item_index of each number of appearance."""
    ids = seen.cast(pa.large_string())
    if rows is not None:
        listed = rows["ITEM_ID"].cast(pa.large_string()).combine_chunks()
        listed = pa.concat_arrays(listed.chunks) if isinstance(listed, pa.ChunkedArray) else listed
        ids = pc.unique(pa.concat_arrays([ids, listed]))
    order = pc.sort_indices(ids).to_numpy()
    index = np.empty(len(order), np.int32)
    index[order] = np.arange(len(order), dtype=np.int32)
    return Vocabulary.from_sorted(ids.take(pa.array(order))), index[: len(seen)]


def _places(rows: Any, key: str, vocabulary: Vocabulary) -> Any:
    """Return the table's row of each row of the vocabulary, null where there is none."""
    return pc.index_in(vocabulary.to_arrow(), value_set=rows[key].cast(pa.large_string()))


def _aligned(rows: Any, key: str, vocabulary: Vocabulary, fields: list[Field]) -> tuple[Column, ...]:
    places = _places(rows, key, vocabulary)
    return tuple(to_column(field, rows[field.name].take(places)) for field in fields if field.name in rows.column_names)


def _creation_times(histories: Histories, rows: Any | None, vocabulary: Vocabulary) -> Longs:
    """Return the time at which each item became available: as given, else its first event, else the newest event."""
    latest = int(histories.timestamps.max()) if histories.n_events else 0
    times = np.full(len(vocabulary), np.iinfo(np.int64).max, np.int64)
    np.minimum.at(times, histories.items, histories.timestamps)
    times[times == np.iinfo(np.int64).max] = latest
    if rows is not None and "CREATION_TIMESTAMP" in rows.column_names:
        given = rows["CREATION_TIMESTAMP"].take(_places(rows, "ITEM_ID", vocabulary))
        known = pc.is_valid(given).to_numpy()
        times[known] = pc.fill_null(given, 0).to_numpy()[known]
    return times
