"""What every source of data returns, the demo, MovieLens or own files: canonical frames and what is known of them.

Written to CSV for the import (Amazon Personalize reads it from the object store) and to the library for the screens.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.language.vocabulary import Words
from services.library.columns import ITEM_ID, TIMESTAMP, USER_ID, ColumnRoles
from services.library.csv_files import write_csv

REAL_TIMES, FILE_ORDER, ONE_TIME = "real", "order", "one"
"""What TIMESTAMP says: when; only in which order, as the file has it; nothing, as it is the same for all."""
UNREADABLE_COLUMNS = ("dataset_type", "line", "column", "value")


@dataclass(frozen=True)
class Persona:
    """A user with a name and a story, offered first in searches."""

    user_id: str
    name: str
    story: str
    taste: tuple[str, ...] = ()


@dataclass(frozen=True)
class Coded:
    """The interactions' ids as numbers: what figures and checks count with."""

    user: NDArray[np.int32]
    """int32 (n_events,): index into user_ids, -1 where USER_ID is empty."""
    item: NDArray[np.int32]
    user_ids: NDArray[np.object_]
    item_ids: NDArray[np.object_]


@dataclass(frozen=True)
class PreparedData:
    """Three data sets ready to be checked, looked at, saved and imported."""

    name: str
    """Proposed name of the data set group."""
    interactions: pd.DataFrame
    """USER_ID, ITEM_ID (str), TIMESTAMP (int64 epoch seconds), then EVENT_TYPE, EVENT_VALUE and context columns."""
    items: pd.DataFrame | None
    users: pd.DataFrame | None
    schemas: Mapping[str, str]
    """Avro JSON by data set type: "Interactions", and "Items" and "Users" where the data has them."""
    roles: ColumnRoles
    words: Words
    source: str
    """"demo", "movielens" or "own"."""
    note: str = ""
    """Words for the source line of every screen, for example "simulated data"."""
    licence: str = ""
    personas: tuple[Persona, ...] = ()
    event_type: str | None = None
    """Event type that solutions should train on; None means all events."""
    unreadable: pd.DataFrame | None = None
    """Cells with a value that could not be read: UNREADABLE_COLUMNS; None when all were read."""
    time_kind: str = REAL_TIMES
    """REAL_TIMES, FILE_ORDER or ONE_TIME: only the first supports figures about days, weeks and seasons."""
    before: "PreparedData | None" = None
    """The data before its last fixes, so that they can be undone; never stored."""
    n_left_out: int = 0
    """Rows of interactions that were given and are left out: dropped by fixes."""

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The data sets that are imported, by type, interactions first.

        Items or users of which only names and pictures are known have no schema: the screens show them, and no
        data set is made of them.
        """
        named = {"Interactions": self.interactions, "Items": self.items, "Users": self.users}
        return {kind: frame for kind, frame in named.items() if frame is not None and kind in self.schemas}

    def with_frame(self, dataset_type: str, frame: pd.DataFrame) -> "PreparedData":
        """Return the data with another frame for "Interactions", "Items" or "Users"."""
        changes: dict[str, Any] = {dataset_type.lower(): frame}
        return replace(self, **changes)

    def merged_with(self, new: "PreparedData") -> "PreparedData":
        """Return this data with the new rows behind it; an item or user that is in both gets the new values."""
        return replace(
            self,
            interactions=pd.concat([self.interactions, new.interactions], ignore_index=True),
            items=_merged(self.items, new.items, ITEM_ID),
            users=_merged(self.users, new.users, USER_ID),
            schemas={**new.schemas, **self.schemas},
            unreadable=None,
            n_left_out=self.n_left_out + new.n_left_out,
        )

    @cached_property
    def repeats(self) -> NDArray[np.bool_]:
        """bool (n_events,): interactions that repeat an earlier row in all columns; Amazon Personalize keeps one."""
        # only rows that share user, item and time can be the same; there are few of them
        key = pd.DataFrame({"u": self.coded.user, "i": self.coded.item, "t": self.interactions[TIMESTAMP].to_numpy()})
        suspects = key.duplicated(keep=False).to_numpy(dtype=bool)
        repeated = np.zeros(len(key), dtype=bool)
        repeated[suspects] = self.interactions[suspects].duplicated().to_numpy(dtype=bool)
        return repeated

    @cached_property
    def coded(self) -> Coded:
        """The ids as numbers, computed once."""
        user, user_ids = pd.factorize(self.interactions[USER_ID])
        item, item_ids = pd.factorize(self.interactions[ITEM_ID])
        objects = (np.asarray(user_ids, dtype=object), np.asarray(item_ids, dtype=object))
        return Coded(user.astype(np.int32), item.astype(np.int32), *objects)


@dataclass(frozen=True)
class CsvFile:
    """One file to import."""

    dataset_type: str
    csv: Path
    schema: str
    n_rows: int


def _merged(old: pd.DataFrame | None, new: pd.DataFrame | None, key: str) -> pd.DataFrame | None:
    if old is None or new is None:
        return old if new is None else new
    return pd.concat([old, new], ignore_index=True).drop_duplicates(key, keep="last", ignore_index=True)


def write_csvs(data: PreparedData, folder: Path) -> tuple[CsvFile, ...]:
    """Write one CSV per data set, in the order of its schema's fields, as Amazon Personalize reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for dataset_type, frame in data.frames.items():
        fields = [field["name"] for field in json.loads(data.schemas[dataset_type])["fields"]]
        path = folder / f"{dataset_type.lower()}.csv"
        write_csv(frame[fields], path)
        files.append(CsvFile(dataset_type, path, data.schemas[dataset_type], len(frame)))
    return tuple(files)
