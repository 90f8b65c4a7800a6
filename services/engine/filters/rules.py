"""What an expression may say about the data of a dataset group, and the limits of AWS.

Source: Amazon Personalize developer guide, "Filter expressions" (guidelines and requirements) and "Endpoints and
quotas". Where AWS is silent: = and != also compare texts, and IN takes numbers in quotes for a column of numbers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from services.engine.data.schemas import Field as Column
from services.engine.data.schemas import Schema
from services.engine.errors import InvalidInput
from services.engine.filters.parsing import parse, refusal
from services.engine.filters.syntax import (
    ACTION,
    EVENT_TYPE,
    IN,
    ITEM,
    NOT_IN,
    USER,
    Anything,
    Condition,
    CurrentItem,
    Expression,
    Field,
    Filter,
    Number,
    Operand,
    Text,
)

MAX_FIELDS = 10
"""Different dataset fields of one filter."""
MAX_PARAMETERS = 25
"""As many entries as filterValues may have."""
MAX_PARAMETER_LENGTH = 50
EVENTS = ("Interactions", "Action_Interactions")
ALLOWED = {ITEM: ("Interactions", "Items"), USER: ("Interactions", "Users"), ACTION: ("Action_Interactions", "Actions")}
"""The datasets whose fields select items, users or actions."""
NEVER_FILTERED = ("EXPIRATION_TIMESTAMP", "ACTION_EXPIRATION_TIMESTAMP", "REPEAT_FREQUENCY")
MEMBERSHIP = (IN, NOT_IN)
EQUALITY = ("=", "!=")


def checked(text: str, schemas: Mapping[str, Schema]) -> Filter:
    """Return a filter with the fields' names as the schemas spell them; schemas are by type ("Interactions", ...).

    Raises InvalidInput with the position of what cannot be.
    """
    return _checked(text, tuple(sorted(schemas.items(), key=lambda entry: entry[0])))


@lru_cache(maxsize=256)
def _checked(text: str, schemas: tuple[tuple[str, Schema], ...]) -> Filter:
    parsed = parse(text)
    by_type = dict(schemas)
    for expression in parsed.expressions:
        _check_target(expression, parsed.target)
    resolved = Filter(tuple(_resolved(expression, by_type) for expression in parsed.expressions))
    _check_limits(resolved)
    return resolved


def fields_of(expression: Filter) -> set[tuple[str, str]]:
    """Return (dataset, name) of every dataset field of a checked filter."""
    return {
        ("Users" if field.dataset == "CurrentUser" else field.dataset, field.name) for field in _all_fields(expression)
    }


def _all_fields(expression: Filter) -> Iterator[Field]:
    for part in expression.expressions:
        for condition in (*part.conditions, *part.user_conditions):
            yield condition.field
            for operand in condition.operands:
                if isinstance(operand, CurrentItem):
                    yield Field("Items", operand.name)


def _check_target(expression: Expression, target: str) -> None:
    first = expression.conditions[0].field
    if expression.target != target:
        raise refusal(
            first.position, f"this part selects {expression.target}, the first one {target}; select one kind."
        )
    for condition in expression.conditions:
        field = condition.field
        if field.dataset not in ALLOWED[target]:
            raise refusal(
                field.position,
                f"{field.dataset} cannot select {target}; use fields of {' or '.join(ALLOWED[target])}.",
            )
        if field.dataset != first.dataset:
            raise refusal(
                field.position,
                f"an expression uses one dataset, and this one began with {first.dataset}. Write a second expression "
                'after "|".',
            )


def _resolved(expression: Expression, schemas: Mapping[str, Schema]) -> Expression:
    return replace(
        expression,
        alternatives=tuple(
            tuple(_condition(condition, schemas) for condition in alternative)
            for alternative in expression.alternatives
        ),
        user_conditions=tuple(_condition(condition, schemas) for condition in expression.user_conditions),
    )


def _condition(condition: Condition, schemas: Mapping[str, Schema]) -> Condition:
    """Return a condition with the column's own spelling, after all checks of it."""
    given = condition.field
    if condition.operator == NOT_IN and condition.parameters:
        name = condition.parameters[0].name
        raise InvalidInput(
            f"Could not create filter. Invalid input symbol: ${name}. Placeholders are not allowed with NOT_IN "
            "operator."
        )
    if given.dataset in EVENTS:
        _check_events(condition)
        return replace(condition, field=replace(given, name=EVENT_TYPE))
    column = _column(given, "Users" if given.dataset == "CurrentUser" else given.dataset, schemas)
    if condition.operator not in (*MEMBERSHIP, *EQUALITY) and not column.is_numeric:
        raise refusal(given.position, f"{column.name} is text, and {condition.operator} compares numbers. Use IN.")
    operands = tuple(_operand(operand, column, condition.operator, schemas) for operand in condition.operands)
    return replace(condition, field=replace(given, name=column.name), operands=operands)


def _check_events(condition: Condition) -> None:
    field = condition.field
    if field.name.upper() != EVENT_TYPE:
        raise refusal(field.position, f"of {field.dataset} only EVENT_TYPE can be tested, not {field.name}.")
    if condition.operator not in MEMBERSHIP:
        raise refusal(field.position, "EVENT_TYPE is tested with IN or NOT IN.")
    for operand in condition.operands:
        if isinstance(operand, CurrentItem):
            raise refusal(operand.position, "an item has no EVENT_TYPE; give event types in double quotes.")


def _column(field: Field, dataset: str, schemas: Mapping[str, Schema]) -> Column:
    schema = schemas.get(dataset)
    if schema is None:
        raise refusal(field.position, f"the dataset group has no {dataset} dataset. Create it first.")
    column = next((column for column in schema if column.name.lower() == field.name.lower()), None)
    if column is None:
        known = ", ".join(name for name in schema.names)
        raise refusal(field.position, f"{dataset} has no field {field.name}; it has {known}.")
    if dataset == "Actions" and column.name in NEVER_FILTERED:
        raise refusal(field.position, f"{column.name} is obeyed by every answer and cannot be tested.")
    if column.type == "boolean" or column.textual:
        kind = "true or false" if column.type == "boolean" else "textual"
        raise refusal(field.position, f"{column.name} is {kind}; filters use numbers and strings.")
    return column


def _operand(operand: Operand, column: Column, operator: str, schemas: Mapping[str, Schema]) -> Operand:
    if isinstance(operand, Anything):
        raise refusal(operand.position, f'"*" stands for every event type, and {column.name} is none.')
    if isinstance(operand, CurrentItem):
        other = _column(Field("Items", operand.name, operand.position), "Items", schemas)
        if other.is_numeric != column.is_numeric:
            raise refusal(operand.position, f"{column.name} and {other.name} are a number and a text.")
        return CurrentItem(other.name, operand.position)
    if isinstance(operand, Number) and not column.is_numeric:
        raise refusal(operand.position, f"{column.name} is text; write the value in double quotes.")
    if isinstance(operand, Text) and column.is_numeric and number_of(operand.value) is None:
        raise refusal(operand.position, f"{column.name} is a number, and {operand.value[:40]!r} is none.")
    return operand


def number_of(text: str) -> float | None:
    """Return the number that a text writes, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def _check_limits(expression: Filter) -> None:
    n_fields = len(fields_of(expression))
    if n_fields > MAX_FIELDS:
        raise InvalidInput(
            f"Could not create filter. It uses {n_fields} different fields; a filter may use {MAX_FIELDS}."
        )
    if len(expression.parameters) > MAX_PARAMETERS:
        raise InvalidInput(
            f"Could not create filter. It has {len(expression.parameters)} placeholders; at most {MAX_PARAMETERS} can "
            "have values."
        )
    for name in sorted(expression.parameters):
        if len(name) > MAX_PARAMETER_LENGTH:
            raise InvalidInput(
                f"Could not create filter. The placeholder ${name[:60]} has over {MAX_PARAMETER_LENGTH} characters."
            )
