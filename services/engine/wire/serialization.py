"""Converts JSON bodies to requests, and answers to JSON bodies by botocore's output shape.

The output shape determines the members of an answer: members that the shape lacks (internal ones, and those that AWS's
lists omit) and members that are None are not written.
"""

import json
from typing import Any

NESTED = frozenset({"structure", "list", "map"})


class MalformedBody(Exception):
    """The body is not valid; the text says why."""


def read_body(body: bytes) -> dict[str, Any]:
    """Return a request body's JSON object; an empty body is an empty request. Raises MalformedBody."""
    if not body:
        return {}
    try:
        request = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise MalformedBody("The request body is not UTF-8.") from error
    except RecursionError as error:
        raise MalformedBody("The request body is nested too deeply.") from error
    except ValueError as error:
        raise MalformedBody(f"The request body is not valid JSON: {error}") from error
    if not isinstance(request, dict):
        raise MalformedBody("The request body must be a JSON object.")
    return request


def write_body(shape: Any, answer: Any) -> bytes:
    """Return the body of an answer; empty when the operation has no output shape."""
    if shape is None:
        return b""
    return json.dumps(_by_shape(shape, answer), ensure_ascii=False, allow_nan=False).encode()


def _by_shape(shape: Any, value: Any) -> Any:
    kind = shape.type_name
    if kind == "structure":
        members = shape.members
        return {
            name: _by_shape(members[name], member) if members[name].type_name in NESTED else member
            for name, member in value.items()
            if member is not None and name in members
        }
    if kind == "list":
        return [_by_shape(shape.member, entry) for entry in value]
    if kind == "map":
        if shape.value.type_name not in NESTED:
            return dict(value)
        return {key: _by_shape(shape.value, entry) for key, entry in value.items()}
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")
