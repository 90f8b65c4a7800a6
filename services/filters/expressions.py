"""Filter expressions as text: built from clauses, and read for what a request has to give.

The engine, or AWS, alone says whether an expression is valid (services/engine/filters/grammar.py has the grammar).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.filters.columns import Column

IN, NOT_IN = "IN", "NOT IN"
FOR_TEXT = (IN, NOT_IN)
FOR_NUMBERS = ("<=", ">=", "<", ">", "=", "!=")
AND, OR = "AND", "OR"

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\$\w+|[A-Za-z_]+\.\w+|\w+|\S', re.ASCII)
_PLACEHOLDER = re.compile(r"\$(\w+)", re.ASCII)


@dataclass(frozen=True)
class Clause:
    """One condition that was put together by clicking."""

    column: Column
    operator: str
    values: tuple[str, ...]
    """Texts, or one number as text."""

    @property
    def text(self) -> str:
        """The condition as expressions write it."""
        if self.operator in FOR_TEXT:
            return f"{self.column.field} {self.operator} ({', '.join(map(quoted, self.values))})"
        return f"{self.column.field} {self.operator} {self.values[0]}"


@dataclass(frozen=True)
class Placeholder:
    """A value that every request gives."""

    name: str
    field: str
    """The column that it is compared with, as "Items.GENRES"."""
    several: bool
    """Whether it stands in a list."""
    required: bool
    """Whether a request without it is refused: an INCLUDE needs all its values."""


def quoted(text: str) -> str:
    """Return a text between double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def built(
    clauses: Sequence[Clause], *, leave_out: bool, joint: str = AND, not_had: Sequence[str] = (), only_if: Clause | None
) -> str:
    """Return the expression of clauses about items, and of what else the user must not have had; "" for none.

    not_had are event types; only_if is a clause about the user. An expression is about one dataset, so what the user
    has had is one of its own.
    """
    condition = f" IF {only_if.text}" if only_if is not None else ""
    parts = []
    if clauses:
        action = "EXCLUDE" if leave_out else "INCLUDE"
        tests = f" {joint} ".join(clause.text for clause in clauses)
        parts.append(f"{action} ItemID WHERE {tests}{condition}")
    if not_had:
        types = ", ".join(map(quoted, not_had))
        parts.append(f"EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ({types}){condition}")
    return " | ".join(parts)


def placeholders(expression: str) -> tuple[Placeholder, ...]:
    """Return the placeholders of an expression in order, each once."""
    found: dict[str, Placeholder] = {}
    field, several, includes = "", False, False
    for token in _TOKEN.findall(expression):
        if token.upper() in ("INCLUDE", "EXCLUDE"):
            includes = token.upper() == "INCLUDE"
        elif "." in token and not token.startswith('"') and not token[0].isdigit():
            field, several = token, False
        elif token.upper() == IN:
            several = True
        match = _PLACEHOLDER.fullmatch(token.strip('"'))
        if match:
            old = found.get(match[1])
            required = includes or (old is not None and old.required)
            found[match[1]] = Placeholder(match[1], field, several, required)
    return tuple(found.values())


def filter_value(values: Sequence[str]) -> str:
    """Return the values of a placeholder as filterValues holds them."""
    return ",".join(map(quoted, values))


def values_of(filter_value: str) -> list[str]:
    """Return the values that a text of filterValues holds; one that is none stands as it is."""
    found = re.findall(r'\s*("(?:[^"\\]|\\.)*"|[^",\s]+)\s*(?:,|$)', filter_value)
    texts = [text[1:-1].replace('\\"', '"').replace("\\\\", "\\") if text.startswith('"') else text for text in found]
    return texts or ([filter_value] if filter_value.strip() else [])


def same(one: str, other: str) -> bool:
    """Return whether two expressions differ by spaces alone."""
    return _TOKEN.findall(one) == _TOKEN.findall(other)


def uses_current_item(expression: str) -> bool:
    """Return whether only requests for related items can be answered with it."""
    return any(token.lower().startswith("currentitem.") for token in _TOKEN.findall(expression))


def about_user(expression: str) -> bool:
    """Return whether its answer depends on the user of a request."""
    starts = ("interactions.", "currentuser.")
    return any(token.lower().startswith(starts) for token in _TOKEN.findall(expression))
