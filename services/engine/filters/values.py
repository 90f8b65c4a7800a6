"""The values of a request's placeholders, and conditions with their values in place.

filterValues holds texts such as "\\"comedy\\",\\"drama\\"": each value between double quotes, commas between them
(Amazon Personalize developer guide, "Applying a filter to real-time recommendations"). A number may stand without
quotes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.engine.data.schemas import Field as Column
from services.engine.errors import InvalidInput
from services.engine.filters.parsing import unquoted
from services.engine.filters.rules import number_of
from services.engine.filters.syntax import (
    Anything,
    Condition,
    CurrentItem,
    Expression,
    Filter,
    Number,
    Operand,
    Parameter,
    Text,
)

Cell = tuple[str, ...] | float | None
"""The categories or the text of a cell, or its number; None for an empty one."""

_VALUE = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^",\s]+)\s*')


@dataclass(frozen=True)
class Test:
    """A condition's operator with its values: texts for a column of text, numbers for one of numbers."""

    __test__ = False  # no test of pytest's

    operator: str
    values: tuple[str | float, ...]
    any_value: bool = False
    """True for "*"."""


def parameter_values(given: Mapping[str, str], expression: Filter) -> dict[str, tuple[str, ...]]:
    """Return the values of each placeholder of a request. Raises InvalidInput, also for one that INCLUDE needs."""
    unknown = sorted(set(given) - expression.parameters)
    if unknown:
        known = ", ".join(sorted(expression.parameters)) or "none"
        raise InvalidInput(f"filterValues names {unknown[0]}, which the filter does not have; it has {known}.")
    for part in expression.expressions:
        missing = sorted(part.parameters - set(given))
        if missing and part.includes:
            raise InvalidInput(
                f"filterValues lacks {missing[0]}. An INCLUDE needs a value for each of its placeholders; only those "
                "of an EXCLUDE may be left out."
            )
    return {name: _listed(name, text) for name, text in given.items()}


def applies(part: Expression, values: Mapping[str, tuple[str, ...]]) -> bool:
    """Return whether all placeholders have values; an EXCLUDE that lacks one is not applied, as AWS documents."""
    return part.parameters <= set(values)


def tested(
    condition: Condition,
    column: Column | None,
    values: Mapping[str, tuple[str, ...]],
    current_item: Callable[[str], Cell],
) -> Test:
    """Return a condition with its values in place; column None: event types, which ignore case.

    current_item returns a cell of the request's item. Raises InvalidInput for a value of the wrong type.
    """
    texts: list[str | float] = []
    any_value = False
    for operand in condition.operands:
        found, any_operand = _values_of(operand, values, current_item)
        texts += found
        any_value = any_value or any_operand
    if column is None:
        return Test(condition.operator, tuple(str(text).casefold() for text in texts), any_value)
    if condition.operator not in ("IN", "NOT IN") and len(texts) > 1 and not _is_current(condition):
        raise InvalidInput(f"{column.name} {condition.operator} takes one value, and {len(texts)} were given.")
    if not column.is_numeric:
        return Test(condition.operator, tuple(map(str, texts)))
    return Test(condition.operator, tuple(_as_number(value, column) for value in texts))


def matches(test: Test, cell: Cell) -> bool:
    """Return whether a cell passes a test; an empty cell passes NOT IN only."""
    if cell is None:
        return test.operator == "NOT IN"
    if not test.values and test.operator not in ("IN", "NOT IN"):  # the current item has no such value
        return False
    if isinstance(cell, tuple):
        shared = not set(cell).isdisjoint(test.values)
        return shared if test.operator in ("IN", "=") else not shared
    if test.operator in ("IN", "NOT IN"):
        return (cell in test.values) == (test.operator == "IN")
    return _compared(cell, test.operator, float(test.values[0]))


def cell_of(column: Column, text: str | None) -> Cell:
    """Return the cell that a text of an import or of PutItems means."""
    if text is None or text == "":
        return None
    if column.is_numeric:
        return number_of(text)
    return tuple(part for part in text.split("|") if part) if column.categorical else (text,)


def _compared(cell: float, operator: str, value: float) -> bool:
    if operator == "=":
        return cell == value
    if operator == "!=":
        return cell != value
    if operator == "<":
        return cell < value
    if operator == "<=":
        return cell <= value
    return cell > value if operator == ">" else cell >= value


def _values_of(
    operand: Operand, values: Mapping[str, tuple[str, ...]], current_item: Callable[[str], Cell]
) -> tuple[list[str | float], bool]:
    """Return the values of an operand, and whether one of them stands for all."""
    if isinstance(operand, Anything):
        return [], True
    if isinstance(operand, Parameter):
        return list(values[operand.name]), "*" in values[operand.name]
    if isinstance(operand, CurrentItem):
        cell = current_item(operand.name)
        return ([] if cell is None else list(cell) if isinstance(cell, tuple) else [cell]), False
    assert isinstance(operand, Text | Number)
    return [operand.value], False


def _is_current(condition: Condition) -> bool:
    return any(isinstance(operand, CurrentItem) for operand in condition.operands)


def _as_number(value: str | float, column: Column) -> float:
    number = number_of(value) if isinstance(value, str) else value
    if number is None:
        raise InvalidInput(f"{column.name} is a number, and filterValues gives {str(value)[:40]!r} for it.")
    return number


def _listed(name: str, text: str) -> tuple[str, ...]:
    """Return the values of a text such as "\\"comedy\\",\\"drama\\""."""
    found: list[str] = []
    position = 0
    while True:
        match = _VALUE.match(text, position)
        value = match[1] if match else ""
        if not match or (not value.startswith('"') and number_of(value) is None):
            raise InvalidInput(
                f"The value of {name} in filterValues must be texts in double quotes with commas between them, such as "
                '"\\"comedy\\",\\"drama\\"".'
            )
        found.append(unquoted(value) if value.startswith('"') else value)
        position = match.end()
        if position == len(text):
            return tuple(found)
        if text[position] != ",":
            raise InvalidInput(f"The values of {name} in filterValues must have commas between them.")
        position += 1
