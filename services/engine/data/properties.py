"""The properties of events, items and users: JSON text with camelCase keys, converted to cells of the schema's columns.

The rules for a value are those for a cell of an imported CSV file (data/csv_files/rules.py), so that a training can
combine live and imported rows. The key of NUM_RATINGS is numRatings: Amazon Personalize developer guide, "Recording
events".
"""

import json
import math
from collections.abc import Collection, Mapping
from typing import Any

from services.engine.data.csv_files.rules import problem, shown
from services.engine.data.schemas import Field, Schema
from services.engine.errors import InvalidInput


def camel_case(name: str) -> str:
    """Return the key of a column: "membershipType" for MEMBERSHIP_TYPE."""
    first, *rest = [part for part in name.lower().split("_") if part] or [name.lower()]
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def parse(properties: str | None, where: str) -> dict[str, Any]:
    """Return the JSON object of a properties member, {} when it is absent. Raises InvalidInput with its position."""
    if properties is None:
        return {}
    try:
        parsed = json.loads(properties)
    except (ValueError, RecursionError) as error:  # a number with thousands of digits raises ValueError
        raise InvalidInput(f"{where}.properties is not valid JSON: {error}. Give an object as JSON text.") from error
    if not isinstance(parsed, dict):
        raise InvalidInput(
            f'{where}.properties is {shown(properties)}; it must be a JSON object such as {{"itemId": "12"}}.'
        )
    return parsed


def n_bytes(members: Mapping[str, Any]) -> int:
    """Return the size of an event as JSON in UTF-8."""
    return len(json.dumps(members, ensure_ascii=False).encode())


def cells_of(
    properties: Mapping[str, Any], schema: Schema, where: str, reserved: Collection[str] = ()
) -> dict[str, str | None]:
    """Return text by column for parsed properties. Raises InvalidInput with the key, its value and the remedy.

    reserved: columns that have members of their own in the request, so no key may set them.
    """
    fields = {camel_case(field.name): field for field in schema if field.name not in reserved}
    cells: dict[str, str | None] = {}
    for key, value in properties.items():
        field = fields.get(key)
        if field is None:
            known = ", ".join(sorted(fields)) or "none"
            raise InvalidInput(
                f"{where}.properties has the key {shown(key)}; the {schema.dataset_type} schema has no "
                f"such column. Keys are the columns' names in camelCase; here: {known}."
            )
        cells[field.name] = cell(field, value, f"{where}.properties.{key}")
    return cells


def cell(field: Field, value: Any, where: str) -> str | None:
    """Return a JSON value as the text of a cell; None for an empty one. Raises InvalidInput."""
    if value is None or value == "":
        return None
    text = _text(value, where)
    error = problem(field, text)
    if error is not None:
        raise InvalidInput(f"{where}: {''.join(error)}")
    return text


def _text(value: Any, where: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if abs(value) >= 10**30:
            raise InvalidInput(f"{where} is a number of more than 30 digits. Give a smaller one.")
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise InvalidInput(f"{where} is not valid Unicode. Remove the lone surrogate in it.") from error
        if "\0" in value:
            raise InvalidInput(f"{where} holds a NUL character. Remove it.")
        return value
    raise InvalidInput(
        f"{where} is {shown(json.dumps(value))}; it must be text, a number, true or false. Join several categories "
        'with "|".'
    )
