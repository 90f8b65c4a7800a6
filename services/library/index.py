"""Turns prepared data into the tables that the library keeps: events by user, items, users.

Amazon Personalize has no call for histories or titles, so the screens read them from here. Everything that takes time
at a million events is computed once, when data is saved.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from services.errors import SampleError
from services.library.catalog import fold
from services.library.columns import EVENT_TYPE, ITEM_ID, TIMESTAMP, USER_ID, filled_titles, split_categories
from services.library.people import LONG, NEW, NEW_EVENTS, SHORT
from services.library.prepared import PreparedData
from services.library.tastes import top_of_everybody

MAX_CATEGORIES = 400
"""A first category column with more values than this makes no taste that a label could name."""


@dataclass(frozen=True)
class LibraryTables:
    """The tables of one data set group."""

    events: pa.Table
    """Interactions sorted by user, then time, ties in file order: ITEM_ID (dictionary), TIMESTAMP, the others."""
    users: pa.Table
    """user_id (sorted), start (first row in events), and what People needs."""
    items: pa.Table
    """item_id (sorted), n_people, n_events, and what Catalog needs."""


def index(data: PreparedData) -> LibraryTables:
    """Sort and count. n_people of an item counts users with an event of data.event_type where that is set."""
    interactions = data.interactions
    for name in (USER_ID, ITEM_ID, TIMESTAMP):
        if interactions[name].isna().any():
            raise SampleError(f"{name} is empty in some interactions. Drop those rows first: see the problems found.")
    user_ids, user_code = _codes(interactions[USER_ID], None if data.users is None else data.users[USER_ID])
    item_ids, item_code = _codes(interactions[ITEM_ID], None if data.items is None else data.items[ITEM_ID])
    time = interactions[TIMESTAMP].to_numpy(dtype=np.int64)
    order = np.lexsort((np.arange(len(time)), time, user_code))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(user_code, minlength=len(user_ids)))]).astype(np.int64)
    item = item_code[order]
    events = _events(interactions, order, item, item_ids)
    counted = np.ones(len(item), dtype=bool)
    if data.event_type is not None and EVENT_TYPE in interactions:
        counted = (interactions[EVENT_TYPE] == data.event_type).to_numpy(dtype=bool)[order]
    user = user_code[order]
    pairs = pd.unique(user[counted].astype(np.int64) * max(len(item_ids), 1) + item[counted])
    n_people = np.bincount(pairs % max(len(item_ids), 1), minlength=len(item_ids))
    n_items = np.bincount(pairs // max(len(item_ids), 1), minlength=len(user_ids))
    items = _items(data, item_ids, n_people, np.bincount(item, minlength=len(item_ids)))
    users = _users(data, user_ids, offsets, n_items, _user_tastes(items, offsets, item))
    return LibraryTables(events, users, items)


def _codes(column: pd.Series, more: pd.Series | None) -> tuple[NDArray[np.object_], NDArray[np.int32]]:
    """Return the distinct ids of both columns, sorted, and the code of each row of the first."""
    everything = column if more is None else pd.concat([column, more], ignore_index=True)
    codes, values = pd.factorize(everything, sort=True)
    return np.asarray(values, dtype=object), codes[: len(column)].astype(np.int32)


def _events(
    interactions: pd.DataFrame, order: NDArray[np.int64], item: NDArray[np.int32], item_ids: NDArray[np.object_]
) -> pa.Table:
    columns = {ITEM_ID: pa.DictionaryArray.from_arrays(pa.array(item), pa.array(item_ids, pa.string()))}
    for name in interactions.columns:
        if name not in (USER_ID, ITEM_ID):
            values = interactions[name].take(order)
            array = pa.array(values, from_pandas=True)
            columns[name] = array.dictionary_encode() if pa.types.is_large_string(array.type) else array
    return pa.table(columns).combine_chunks()


def _items(
    data: PreparedData, item_ids: NDArray[np.object_], n_people: NDArray[np.int64], n_events: NDArray[np.int64]
) -> pa.Table:
    roles = data.roles
    frame = pd.DataFrame(index=pd.Index(item_ids))
    if data.items is not None:
        frame = data.items.drop_duplicates(ITEM_ID, keep="last").set_index(ITEM_ID).reindex(frame.index)

    def column(name: str | None, kind: pa.DataType) -> pa.Array:
        if name is None or name not in frame:
            return pa.nulls(len(frame), kind)
        values = frame[name]
        if pa.types.is_int32(kind):
            return pa.array(pd.to_numeric(values, errors="coerce").round().astype("Int32"), kind, from_pandas=True)
        return pa.array(values.astype("str").where(values.notna(), None), kind, from_pandas=True)

    title = column(roles.title, pa.string())
    if roles.title_template is not None:
        title = pa.array(filled_titles(roles.title_template, frame), pa.string(), from_pandas=True)
    category = roles.categories[0] if roles.categories and roles.categories[0] in frame else None
    lists = [[]] * len(frame) if category is None else [split_categories(cell) for cell in frame[category]]
    return pa.table(
        {
            "item_id": pa.array(item_ids, pa.string()),
            "title": title,
            "year": column(roles.year, pa.int32()),
            "categories": pa.array(lists, pa.list_(pa.string())),
            "image": column(roles.image, pa.string()),
            "n_people": pa.array(n_people, pa.int32()),
            "n_events": pa.array(n_events, pa.int32()),
        }
    )


def _user_tastes(items: pa.Table, offsets: NDArray[np.int64], item: NDArray[np.int32]) -> list[list[str | None]]:
    """Return two lists, first and second taste of every user."""
    lists = items.column("categories").combine_chunks()
    if isinstance(lists, pa.ChunkedArray):
        lists = lists.chunk(0) if lists.num_chunks else pa.array([], lists.type)
    encoded = lists.flatten().dictionary_encode()
    names = encoded.dictionary.to_pylist()
    if not 2 <= len(names) <= MAX_CATEGORIES:
        return [[None] * (len(offsets) - 1)] * 2
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    code_offsets = np.concatenate([[0], np.cumsum(lists.value_lengths().to_numpy(zero_copy_only=False))]).astype(
        np.int64
    )
    best = top_of_everybody(offsets, item, codes, code_offsets, len(names))
    return [[names[code] if code >= 0 else None for code in column] for column in best.T.tolist()]


def _users(
    data: PreparedData,
    user_ids: NDArray[np.object_],
    offsets: NDArray[np.int64],
    n_items: NDArray[np.int64],
    tastes: list[list[str | None]],
) -> pa.Table:
    names = pd.Series(None, index=range(len(user_ids)), dtype="str")
    attributes = pd.Series("", index=range(len(user_ids)), dtype="str")
    if data.users is not None:
        frame = (
            data.users.drop_duplicates(USER_ID, keep="last").set_index(USER_ID).reindex(user_ids).reset_index(drop=True)
        )
        if data.roles.user_name in frame:
            names = frame[data.roles.user_name].astype("str").where(frame[data.roles.user_name].notna(), None)
        for name in data.roles.user_attributes[:2]:
            if name in frame:
                text = frame[name].astype("str").where(frame[name].notna(), "")
                attributes = _joined(attributes, text)
    n_events = np.diff(offsets)
    segments = _segments(n_events)
    ids = pd.Series(user_ids, dtype="str")
    search = ids + " " + names.fillna("") + " " + attributes + " " + pd.Series(segments, dtype="str")
    for column in tastes:
        search = search + " " + pd.Series(column, dtype="str").fillna("")
    return pa.table(
        {
            "user_id": pa.array(user_ids, pa.string()),
            "start": pa.array(offsets[:-1], pa.int64()),
            "n_events": pa.array(n_events, pa.int32()),
            "n_items": pa.array(n_items, pa.int32()),
            "name": pa.array(names, pa.string(), from_pandas=True),
            "attributes": pa.array(attributes, pa.string(), from_pandas=True),
            "taste_1": pa.array(tastes[0], pa.string()),
            "taste_2": pa.array(tastes[1], pa.string()),
            "segment": pa.array(segments, pa.string()),
            "search": pa.array([fold(key) for key in search], pa.string()),
        }
    )


def _joined(left: pd.Series, right: pd.Series) -> pd.Series:
    comma = pd.Series(", ", index=left.index, dtype="str").where((left != "") & (right != ""), "")
    return left + comma + right


def _segments(n_events: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return "new", "short history" (lower quarter), "long history" (upper tenth) or ""."""
    segments = np.full(len(n_events), "", dtype=object)
    if len(n_events):
        low, high = np.quantile(n_events, [0.25, 0.9])
        segments[n_events <= low] = SHORT
        segments[n_events >= high] = LONG
        segments[n_events <= NEW_EVENTS] = NEW
    return segments
