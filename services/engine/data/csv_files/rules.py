"""The rules for a cell, in two forms: SQL conditions over all rows, and the error message of one cell.

Rules: Amazon Personalize developer guide, "Data format guidelines" and "Amazon Personalize endpoints and quotas"; AWS's
own messages where they are known. Whole numbers are digits only; DuckDB alone would round "1.5".
"""

import math
import re
from datetime import datetime

from services.engine.data.query import literal, quoted
from services.engine.data.schemas import MAX_TEXT_LENGTH, Field

SQL_TYPES = {
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    "int": "INTEGER",
    "long": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
}
_WHOLE = r"[+-]?[0-9]+"
_DECIMAL = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
_LIMITS = {"int": 2**31, "long": 2**63}
_LARGEST_FLOAT = 3.4028235677973366e38
MILLISECONDS_FROM = 100_000_000_000
"""From here on a number is not seconds (the year 5138) but milliseconds (1973)."""


def bad_sql(field: Field) -> str:
    """Return an SQL condition on a text column that is true for invalid cells."""
    name = quoted(field.name)
    parts = [] if field.nullable else [f"{name} IS NULL"]
    if field.type in {"int", "long"}:
        parts.append(f"NOT regexp_full_match({name}, '{_WHOLE}')")
        value = f"TRY_CAST({name} AS {SQL_TYPES[field.type]})"
        parts.append(f"({name} IS NOT NULL AND {value} IS NULL)")
        if field.is_time:
            lowest = 0 if field.required else -MILLISECONDS_FROM + 1
            parts.append(f"{value} NOT BETWEEN {lowest} AND {MILLISECONDS_FROM - 1}")
    elif field.is_numeric:
        parts.append(f"NOT regexp_full_match({name}, '{_DECIMAL}')")
        parts.append(f"NOT isfinite(TRY_CAST({name} AS {SQL_TYPES[field.type]}))")
    elif field.type == "boolean":
        parts.append(f"{name} NOT IN ('true', 'false')")
    if field.max_length is not None:
        parts.append(f"length({name}) > {field.max_length}")
    if field.is_id:
        parts.append(f"{name} = {literal(field.name)}")
    bad = " OR ".join(f"coalesce({part}, false)" for part in parts) or "false"
    return f"({_suspect_sql(field)}) AND ({bad})" if field.type in _LIMITS else bad


def _suspect_sql(field: Field) -> str:
    """Return a cheap condition that is true for every invalid whole number: a cast fails or changes its text.

    Several times faster than the regular expression, which then checks only these cells.
    """
    name = quoted(field.name)
    suspect = f"coalesce(TRY_CAST({name} AS {SQL_TYPES[field.type]})::VARCHAR <> {name}, true)"
    if field.is_time:
        suspect += f" OR strlen({name}) > {len(str(MILLISECONDS_FROM - 1))} OR {name} < '0'"
    return suspect


def typed_sql(field: Field) -> str:
    """Return an SQL expression that turns a checked text column into its type."""
    name = quoted(field.name)
    if field.textual:
        return f"left({name}, {MAX_TEXT_LENGTH}) AS {name}"
    return f"CAST({name} AS {SQL_TYPES[field.type]}) AS {name}"


def problem(field: Field, value: str) -> tuple[str, str] | None:
    """Return (AWS's message or "", our sentence) about an invalid cell; None for a valid cell."""
    if value == "":
        return None if field.nullable else ("", _empty(field))
    if field.max_length is not None and len(value) > field.max_length:
        words = f"Length cannot be more than {field.max_length} characters for {field.name}. "
        return words, f"the value has {len(value)} characters and begins {shown(value[:40])}. Shorten it."
    if field.is_id and value == field.name:
        return "", "the value is the column's own name. Remove header lines from within the data."
    sentence = _wrong_type(field, value)
    return None if sentence is None else ("", sentence)


def shown(value: str) -> str:
    """Return a value for a message: quoted, printable and short."""
    cut = value if len(value) <= 80 else value[:80] + "…"
    return "'" + "".join(c if c.isprintable() else repr(c)[1:-1] for c in cut) + "'"


def _empty(field: Field) -> str:
    remedy = "Fill it in or remove the row."
    if not field.required:
        remedy = f'Fill it in, or declare the field with the type ["null", "{field.type}"].'
    return f"the cell is empty, but the schema allows no null. {remedy}"


def _wrong_type(field: Field, value: str) -> str | None:
    if field.is_time:
        return _not_seconds(field, value)
    if field.type in _LIMITS:
        if not re.fullmatch(_WHOLE, value):
            return f"the value {shown(value)} is not a whole number ({field.type}). Write digits only."
        limit = _LIMITS[field.type]
        if not -limit <= int(value[:40]) < limit:
            return f"the value {shown(value)} does not fit the type {field.type}. Use a larger type in the schema."
    elif field.is_numeric:
        if not re.fullmatch(_DECIMAL, value):
            return (
                f"the value {shown(value)} is not a number ({field.type}). Write digits with a point, or leave the "
                "cell empty if the field allows null."
            )
        largest = _LARGEST_FLOAT if field.type == "float" else float("inf")
        if not abs(float(value)) < largest:
            return f"the value {shown(value)} is too large for the type {field.type}."
    elif field.type == "boolean" and value not in {"true", "false"}:
        return f"the value {shown(value)} is not a boolean. Write true or false in lower case."
    return None


def _not_seconds(field: Field, value: str) -> str | None:
    seconds = "Write Unix time in whole seconds, for example 1577836800 for 2020-01-01."
    if not re.fullmatch(_WHOLE, value):
        if re.fullmatch(_DECIMAL, value):
            return f"the value {shown(value)} is not a whole number. {seconds}"
        return f"the value {shown(value)} is not Unix time{_as_date(value)}. {seconds}"
    number = int(value[:40])
    if abs(number) >= MILLISECONDS_FROM:
        digits = len(value.lstrip("+-"))
        unit, divisor = next(
            (unit, divisor)
            for max_digits, unit, divisor in (
                (14, "milliseconds", "1000"),
                (17, "microseconds", "1000000"),
                (math.inf, "nanoseconds", "1000000000"),
            )
            if digits <= max_digits
        )
        return f"the value {shown(value)} looks like {unit}; epoch seconds are needed. Divide the column by {divisor}."
    if field.required and number < 0:
        return f"the value {shown(value)} is before 1970. {seconds}"
    return None


def _as_date(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return ""
    return f" but the date {moment:%Y-%m-%d}"
