"""Pages of lists, and the opaque token of the next page.

A token contains the position of the last resource and an ID of the list; it is refused with another operation or
filter. It needs no signature, because it gives no access beyond the list operations.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.engine.context import EngineContext
from services.engine.errors import InvalidNextToken
from services.engine.store.resources import Resource

DEFAULT_PAGE = 100
"""AWS documents 100 for batch jobs only; 100 is also the maximum page size."""


def resource_page(
    context: EngineContext,
    request: Mapping[str, Any],
    operation: str,
    member: str,
    kind: str | tuple[str, ...],
    filter_by: str = "",
    describe: Callable[[Resource], dict[str, Any]] = Resource.describe,
) -> dict[str, Any]:
    """Return one page of resources of a kind, or of several, oldest first, as a member of the answer.

    filter_by: the request's optional member with the ARN of the parent; without it all resources are returned.
    describe: makes the summary of a resource.
    """
    parent_arn = request.get(filter_by)
    size = request.get("maxResults", DEFAULT_PAGE)
    token = request.get("nextToken")
    after = None if token is None else _read(token, operation, parent_arn)
    resources = context.resources.list(kind, parent_arn=parent_arn, after=after, limit=size + 1)
    answer: dict[str, Any] = {member: [describe(resource) for resource in resources[:size]]}
    if len(resources) > size:
        last = resources[size - 1]
        answer["nextToken"] = _write([last.created, last.arn], operation, parent_arn)
    return answer


def sequence_page(
    entries: Sequence[dict[str, Any]], request: Mapping[str, Any], operation: str, member: str, filters: str = ""
) -> dict[str, Any]:
    """Return one page of a constant list; filters identifies the selection."""
    size = request.get("maxResults", DEFAULT_PAGE)
    token = request.get("nextToken")
    start = 0 if token is None else int(_read(token, operation, filters)[0])
    answer: dict[str, Any] = {member: list(entries[start : start + size])}
    if start + size < len(entries):
        answer["nextToken"] = _write([start + size, ""], operation, filters)
    return answer


def _write(position: list[Any], operation: str, filters: str | None) -> str:
    content = json.dumps([_list_id(operation, filters), *position])
    return base64.urlsafe_b64encode(content.encode()).decode()


def _read(token: str, operation: str, filters: str | None) -> tuple[float, str]:
    """Return the position in a token: a number and a text."""
    try:
        list_id, number, text = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
        position = float(number), str(text)
        position[1].encode()  # a lone surrogate cannot be compared with an ARN
    except (ValueError, TypeError, RecursionError, OverflowError, binascii.Error) as error:
        raise InvalidNextToken("The nextToken is not valid. Use the one of the previous page, unchanged.") from error
    if list_id != _list_id(operation, filters) or not 0 <= position[0] < 1e12:
        raise InvalidNextToken(
            f"The nextToken is not one of this list. Repeat {operation} with the parameters of the previous page."
        )
    return position


def _list_id(operation: str, filters: str | None) -> str:
    return hashlib.sha256(f"{operation} {filters or ''}".encode()).hexdigest()[:12]
