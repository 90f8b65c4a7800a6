"""The library: the data that was loaded, stored so that screens can show histories and names in both modes.

HOME/library/NAME/library.json says which version is current; HOME/library/NAME/VERSION/ holds its tables and is never
changed. A new version is written beside its place and switched to by replacing library.json, so a reader sees the old
data or the new. pending.json names a version that waits for its import.

History look-ups read only the rows of one user from a memory-mapped file.
"""

import json
import logging
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from services.changes import changing_home
from services.errors import DataError, SampleError
from services.language.vocabulary import Words
from services.library import turns
from services.library.catalog import Catalog
from services.library.columns import (
    EVENT_TYPE,
    ITEM_ID,
    MAKER_COLUMN,
    SEPARATOR,
    USER_ID,
    ColumnRoles,
    split_categories,
)
from services.library.index import index
from services.library.names import check_name
from services.library.people import People, row_of
from services.library.prepared import REAL_TIMES, Persona, PreparedData
from services.library.tastes import Tastes
from services.library.writing import PENDING, Pending, facts_of, read_pending, replace_json, write_tables

_log = logging.getLogger(__name__)
_PART = ".part"
_MIN_PART_AGE_S = 5.0
"""A younger part may be about to be locked by its process."""


class Library:
    """All data that is stored under one home folder."""

    def __init__(self, home: Path) -> None:
        self._home = Path(home)
        self._root = self._home / "library"

    def names(self) -> list[str]:
        """Return the names of the stored data set groups, in order."""
        return sorted(path.parent.name for path in self._root.glob("*/library.json"))

    def version(self, name: str) -> str | None:
        """Return the current version of the data, for cache keys; None when nothing is stored under that name."""
        facts = self._facts(name)
        return None if facts is None else str(facts["version"])

    def open(self, name: str) -> "LoadedData | None":
        """Return the stored data of a data set group, or None."""
        facts = self._facts(name)
        return None if facts is None else LoadedData(self._root / name / facts["version"], facts)

    def save(self, data: PreparedData) -> "LoadedData":
        """Store prepared data under its name, in place of an earlier version."""
        return self.switch(self._write(data, None))

    def write(self, data: PreparedData, planned: Sequence[str]) -> Pending:
        """Write a version that is not current yet, and the note of it; the current one is not changed.

        planned are the types of the data sets that its import fills.
        """
        return self._write(data, tuple(planned))

    def _write(self, data: PreparedData, planned: tuple[str, ...] | None) -> Pending:
        changing_home(self._home)
        folder = self._folder(data.name)
        version = secrets.token_hex(8)
        part = folder / f"{version}{_PART}"
        part.mkdir(parents=True)
        with _in_use(part):
            try:
                tables = index(data)
                write_tables(tables, data, part)
                old = self._facts(data.name)
                facts = facts_of(data, tables, version, None if old is None else old["version"])
                pending = Pending(folder, facts, planned or ())
                if planned is not None:
                    pending.write()
                part.rename(folder / version)
            except BaseException:
                shutil.rmtree(part, ignore_errors=True)
                raise
        return pending

    def switch(self, pending: Pending) -> "LoadedData":
        """Make a pending version the current one."""
        changing_home(self._home)
        replace_json(pending.folder / "library.json", pending.facts)
        self._forget(pending)
        self._sweep(pending.folder, {pending.version, pending.facts["previous"]})
        _log.info(
            "library_saved name=%s version=%s n_events=%d", pending.name, pending.version, pending.facts["n_events"]
        )
        return LoadedData(pending.folder / pending.version, pending.facts)

    def discard(self, pending: Pending) -> None:
        """Remove a pending version; the current one stays, and without one nothing does."""
        changing_home(self._home)
        self._forget(pending)
        if self._facts(pending.name) is None:
            self.delete(pending.name)
        else:
            shutil.rmtree(pending.folder / pending.version, ignore_errors=True)

    def open_pending(self, pending: Pending) -> "LoadedData":
        """Return the data of a version that waits."""
        return LoadedData(pending.folder / pending.version, pending.facts)

    def pending(self) -> list[Pending]:
        """Return the versions that wait for their imports, by name."""
        notes = (read_pending(path.parent) for path in sorted(self._root.glob("*/pending.json")))
        return [note for note in notes if note is not None]

    def sweep_parts(self) -> list[Path]:
        """Remove parts of versions whose process has ended; return them."""
        changing_home(self._home)
        removed = []
        for part in self._root.glob(f"*/*{_PART}"):
            if not part.is_dir() or time.time() - part.stat().st_mtime < _MIN_PART_AGE_S:
                continue
            descriptor = turns.locked(os.open(part, os.O_RDONLY))
            if descriptor is not None:
                shutil.rmtree(part, ignore_errors=True)
                os.close(descriptor)
                removed.append(part)
        return removed

    def delete(self, name: str) -> None:
        """Remove the stored data of a data set group, if there is any."""
        changing_home(self._home)
        shutil.rmtree(self._folder(name), ignore_errors=True)

    def _facts(self, name: str) -> dict[str, Any] | None:
        try:
            facts: dict[str, Any] = json.loads((self._folder(name) / "library.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError, SampleError):
            return None
        return facts

    def _folder(self, name: str) -> Path:
        check_name(name)
        return self._root / name

    @staticmethod
    def _forget(pending: Pending) -> None:
        note = read_pending(pending.folder)
        if note is not None and note.version == pending.version:
            (pending.folder / PENDING).unlink(missing_ok=True)

    @staticmethod
    def _sweep(folder: Path, keep: set[str | None]) -> None:
        """Remove old versions except the last one, which another process may be opening now."""
        waiting = read_pending(folder)
        if waiting is not None:
            keep = keep | {waiting.version}
        for path in folder.iterdir():
            if path.is_dir() and path.name not in keep and not path.name.endswith(_PART):
                shutil.rmtree(path, ignore_errors=True)


class LoadedData:
    """One version of one data set group's data. Reading is lazy; the stored files never change."""

    def __init__(self, folder: Path, facts: Mapping[str, Any]) -> None:
        self._folder = folder
        self.name: str = facts["name"]
        self.version: str = facts["version"]
        self.source: str = facts["source"]
        self.note: str = facts["note"]
        self.licence: str = facts["licence"]
        self.event_type: str | None = facts["event_type"]
        self.time_kind: str = facts.get("time_kind", REAL_TIMES)
        self.schemas: Mapping[str, str] = facts["schemas"]
        self.n_events: int = facts["n_events"]
        self.n_repeats: int = facts.get("n_repeats", 0)
        """Events that repeat an earlier one in all columns, so that Amazon Personalize keeps one of each."""
        self.n_left_out: int = facts.get("n_left_out", 0)
        """Rows that were given and left out before the import."""
        self.saved: float = facts.get("saved", 0.0)
        """Epoch seconds; 0.0 for data that an earlier version stored."""
        self.n_users: int = facts["n_users"]
        self.n_items: int = facts["n_items"]
        self.first_timestamp: int = facts["first_timestamp"]
        self.last_timestamp: int = facts["last_timestamp"]
        self.roles = ColumnRoles.from_json(facts["roles"])
        self.words = Words.from_json(facts["words"])
        self.personas = tuple(
            Persona(p["user_id"], p["name"], p["story"], tuple(p["taste"])) for p in facts["personas"]
        )

    @property
    def key(self) -> str:
        """Identifies this version of this data: its folder."""
        return str(self._folder)

    @property
    def has_times(self) -> bool:
        """Whether events say when they were; where not, nothing about days, weeks or "newest" means anything."""
        return self.time_kind == REAL_TIMES

    def history(self, user_id: str, limit: int | None = None) -> pd.DataFrame:
        """Return one user's events, newest first: ITEM_ID, TIMESTAMP, then the data's other columns.

        Empty, with the same columns, for a user without events.
        """
        start, stop = self._rows_of(user_id)
        if limit is not None:
            start = max(start, stop - limit)
        table = self._events.slice(start, stop - start)
        columns = {}
        for name in table.column_names:
            column = table.column(name)
            columns[name] = _decoded(column)
        return pd.DataFrame(columns).iloc[::-1].reset_index(drop=True)

    def counting(self, events: pd.DataFrame) -> pd.DataFrame:
        """Return the events that count: those of the type that recipes are trained on, all where there is none."""
        if self.event_type is None or EVENT_TYPE not in events:
            return events
        return events[events[EVENT_TYPE] == self.event_type]

    def counted_history(self, user_id: str) -> tuple[str, ...]:
        """Return the items of a user's events that count, newest first, repeats included."""
        start, stop = self._rows_of(user_id)
        events = self._events.slice(start, stop - start)
        if self.event_type is not None and EVENT_TYPE in events.column_names:
            events = events.filter(pc.equal(events.column(EVENT_TYPE), self.event_type))
        return tuple(str(item_id) for item_id in reversed(events.column(ITEM_ID).to_pylist()))

    def prepared(self) -> PreparedData:
        """Return the stored data in the form that can be checked, looked at or merged with more."""
        return PreparedData(
            name=self.name,
            interactions=self.interactions(),
            items=self.items(),
            users=self.users(),
            schemas=self.schemas,
            roles=self.roles,
            words=self.words,
            source=self.source,
            note=self.note,
            licence=self.licence,
            personas=self.personas,
            event_type=self.event_type,
            n_left_out=self.n_left_out,
            time_kind=self.time_kind,
        )

    def size_bytes(self) -> int:
        """Return what its files take on the disk."""
        return sum(path.stat().st_size for path in self._folder.glob("*"))

    def catalog(self) -> Catalog:
        """Return the items by name. Takes milliseconds per ten thousand items: keep it, by version."""
        return Catalog(self._items_table.to_pandas(), self._makers())

    def people(self) -> People:
        """Return the users by label."""
        return People(self._users_table, self.personas, self.words)

    def tastes(self, column: str | None = None) -> Tastes:
        """Return tastes by a categorical item column; by the first one, or by nothing at all, when column is None."""
        table = self._items_table
        ids = table.column("item_id").to_pylist()
        n_events = dict(zip(ids, table.column("n_events").to_pylist(), strict=True))
        first = self.roles.categories[0] if self.roles.categories else ""
        if column is None or column == first:
            return Tastes(first, dict(zip(ids, table.column("categories").to_pylist(), strict=True)), n_events)
        return Tastes(column, self.categories(column), n_events)

    def categories(self, column: str) -> dict[str, list[str]]:
        """Return every item's categories by one of the items' columns. Raises SampleError for an unknown one."""
        items = self.items()
        if items is None or column not in items:
            raise SampleError(f'The items of "{self.name}" have no column "{column}". Choose one of its item columns.')
        return dict(zip(items[ITEM_ID], map(split_categories, items[column]), strict=True))

    def pairs(self, event_type: str | None = None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the user number and item number of every event, int64 (n_events,) each, sorted by user, then time.

        An item's number is its place in Catalog.ids. event_type leaves other
        events out; data without event types has no others.
        """
        people = np.repeat(np.arange(self.n_users), self._users_table.column("n_events").to_numpy())
        items = self._events.column(ITEM_ID).combine_chunks()
        items = items.chunk(0) if isinstance(items, pa.ChunkedArray) else items
        which = items.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        if event_type is None or EVENT_TYPE not in self._events.column_names:
            return people, which
        types = self._events.column(EVENT_TYPE)
        keep = pc.fill_null(pc.equal(types, event_type), False).to_numpy(zero_copy_only=False)
        return people[keep], which[keep]

    def values(self, column: str) -> list[str]:
        """Return the different texts of an interaction column, in order; [] for numbers and unknown columns."""
        if column not in self._events.column_names:
            return []
        chunks = self._events.column(column).chunks
        if not all(pa.types.is_dictionary(chunk.type) for chunk in chunks):
            return []
        return sorted({str(value) for chunk in chunks for value in chunk.dictionary.to_pylist() if value is not None})

    def interactions(self) -> pd.DataFrame:
        """Return all interactions, sorted by user and time: USER_ID, ITEM_ID, TIMESTAMP, the others."""
        users = self._users_table
        counts = users.column("n_events").to_numpy()
        ids = users.column("user_id").take(pa.array(np.repeat(np.arange(len(counts)), counts)))
        frame: pd.DataFrame = self._events.to_pandas()
        for name in frame.columns:
            if isinstance(frame[name].dtype, pd.CategoricalDtype):
                frame[name] = frame[name].astype("str")
        frame.insert(0, USER_ID, pd.Series(ids.to_pandas(), dtype="str"))
        return frame

    def items(self) -> pd.DataFrame | None:
        """Return the items as they were loaded, or None."""
        return self._frame("items.parquet")

    def users(self) -> pd.DataFrame | None:
        """Return the users as they were loaded, or None."""
        return self._frame("users.parquet")

    def user_attributes(self, user_ids: Sequence[str]) -> pd.DataFrame:
        """Return the columns for labels of these users, one row each, by user id; without columns if there are none."""
        path, columns = self._folder / "users.parquet", list(self.roles.user_attributes)
        if not columns or not path.exists():
            return pd.DataFrame(index=pd.Index(user_ids))
        frame = pd.read_parquet(path, columns=[USER_ID, *columns], filters=[(USER_ID, "in", list(set(user_ids)))])
        return frame.drop_duplicates(USER_ID, keep="last").set_index(USER_ID).reindex(list(user_ids))

    def _makers(self) -> dict[str, str]:
        """Return the first director, author or brand of each item that has one."""
        path = self._folder / "items.parquet"
        names = pq.read_schema(path).names if path.exists() else []
        column = next((name for name in names if MAKER_COLUMN.search(name) and name != self.roles.title), None)
        if column is None:
            return {}
        frame = pd.read_parquet(path, columns=[ITEM_ID, column]).dropna()
        first = frame[column].astype("str").str.partition(SEPARATOR)[0]
        first = first.str.replace(r"\s*\([^()]*\)\s*$", "", regex=True).str.strip()  # "Ann (co-director)"
        return dict(zip(frame[ITEM_ID].astype("str"), first, strict=True))

    def _rows_of(self, user_id: str) -> tuple[int, int]:
        row = row_of(self._user_ids, user_id)
        if row is None:
            return 0, 0
        start = self._users_table.column("start")[row].as_py()
        return start, start + self._users_table.column("n_events")[row].as_py()

    def _frame(self, file: str) -> pd.DataFrame | None:
        path = self._folder / file
        return pd.read_parquet(path) if path.exists() else None

    def _mapped(self, file: str) -> pa.Table:
        try:
            with pa.memory_map(str(self._folder / file)) as source:
                return pa.ipc.open_file(source).read_all()
        except FileNotFoundError as error:
            raise DataError(
                f"The data of {self.name} is gone; it was deleted in another window. Load it again on Data."
            ) from error

    @cached_property
    def _events(self) -> pa.Table:
        return self._mapped("events.arrow")

    @cached_property
    def _users_table(self) -> pa.Table:
        return self._mapped("people.arrow")

    @cached_property
    def _items_table(self) -> pa.Table:
        return self._mapped("catalog.arrow")

    @cached_property
    def _user_ids(self) -> pa.Array:
        return self._users_table.column("user_id").combine_chunks()


@contextmanager
def _in_use(part: Path) -> Iterator[None]:
    """Lock a folder while this process writes it, so that sweep_parts() spares it."""
    descriptor = turns.locked(os.open(part, os.O_RDONLY))
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _decoded(column: pa.ChunkedArray) -> pd.Series:
    """Return one column of a few rows without turning its whole dictionary into Python values."""
    if pa.types.is_dictionary(column.type):
        chunks = [chunk.dictionary_decode() for chunk in column.chunks]
        return pd.Series(pa.chunked_array(chunks, column.type.value_type).to_pandas(), dtype="str")
    return pd.Series(column.to_pandas())
