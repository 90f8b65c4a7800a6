"""What changes when a draft is imported into a data set group with other columns: said before, done on purpose."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from services.backend import Backend
from services.library.prepared import PreparedData
from services.library.schemas import propose_schema
from services.personalize.datasets import find_group
from services.personalize.schemas import difference

TYPE_WORDS = {
    "string": "text",
    "float": "decimal number",
    "double": "decimal number",
    "int": "whole number",
    "long": "large whole number",
}


@dataclass(frozen=True)
class NewColumns:
    """How the columns of a draft differ from those of one data set that is there."""

    dataset_type: str
    added: tuple[str, ...]
    gone: tuple[str, ...]
    retyped: tuple[tuple[str, str, str], ...]
    """Column, its type before and its type now, in words."""


def new_columns(backend: Backend, name: str, data: PreparedData) -> list[NewColumns]:
    """Return the differences to the group of this name, a data set each; [] where all columns are the same."""
    found = []
    for dataset_type, present in schemas_of(backend, name).items():
        schema = data.schemas.get(dataset_type)
        if schema is None:
            continue
        change = difference(present, schema)
        if change.added or change.lost or change.changed:
            old, new = _types(present), _types(schema)
            retyped = tuple((column, old[column], new[column]) for column in change.changed)
            found.append(NewColumns(dataset_type, change.added, change.lost, retyped))
    return found


def schemas_of(backend: Backend, name: str) -> dict[str, str]:
    """Return the schema of every data set of the group of this name; {} without such a group."""
    group = find_group(backend, name)
    if group is None:
        return {}
    describe = backend.personalize.describe_schema
    return {view.dataset_type: describe(schemaArn=view.schema_arn)["schema"]["schema"] for view in group.datasets}


def can_be_added(backend: Backend, name: str, data: PreparedData) -> bool:
    """Return whether every data set of the draft is there with the same columns, so that rows can be added to it."""
    present = schemas_of(backend, name)
    return set(data.frames) <= set(present) and not new_columns(backend, name, data)


def with_all_columns(before: PreparedData, new: PreparedData) -> PreparedData:
    """Return both with the columns of both; a cell of a column that its file did not have is empty.

    Where the types of a column differ, its values become text.
    """
    merged = _of_one_type(before, new).merged_with(_of_one_type(new, before))
    schemas = {
        kind: _schema(kind, frame, merged) if _differ(before, new, kind) else merged.schemas[kind]
        for kind, frame in merged.frames.items()
    }
    return replace(merged, schemas=schemas)


def with_what_stays(before: PreparedData, new: PreparedData) -> PreparedData:
    """Return the new data with the items and users of before that it does not replace, and what their columns mean.

    An import of interactions alone leaves the service's Items and Users as they are, so the screens keep them too.
    """
    roles, schemas = new.roles, dict(new.schemas)
    of_items = ("title", "title_template", "year", "image", "categories", "people")
    for kind, names in (("Items", of_items), ("Users", ("user_name", "user_attributes"))):
        frame = before.frames.get(kind)
        if frame is None or kind in new.frames:
            continue
        new = new.with_frame(kind, frame)
        schemas[kind] = before.schemas[kind]
        roles = replace(roles, **{name: getattr(before.roles, name) for name in names})
    return replace(new, roles=roles, schemas=schemas)


def _schema(kind: str, frame: pd.DataFrame, data: PreparedData) -> str:
    """Return the schema of rows of both; a column with empty cells may be empty, whatever is usual for it."""
    schema = json.loads(propose_schema(kind, frame, data.roles))
    for field in schema["fields"]:
        if isinstance(field["type"], str) and frame[field["name"]].isna().any():
            field["type"] = ["null", field["type"]]
    return json.dumps(schema, indent=2)


def _differ(before: PreparedData, new: PreparedData, kind: str) -> bool:
    return kind in before.schemas and kind in new.schemas and before.schemas[kind] != new.schemas[kind]


def _of_one_type(data: PreparedData, other: PreparedData) -> PreparedData:
    """Return the data with columns as text where the other has text in the column of that name."""
    for kind, frame in data.frames.items():
        beside = other.frames.get(kind)
        if beside is None:
            continue
        common = [str(name) for name in frame if name in beside]
        frame = frame.copy(deep=False)
        for name in (name for name in common if _is_text(frame[name]) != _is_text(beside[name])):
            frame[name] = frame[name].astype("string").astype("str").where(frame[name].notna())
        data = data.with_frame(kind, frame)
    return data


def _is_text(column: pd.Series) -> bool:
    return not pd.api.types.is_numeric_dtype(column.dtype)


def _types(schema: str) -> Mapping[str, str]:
    return {field["name"]: _type(field) for field in json.loads(schema)["fields"]}


def _type(field: Mapping[str, object]) -> str:
    kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
    named = next((str(kind) for kind in kinds if kind != "null"), "nothing")
    said = TYPE_WORDS.get(named, named)
    more = ", categorical" if field.get("categorical") else ", to read" if field.get("textual") else ""
    return f"{said}{more}{' that may be empty' if 'null' in kinds else ''}"
