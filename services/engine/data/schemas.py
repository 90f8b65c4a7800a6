"""Parser of the Avro schemas of Amazon Personalize; its errors name the field and the remedy.

Rules and limits: Amazon Personalize developer guide, "Creating schema JSON files for Amazon Personalize schemas" and
"Amazon Personalize endpoints and quotas". Two rules are more lenient than the guide, as observed on AWS: a type may be
a list of one, and EVENT_VALUE may be a string. CREATION_TIMESTAMP may allow null: missing values are inferred.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from services.engine.errors import InvalidInput

NAMESPACE = "com.amazonaws.personalize.schema"
NUMERIC_TYPES = frozenset({"float", "double", "int", "long"})
PRIMITIVE_TYPES = NUMERIC_TYPES | {"string", "boolean"}
DATASET_TYPES = ("Interactions", "Items", "Users", "Actions", "Action_Interactions")
"""Spelled as in CreateDataset; the record of the last one is called ActionInteractions."""

MAX_SCHEMA_LENGTH = 20_000
MAX_ID_LENGTH = 256
"""The dashboard's data check repeats this number on purpose: it checks data for AWS too and knows no engine."""
MAX_STRING_LENGTH = 1_000
MAX_TEXT_LENGTH = 20_000
MAX_NAME_LENGTH = 150

_NAME = re.compile(r"[A-Za-z_][A-Za-z\d_]*")
_REQUIRED: dict[str, dict[str, str]] = {
    "Interactions": {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long"},
    "Users": {"USER_ID": "string"},
    "Items": {"ITEM_ID": "string"},
    "Actions": {"ACTION_ID": "string"},
    "Action_Interactions": {"USER_ID": "string", "ACTION_ID": "string", "EVENT_TYPE": "string", "TIMESTAMP": "long"},
}
_RESERVED: dict[str, dict[str, tuple[str, ...]]] = {
    "Interactions": {
        "EVENT_TYPE": ("string",),
        "EVENT_VALUE": ("float", "double", "int", "long", "string"),
        "IMPRESSION": ("string",),
        "RECOMMENDATION_ID": ("string",),
        "EVENT_ATTRIBUTION_SOURCE": ("string",),
    },
    "Users": {},
    "Items": {"CREATION_TIMESTAMP": ("long",)},
    "Actions": {
        "CREATION_TIMESTAMP": ("long",),
        "VALUE": ("long",),
        "TYPE": ("string",),
        "EXPIRATION_TIMESTAMP": ("long",),
        "ACTION_EXPIRATION_TIMESTAMP": ("long",),
        "REPEAT_FREQUENCY": ("long",),
    },
    "Action_Interactions": {"IMPRESSION": ("string",), "RECOMMENDATION_ID": ("string",)},
}
_MAX_METADATA = {"Interactions": 5, "Users": 25, "Items": 100, "Actions": 10, "Action_Interactions": 5}
_NEEDS_METADATA = frozenset({"Users", "Items", "Actions"})


@dataclass(frozen=True)
class Field:
    """One column of a dataset."""

    name: str
    type: str
    """An Avro primitive: "string", "float", "double", "int", "long" or "boolean"."""
    nullable: bool = False
    categorical: bool = False
    textual: bool = False
    reserved: bool = False
    """True for required and reserved names; False for metadata."""
    required: bool = False
    item_name: bool = False
    """Whether it is the title of the items, for aws-semantic-similarity."""

    @property
    def is_numeric(self) -> bool:
        return self.type in NUMERIC_TYPES

    @property
    def is_id(self) -> bool:
        return self.name in {"USER_ID", "ITEM_ID", "ACTION_ID"} and self.required

    @property
    def max_length(self) -> int | None:
        """Maximum length of a value; None where longer values are truncated (text) or there is no limit."""
        if self.type != "string" or self.textual:
            return None
        return MAX_ID_LENGTH if self.is_id else MAX_STRING_LENGTH

    @property
    def is_time(self) -> bool:
        """True for fields that AWS reads as epoch seconds."""
        return self.reserved and self.name.endswith("TIMESTAMP")

    @property
    def trains(self) -> bool:
        """True for metadata that recipes may learn from: categories and numbers."""
        return not self.reserved and (self.is_numeric or self.categorical)


@dataclass(frozen=True)
class Schema:
    """The columns of one dataset, in the order of the schema."""

    dataset_type: str
    """One of DATASET_TYPES."""
    fields: tuple[Field, ...]

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def id_names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields if field.is_id)

    def find(self, name: str) -> Field | None:
        """Return the field of this exact name, or None."""
        return next((field for field in self.fields if field.name == name), None)


def canonical_dataset_type(dataset_type: str) -> str:
    """Return the dataset type in AWS's spelling, ignoring case and underscores. Raises InvalidInput."""
    bare = dataset_type.replace("_", "").lower()
    for known in DATASET_TYPES:
        if known.replace("_", "").lower() == bare:
            return known
    raise InvalidInput(f"Unknown dataset type '{dataset_type}'. Use one of {', '.join(DATASET_TYPES)}.")


@lru_cache(maxsize=256)
def parse_schema(schema_json: str) -> Schema:
    """Parse and check a schema, given as JSON text. Raises InvalidInput with the error and the remedy."""
    if len(schema_json) > MAX_SCHEMA_LENGTH:
        raise InvalidInput(f"The schema has {len(schema_json)} characters; at most {MAX_SCHEMA_LENGTH} are allowed.")
    try:
        document = json.loads(schema_json)
    except (ValueError, RecursionError) as error:  # a number with thousands of digits raises ValueError
        raise InvalidInput(f"The schema is not valid JSON: {error}. Give an Avro record as JSON text.") from error
    if not isinstance(document, dict) or document.get("type") != "record":
        raise InvalidInput('The schema must be a JSON object with "type": "record".')
    dataset_type = _record_type(document)
    if document.get("namespace", NAMESPACE) != NAMESPACE:
        raise InvalidInput(f"The schema's namespace is '{document['namespace']}'; it must be '{NAMESPACE}'.")
    listed = document.get("fields")
    if not isinstance(listed, list) or not listed:
        raise InvalidInput('The schema needs "fields", a list with at least one field.')
    schema = Schema(dataset_type, tuple(_field(entry, dataset_type) for entry in listed))
    _check_names(schema)
    _check_required(schema)
    _check_counts(schema)
    return schema


def _record_type(document: dict[str, Any]) -> str:
    name = document.get("name")
    try:
        return canonical_dataset_type(name if isinstance(name, str) else str(name))
    except InvalidInput as error:
        raise InvalidInput(
            f"The schema's name is '{name}'; it must be the dataset type: Interactions, Items, Users, Actions or "
            "ActionInteractions."
        ) from error


def _field(entry: Any, dataset_type: str) -> Field:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise InvalidInput(f"Each field must be an object with a name and a type; found {json.dumps(entry)[:100]}.")
    name = entry["name"]
    if not _NAME.fullmatch(name) or len(name) > MAX_NAME_LENGTH:
        raise InvalidInput(
            f"Field name '{name[:200]}' must be letters, digits and underscores, not begin with a digit, and have at "
            f"most {MAX_NAME_LENGTH} characters."
        )
    kind, nullable = _type(name, entry.get("type"))
    categorical = _flag(entry, "categorical")
    textual = _flag(entry, "textual")
    required = _REQUIRED[dataset_type].get(name)
    reserved = _RESERVED[dataset_type].get(name)
    if required is not None and (kind != required or nullable):
        raise InvalidInput(f"Field {name} must have the type '{required}' without null; it is {entry['type']!r}.")
    if reserved is not None and kind not in reserved:
        raise InvalidInput(f"Field {name} is reserved and must have the type '{reserved[0]}'; it is {entry['type']!r}.")
    if categorical and (required or reserved):
        raise InvalidInput(f'Field {name} is reserved and must not be categorical. Remove "categorical".')
    if categorical and kind != "string":
        raise InvalidInput(f"Field {name} is categorical, so its type must be 'string'; it is '{kind}'.")
    if textual and (kind != "string" or dataset_type != "Items" or categorical or required or reserved):
        raise InvalidInput(
            f"Field {name} is textual; only a metadata field of Items with type 'string' and without \"categorical\" "
            "can be."
        )
    item_name = _flag(entry, "itemName")
    if item_name and (kind != "string" or dataset_type != "Items" or textual or required or reserved):
        raise InvalidInput(
            f'Field {name} has "itemName"; only a metadata field of Items with type \'string\' and without "textual" '
            "can be the items' name."
        )
    return Field(
        name, kind, nullable, categorical, textual, bool(required or reserved), required is not None, item_name
    )


def _flag(entry: dict[str, Any], attribute: str) -> bool:
    value = entry.get(attribute, False)
    if not isinstance(value, bool):
        raise InvalidInput(f'Field {entry["name"]}: "{attribute}" must be true or false; it is {json.dumps(value)}.')
    return value


def _type(name: str, declared: Any) -> tuple[str, bool]:
    """Return a field's primitive type and whether null is allowed."""
    options = declared if isinstance(declared, list) else [declared]
    kinds = [option for option in options if option != "null"]
    if len(kinds) != 1 or not isinstance(kinds[0], str) or len(options) > 2 or options.count("null") > 1:
        raise InvalidInput(
            f"Field {name} has the type {json.dumps(declared)}; use one of {', '.join(sorted(PRIMITIVE_TYPES))}, or "
            'a list of one of them and "null".'
        )
    if kinds[0] not in PRIMITIVE_TYPES:
        raise InvalidInput(
            f"Field {name} has the type '{kinds[0]}', which is not supported. Use one of "
            f"{', '.join(sorted(PRIMITIVE_TYPES))}; nested records, arrays and maps are not possible."
        )
    return kinds[0], len(options) == 2


def _check_names(schema: Schema) -> None:
    seen: dict[str, str] = {}
    for name in schema.names:
        bare = name.replace("_", "").lower()
        if bare in seen:
            raise InvalidInput(
                f"Fields {seen[bare]} and {name} have the same name when underscores and case are ignored. Rename one."
            )
        seen[bare] = name


def _check_required(schema: Schema) -> None:
    missing = [name for name in _REQUIRED[schema.dataset_type] if name not in schema.names]
    if missing:
        raise InvalidInput(
            f"A schema for {schema.dataset_type} needs the fields {', '.join(_REQUIRED[schema.dataset_type])}; "
            f"missing: {', '.join(missing)}."
        )


def _check_counts(schema: Schema) -> None:
    kind = schema.dataset_type
    metadata = [field for field in schema if not field.reserved]
    if len(metadata) > _MAX_METADATA[kind]:
        raise InvalidInput(
            f"A schema for {kind} may have at most {_MAX_METADATA[kind]} metadata fields; this one has {len(metadata)}."
        )
    if sum(field.item_name for field in schema) > 1:
        raise InvalidInput('A schema for Items may have one field with "itemName"; this one has more.')
    if sum(field.textual for field in schema) > 1:
        raise InvalidInput("A schema for Items may have one textual field; this one has more.")
    if kind in _NEEDS_METADATA and not any(field.trains or field.textual for field in metadata):
        raise InvalidInput(
            f"A schema for {kind} needs at least one metadata field besides the id: a categorical "
            f"string{', a textual string' if kind == 'Items' else ''} or a number."
        )
