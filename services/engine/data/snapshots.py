"""A snapshot: the imported rows of one dataset at one time, in an immutable folder.

A snapshot folder contains rows.parquet (typed by the schema; interactions sorted by user, then by time, ties in file
order; items and users sorted by ID). It is written under a temporary name, synced and renamed, so it is always
complete.
"""

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROWS = "rows.parquet"
_PREFIX = "snapshot-"
_PARTIAL = ".partial-"


@dataclass(frozen=True)
class SnapshotInfo:
    """The path of a snapshot and facts about its rows."""

    path: Path
    """The snapshot's folder, absolute."""
    dataset_type: str
    columns: tuple[str, ...]
    """In the order of the schema."""
    n_rows: int
    n_users: int | None
    """Distinct USER_ID; None for Items and Actions."""
    n_items: int | None
    """Distinct ITEM_ID or ACTION_ID; None for Users."""
    n_new_rows: int
    """Rows read from the files of the import."""
    n_duplicates: int
    """Rows dropped: equal in all fields (interactions), or replaced by a later row of the same ID."""
    first_timestamp: int | None
    """Epoch seconds of the oldest interaction; None for datasets without TIMESTAMP."""
    last_timestamp: int | None
    size_bytes: int
    created: float
    """Epoch seconds."""

    @property
    def rows(self) -> Path:
        """The Parquet file."""
        return self.path / ROWS

    def to_json(self) -> dict[str, Any]:
        """Return the facts as a JSON-able dict."""
        return asdict(self) | {"path": str(self.path), "columns": list(self.columns)}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> "SnapshotInfo":
        """Rebuild what to_json returned."""
        return cls(**{**facts, "path": Path(facts["path"]), "columns": tuple(facts["columns"])})


@contextmanager
def new_snapshot(parent: Path) -> Iterator[tuple[Path, Path]]:
    """Yield (temporary folder, final folder); rename the first to the second on success, remove it on an error.

    Removes unfinished folders of a killed worker first: a home folder has one worker, so no other process can be
    writing there.
    """
    parent = parent.resolve()
    parent.mkdir(parents=True, exist_ok=True)
    for abandoned in parent.glob(f"{_PARTIAL}*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    token = secrets.token_hex(8)
    partial, final = parent / f"{_PARTIAL}{token}", parent / f"{_PREFIX}{token}"
    partial.mkdir()
    try:
        yield partial, final
        for path in (partial / ROWS, partial):
            _sync(path)
        partial.rename(final)
        _sync(parent)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
