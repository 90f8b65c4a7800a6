"""The filters of a dataset group through the Amazon Personalize API; the same expression is created once."""

import re
from dataclasses import dataclass
from typing import Any

from services.backend import Backend
from services.errors import ServiceError, service_errors
from services.filters.expressions import same
from services.personalize.datasets import MAX_NAME_LENGTH, group_arn, pages
from services.personalize.states import Status
from services.personalize.waiting import wait_until_ready

_NOT_IN_A_NAME = re.compile(r"[^a-zA-Z0-9]+")
MAX_NAMES = 100
"""Numbers that are tried behind a name that is taken."""


@dataclass(frozen=True)
class NamedFilter:
    """One filter."""

    name: str
    arn: str
    expression: str
    status: str = Status.ACTIVE


def filters_of(backend: Backend, group: str) -> list[NamedFilter]:
    """Return the filters of a dataset group that requests can name, by name. Raises ServiceError."""
    with service_errors():
        arn = group_arn(backend, group)
        if arn is None:
            return []
        listed = pages(backend.personalize, "list_filters", "Filters", datasetGroupArn=arn)
        described = [_described(backend, summary["filterArn"]) for summary in listed]
    ready = [one for one in described if one.status == Status.ACTIVE]
    return sorted(ready, key=lambda one: one.name)


def create(backend: Backend, group: str, name: str, expression: str) -> NamedFilter:
    """Return the group's filter with this expression, created under this name where there is none.

    Raises ServiceError: for an expression that cannot be, its message has the character and what is allowed there.
    """
    existing = next((one for one in filters_of(backend, group) if same(one.expression, expression)), None)
    if existing is not None:
        return existing
    with service_errors():
        arn = group_arn(backend, group)
        if arn is None:
            raise ServiceError("ResourceNotFoundException", f'The data set group "{group}" is gone.')
        created = backend.personalize.create_filter(
            name=name, datasetGroupArn=arn, filterExpression=" ".join(expression.split())
        )["filterArn"]
        wait_until_ready(backend, lambda: backend.personalize.describe_filter(filterArn=created))
        return _described(backend, created)


def delete(backend: Backend, arn: str) -> None:
    """Delete a filter. Raises ServiceError while a batch job uses it."""
    with service_errors():
        backend.personalize.delete_filter(filterArn=arn)


def proposed_name(group: str, words: str) -> str:
    """Return a name for a filter of a group: filters of all groups share one name space."""
    stem = _NOT_IN_A_NAME.sub("-", f"{group} {words}").strip("-")
    return stem[:MAX_NAME_LENGTH].strip("-") or "filter"


def free_name(backend: Backend, name: str) -> str:
    """Return the name, with a number behind it where another filter has it."""
    with service_errors():
        taken = {summary["name"] for summary in pages(backend.personalize, "list_filters", "Filters")}
    candidates = [name, *(f"{name[: MAX_NAME_LENGTH - 4]}-{number}" for number in range(2, MAX_NAMES))]
    return next((candidate for candidate in candidates if candidate not in taken), name)


def _described(backend: Backend, arn: str) -> NamedFilter:
    described: dict[str, Any] = backend.personalize.describe_filter(filterArn=arn)["filter"]
    return NamedFilter(described["name"], arn, described["filterExpression"], described["status"])
