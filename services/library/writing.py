"""Writes one version of a group's data: its tables, and the JSON file that names the current version.

Beside it, pending.json names a version that is written and waits for its import jobs, so that an app that was killed
meanwhile can be caught up with (services/screens/data/recovery.py).
"""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from services.library.columns import TIMESTAMP
from services.library.index import LibraryTables
from services.library.prepared import PreparedData

PENDING = "pending.json"


def write_tables(tables: LibraryTables, data: PreparedData, folder: Path) -> None:
    """Write the tables of a version into its folder, synced to the disk."""
    for name, table in (("events", tables.events), ("people", tables.users), ("catalog", tables.items)):
        with pa.OSFile(str(folder / f"{name}.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table.combine_chunks())
    for name, frame in (("items", data.items), ("users", data.users)):
        if frame is not None:
            pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), folder / f"{name}.parquet")
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def facts_of(data: PreparedData, tables: LibraryTables, version: str, previous: str | None) -> dict[str, Any]:
    """Return what library.json says of a version; previous is the version before it."""
    times = data.interactions[TIMESTAMP]
    return {
        "format": 1,
        "name": data.name,
        "version": version,
        "previous": previous,
        "source": data.source,
        "note": data.note,
        "licence": data.licence,
        "event_type": data.event_type,
        "time_kind": data.time_kind,
        "schemas": dict(data.schemas),
        "n_events": tables.events.num_rows,
        "n_repeats": int(data.repeats.sum()),
        "n_left_out": data.n_left_out,
        "saved": time.time(),
        "n_users": tables.users.num_rows,
        "n_items": tables.items.num_rows,
        "first_timestamp": 0 if times.empty else int(times.min()),
        "last_timestamp": 0 if times.empty else int(times.max()),
        "roles": data.roles.to_json(),
        "words": data.words.to_json(),
        "personas": [
            {"user_id": p.user_id, "name": p.name, "story": p.story, "taste": list(p.taste)} for p in data.personas
        ],
    }


def replace_json(path: Path, value: Mapping[str, Any]) -> None:
    """Replace a JSON file at once: a reader sees the old content or the new."""
    beside = path.with_name(path.name + ".part")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


@dataclass(frozen=True)
class Pending:
    """One version that waits for its import."""

    folder: Path
    """HOME/library/NAME."""
    facts: dict[str, Any]
    """What library.json will say."""
    planned: tuple[str, ...] = ()
    """Types of the data sets that its import fills."""

    @property
    def name(self) -> str:
        """Name of the data set group."""
        return self.folder.name

    @property
    def version(self) -> str:
        """The version that waits."""
        return str(self.facts["version"])

    @property
    def token(self) -> str:
        """What the names of its import jobs end with, so that they are found whenever the app was killed."""
        return self.version[:8]

    def write(self) -> None:
        """Write the note."""
        replace_json(self.folder / PENDING, {"facts": self.facts, "planned": list(self.planned)})


def read_pending(folder: Path) -> Pending | None:
    """Return a group's pending version; None without one, or where the note cannot be read."""
    try:
        note = json.loads((folder / PENDING).read_text(encoding="utf-8"))
        return Pending(folder, dict(note["facts"]), tuple(note["planned"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
