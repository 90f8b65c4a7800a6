"""What the data tests share: schemas, a store with files in it, and an import of them."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from services.engine.data.importer import SnapshotInfo, import_csv
from services.engine.data.schemas import Schema, parse_schema
from services.engine.store.objects import LocalObjects

EVENT_FIELDS: list[dict[str, Any]] = [
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
]
ITEM_FIELDS: list[dict[str, Any]] = [
    {"name": "ITEM_ID", "type": "string"},
    {"name": "GENRES", "type": ["null", "string"], "categorical": True},
    {"name": "YEAR", "type": ["null", "int"]},
    {"name": "PRICE", "type": ["null", "float"]},
    {"name": "IS_NEW", "type": ["null", "boolean"]},
    {"name": "CREATION_TIMESTAMP", "type": ["null", "long"]},
]


def schema_json(name: str, fields: list[dict[str, Any]]) -> str:
    document = {"type": "record", "name": name, "namespace": "com.amazonaws.personalize.schema", "fields": fields}
    return json.dumps(document | {"version": "1.0"})


def schema(name: str, fields: list[dict[str, Any]]) -> Schema:
    return parse_schema(schema_json(name, fields))


EVENTS = schema("Interactions", EVENT_FIELDS)
ITEMS = schema("Items", ITEM_FIELDS)
USERS = schema("Users", [{"name": "USER_ID", "type": "string"}, {"name": "AGE", "type": "string", "categorical": True}])


def event_lines(n_rows: int = 1000, first: int = 0) -> list[str]:
    """Return rows of 50 users and 40 items, each row at a time of its own."""
    return [f"u{n % 50},i{n % 40},{1_500_000_000 + n}" for n in range(first, first + n_rows)]


class Workbench:
    """An object store and a datasets folder below one temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.objects = LocalObjects(folder / "objects")
        self.scratch = folder / "scratch"
        self.scratch.mkdir(parents=True, exist_ok=True)
        self.destination = folder / "datasets" / "group" / "TYPE"

    def put(self, text: str | bytes, key: str = "data.csv") -> str:
        content = text.encode() if isinstance(text, str) else text
        self.objects.put_bytes(f"s3://bucket/{key}", content)
        return f"s3://bucket/{key}"

    def load(
        self, text: str | bytes, of: Schema = EVENTS, previous: SnapshotInfo | None = None, mode: str = "FULL"
    ) -> SnapshotInfo:
        return import_csv(self.objects, self.put(text), of, self.destination, previous, mode)

    def load_events(self, lines: list[str], of: Schema = EVENTS, **more: Any) -> SnapshotInfo:
        return self.load("\n".join([",".join(of.names), *lines]) + "\n", of, **more)

    def folders(self) -> list[str]:
        return sorted(path.name for path in self.destination.iterdir()) if self.destination.exists() else []


def rows_of(snapshot: SnapshotInfo) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(snapshot.rows).to_pylist()
    return rows
