"""Validates a request against botocore's input shape, for boto3 and for any HTTP client.

The boto3 client checks required members, types and minimum lengths, but not maximum lengths, patterns, enums and the
sizes of maps (measured on boto3 1.44). Messages have the common style of AWS services:
"1 validation error detected: Value 'x' at 'name' failed to satisfy constraint: Member must ...".
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from services.engine.errors import InvalidInput
from services.engine.wire.patterns import compiled

MAX_ECHO = 100
"""Maximum number of characters of an invalid value in a message."""
MAX_ERRORS = 10
INTEGER_LIMITS = {"integer": 2**31, "long": 2**63}

Problems = list[str]


def validate(shape: Any, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request's known members without nulls. Raises InvalidInput with every problem."""
    problems: Problems = []
    checked: dict[str, Any] = _structure(shape, request, "", problems)
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected"
        raise InvalidInput(f"{count}: {'; '.join(problems[:MAX_ERRORS])}")
    return checked


def _check(shape: Any, value: Any, path: str, problems: Problems) -> Any:
    return _CHECKS[shape.type_name](shape, value, path, problems)


def _structure(shape: Any, value: Any, path: str, problems: Problems) -> Any:
    if not isinstance(value, Mapping):
        return _refuse(shape, value, path, "Member must be a structure", problems)
    for name in shape.required_members:
        if value.get(name) is None:
            problems.append(
                f"Value null at '{_join(path, name)}' failed to satisfy constraint: Member must not be null"
            )
    return {
        name: _check(member, value[name], _join(path, name), problems)
        for name, member in shape.members.items()
        if value.get(name) is not None
    }


def _list(shape: Any, value: Any, path: str, problems: Problems) -> Any:
    if not isinstance(value, list):
        return _refuse(shape, value, path, "Member must be a list", problems)
    if not _size_fits(shape, len(value), value, path, problems):
        return value
    return [
        _check(shape.member, entry, f"{path}.{number}.member", problems) for number, entry in enumerate(value, start=1)
    ]


def _map(shape: Any, value: Any, path: str, problems: Problems) -> Any:
    if not isinstance(value, Mapping):
        return _refuse(shape, value, path, "Member must be a map", problems)
    if not _size_fits(shape, len(value), value, path, problems):
        return value
    checked = {}
    for key, entry in value.items():
        _check(shape.key, key, f"{path}.key", problems)
        checked[key] = _check(shape.value, entry, f"{path}.{_shown(shape.key, key)}", problems)
    return checked


def _string(shape: Any, value: Any, path: str, problems: Problems) -> Any:
    if not isinstance(value, str):
        return _refuse(shape, value, path, "Member must be a string", problems)
    try:
        value.encode()
    except UnicodeEncodeError:
        return _refuse(shape, None, path, "Member must be valid Unicode", problems)
    rules = shape.metadata
    if not _length_fits(rules, len(value)):
        return _refuse(shape, value, path, _bounds("length", rules, len(value)), problems)
    if "enum" in rules and value not in rules["enum"]:
        allowed = ", ".join(rules["enum"])
        return _refuse(shape, value, path, f"Member must satisfy enum value set: [{allowed}]", problems)
    if "pattern" in rules and not compiled(rules["pattern"]).fullmatch(value):
        constraint = f"Member must satisfy regular expression pattern: {rules['pattern']}"
        return _refuse(shape, value, path, constraint, problems)
    return value


def _whole_number(shape: Any, value: Any, path: str, problems: Problems) -> Any:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return _refuse(shape, value, path, "Member must be a whole number", problems)
    limit = INTEGER_LIMITS[shape.type_name]
    if not -limit <= value < limit:
        return _refuse(shape, value, path, f"Member must fit in {limit.bit_length()} bits", problems)
    return _in_range(shape, value, path, problems)


def _number(shape: Any, value: Any, path: str, problems: Problems) -> Any:
    if not isinstance(value, int | float) or isinstance(value, bool) or not _is_finite(value):
        return _refuse(shape, value, path, "Member must be a number", problems)
    return _in_range(shape, value, path, problems)


def _boolean(shape: Any, value: Any, path: str, problems: Problems) -> Any:
    if not isinstance(value, bool):
        return _refuse(shape, value, path, "Member must be true or false", problems)
    return value


def _timestamp(shape: Any, value: Any, path: str, problems: Problems) -> Any:
    """A JSON number of epoch seconds, as both protocols of Amazon Personalize send it."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not _is_finite(value):
        return _refuse(shape, value, path, "Member must be a time in epoch seconds", problems)
    return float(value)


_CHECKS: dict[str, Callable[[Any, Any, str, Problems], Any]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "integer": _whole_number,
    "long": _whole_number,
    "float": _number,
    "double": _number,
    "boolean": _boolean,
    "timestamp": _timestamp,
}


def _size_fits(shape: Any, size: int, value: Any, path: str, problems: Problems) -> bool:
    if _length_fits(shape.metadata, size):
        return True
    problems.append(f"Value at '{path}' failed to satisfy constraint: {_bounds('length', shape.metadata, size)}")
    return False


def _in_range(shape: Any, value: float, path: str, problems: Problems) -> Any:
    if not _length_fits(shape.metadata, value):
        return _refuse(shape, value, path, _bounds("value", shape.metadata, value), problems)
    return value


def _length_fits(rules: Mapping[str, Any], size: float) -> bool:
    return bool(rules.get("min", -math.inf) <= size <= rules.get("max", math.inf))


def _bounds(what: str, rules: Mapping[str, Any], size: float) -> str:
    if size > rules.get("max", math.inf):
        return f"Member must have {what} less than or equal to {rules['max']}"
    return f"Member must have {what} greater than or equal to {rules['min']}"


def _refuse(shape: Any, value: Any, path: str, constraint: str, problems: Problems) -> Any:
    shown = _shown(shape, value)
    echo = f"'{shown}' " if shown else ""
    problems.append(f"Value {echo}at '{path}' failed to satisfy constraint: {constraint}")
    return value


def _shown(shape: Any, value: Any) -> str:
    """Return a value for a message, shortened; empty if the model marks it as sensitive."""
    if value is None or shape.metadata.get("sensitive"):
        return ""
    if isinstance(value, int) and not -(10**30) < value < 10**30:
        return "a number of more than 30 digits"
    text = str(value).encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= MAX_ECHO else f"{text[:MAX_ECHO]}..."


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number that a double cannot represent
        return False


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
