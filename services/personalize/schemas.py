"""Schemas for data sets: named by their content, so that equal ones are shared, and compared column by column."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass

from services.backend import Backend
from services.errors import DataError
from services.personalize.datasets import pages


@dataclass(frozen=True)
class Difference:
    """How the columns of a new schema differ from those of an old one."""

    lost: tuple[str, ...]
    changed: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def only_adds(self) -> bool:
        """Whether AWS's UpdateDataset may replace the old schema by the new one."""
        return bool(self.added) and not self.lost and not self.changed

    @property
    def words(self) -> str:
        """The difference as the predicate of a sentence about the new file."""
        facts = [
            f"{verb} {', '.join(columns)}"
            for verb, columns in (("lacks", self.lost), ("changes", self.changed), ("adds", self.added))
            if columns
        ]
        return " and ".join(facts) or "describes them differently"


def schema_name(dataset_type: str, schema: str) -> str:
    """Return the name of a schema, which holds a digest of its content."""
    digest = hashlib.sha256(_normal(schema).encode()).hexdigest()[:12]
    return f"{dataset_type.lower()}-{digest}"


def find_or_create_schema(backend: Backend, dataset_type: str, schema: str) -> tuple[str, bool]:
    """Return the ARN of a schema with this content and whether it was made now; its name holds a digest of it."""
    name = schema_name(dataset_type, schema)
    for present in pages(backend.personalize, "list_schemas", "schemas"):
        if present["name"] == name:
            return str(present["schemaArn"]), False
    return str(backend.personalize.create_schema(name=name, schema=schema)["schemaArn"]), True


def same_schema(first: str, second: str) -> bool:
    """Return whether two Avro schemas are equal but for white space."""
    return _normal(first) == _normal(second)


def difference(old_schema: str, new_schema: str) -> Difference:
    """Compare two Avro schemas by their fields."""
    old = {field["name"]: field for field in json.loads(old_schema)["fields"]}
    new = {field["name"]: field for field in json.loads(new_schema)["fields"]}
    return Difference(
        lost=tuple(name for name in old if name not in new),
        changed=tuple(name for name in old if name in new and old[name] != new[name]),
        added=tuple(name for name in new if name not in old),
    )


def check_schema(schema: str, columns: Collection[str]) -> None:
    """Refuse an edited schema that is not valid JSON, or that names columns which the data does not have.

    Raises DataError; everything else is checked by the service when the schema is created.
    """
    try:
        names = [str(field["name"]) for field in json.loads(schema)["fields"]]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"The schema cannot be read: {error}. It is JSON with a list of fields, each with a name."
        ) from error
    missing = [name for name in names if name not in columns]
    if missing:
        raise DataError(f"The schema names {', '.join(missing)}, which the data does not have. Take the field out.")


def _normal(schema: str) -> str:
    return json.dumps(json.loads(schema), sort_keys=True)
