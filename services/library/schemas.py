"""Proposes an Avro schema for a canonical frame, by the rules of Amazon Personalize.

What goes where: ids and reserved fields by their fixed types; text with few values, or several per cell, becomes
categorical; one long text of an items file becomes textual; anything else stays a plain string, which can be shown and
filtered on but is not trained on. A person may edit the proposal before the import.
"""

import json
from typing import Any

import pandas as pd

from services.library.columns import (
    CREATION_TIMESTAMP,
    EVENT_TYPE,
    EVENT_VALUE,
    ITEM_ID,
    SEPARATOR,
    TIMESTAMP,
    USER_ID,
    ColumnRoles,
)

NAMESPACE = "com.amazonaws.personalize.schema"
_FIXED: dict[str, dict[str, Any]] = {
    USER_ID: {"type": "string"},
    ITEM_ID: {"type": "string"},
    TIMESTAMP: {"type": "long"},
    EVENT_TYPE: {"type": "string"},
    EVENT_VALUE: {"type": ["null", "float"]},
    CREATION_TIMESTAMP: {"type": ["null", "long"]},
    "IMPRESSION": {"type": ["null", "string"]},
    "RECOMMENDATION_ID": {"type": ["null", "string"]},
}
REQUIRED = {
    "Interactions": (USER_ID, ITEM_ID, TIMESTAMP),
    "Items": (ITEM_ID,),
    "Users": (USER_ID,),
}
MAX_METADATA = {"Interactions": 5, "Items": 100, "Users": 25}
MAX_CATEGORIES = 10_000
"""A column with more distinct values than this describes single rows, not groups of them."""
LONG_TEXT = 60
"""A column with this many characters on average is text for reading."""
_CELL_LIMIT = 1_000


def propose_schema(dataset_type: str, frame: pd.DataFrame, roles: ColumnRoles) -> str:
    """Return the Avro JSON for "Interactions", "Items" or "Users"; fields in the order of the frame's columns."""
    fields, has_text = [], False
    for name in frame.columns:
        field = {"name": name, **_field(frame[name], dataset_type, roles, allow_text=not has_text)}
        has_text = has_text or bool(field.get("textual"))
        fields.append(field)
    schema = {"type": "record", "name": dataset_type, "namespace": NAMESPACE, "fields": fields, "version": "1.0"}
    return json.dumps(schema, indent=2)


def describes(schema: str) -> bool:
    """Return whether a schema of Items or Users has a field that Amazon Personalize can learn from.

    It takes none without: a number, a categorical string or a textual one; names and addresses alone say nothing.
    """
    for field in json.loads(schema)["fields"]:
        kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
        if field["name"] in (USER_ID, ITEM_ID, CREATION_TIMESTAMP):
            continue
        if field.get("categorical") or field.get("textual") or set(kinds) & {"int", "long", "float", "double"}:
            return True
    return False


def _field(column: pd.Series, dataset_type: str, roles: ColumnRoles, allow_text: bool) -> dict[str, Any]:
    name = str(column.name)
    # a metadata column of another data set may bear a reserved name there: TIMESTAMP of an items file is just a number
    if name in _FIXED and (
        name in REQUIRED[dataset_type] or dataset_type == "Interactions" or name == CREATION_TIMESTAMP
    ):
        return dict(_FIXED[name])
    nullable = bool(column.isna().any())
    if pd.api.types.is_integer_dtype(column.dtype):
        fits = column.empty or bool(column.abs().max() < 2**31)
        return {"type": _union("int" if fits else "long", nullable)}
    if pd.api.types.is_float_dtype(column.dtype):
        return {"type": _union("float", nullable)}
    kind: dict[str, Any] = {"type": _union("string", nullable)}
    if name in (roles.title, roles.image, roles.user_name):
        return kind
    if name in roles.categories or name in roles.people or is_categorical(column):
        return kind | {"categorical": True}
    if dataset_type == "Items" and allow_text and _mean_length(column) >= LONG_TEXT:
        return kind | {"textual": True}
    return kind


def is_categorical(column: pd.Series) -> bool:
    """Tell whether a text column groups its rows: values come back, alone or as one of several in a cell."""
    text = column.dropna().astype("str")
    if text.empty or bool((text.str.len() > _CELL_LIMIT).any()):
        return False
    sample = text if len(text) <= 100_000 else text.sample(100_000, random_state=0)
    if sample.str.match(r"https?://|www\.").mean() >= 0.8:
        return False  # an address groups nothing
    values = sample.str.split(SEPARATOR, regex=False).explode()
    distinct = values.nunique()
    return distinct <= MAX_CATEGORIES and (distinct <= 2 or len(values) >= 2 * distinct)


def _union(kind: str, nullable: bool) -> str | list[str]:
    return ["null", kind] if nullable else kind


def _mean_length(column: pd.Series) -> float:
    text = column.dropna().astype("str")
    return float(text.str.len().mean()) if len(text) else 0.0
