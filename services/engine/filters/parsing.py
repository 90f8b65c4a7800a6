"""Reads a filter expression; an error points at the character and says what is allowed there."""

from functools import cache, lru_cache
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, UnexpectedToken, VisitError

from services.engine.errors import InvalidExpression
from services.engine.filters.grammar import GRAMMAR, WORDS
from services.engine.filters.syntax import (
    ACTION,
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
    Parameter,
    Text,
)

MAX_SHOWN = 40
"""Characters of a wrong word in a message."""
_TARGETS = {target.lower(): target for target in (ITEM, USER, ACTION)}
_DATASETS = {name.lower(): name for name in ("Interactions", "Items", "Users", "Action_Interactions", "Actions")}


def refusal(position: int, problem: str) -> InvalidExpression:
    """Return the error about an expression, beginning with AWS's words; position counts from 0."""
    message = f"Could not create filter. Invalid Expression at character {position + 1}: {problem}"
    return InvalidExpression(message, position)


@lru_cache(maxsize=256)
def parse(text: str) -> Filter:
    """Parse a filter expression. Raises InvalidExpression with the position and what is allowed there."""
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise refusal(_position(error, text), _problem(error, text)) from None
    try:
        parsed: Filter = _Builder().transform(tree)
    except VisitError as error:
        raise error.orig_exc from None
    return parsed


def continuations(text: str) -> frozenset[str]:
    """Return the terminals of the grammar that may follow a text, "$END" among them where it is whole.

    Empty where the text cannot begin an expression.
    """
    interactive = _parser().parse_interactive(text)
    try:
        interactive.exhaust_lexer()
    except UnexpectedInput:
        return frozenset()
    return frozenset(interactive.accepts())  # type: ignore[no-untyped-call]


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", maybe_placeholders=False)


def _position(error: UnexpectedInput, text: str) -> int:
    position = error.pos_in_stream
    ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    return len(text) if ended or position is None else int(position)


def _problem(error: UnexpectedInput, text: str) -> str:
    position = _position(error, text)
    rest = text[position:].split(maxsplit=1)
    found = f"{rest[0][:MAX_SHOWN]!r} stands there" if rest else "the expression ends there"
    terminals = set(getattr(error, "accepts", None) or getattr(error, "allowed", None) or error.expected)  # type: ignore[attr-defined]
    allowed = sorted(WORDS.get(terminal, terminal) for terminal in terminals)
    return f"{found}; allowed is {_joined(allowed)}."


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


class _Builder(Transformer[Token, Filter]):
    """Turns lark's tree into syntax.py's data."""

    def start(self, children: list[Any]) -> Filter:
        return Filter(tuple(children))

    def expression(self, children: list[Any]) -> Expression:
        action, target, _where, alternatives, *rest = children
        return Expression(action.upper() == "INCLUDE", _TARGETS[target.lower()], alternatives, rest[1] if rest else ())

    def alternatives(self, children: list[Any]) -> tuple[Any, ...]:
        return tuple(child for child in children if not isinstance(child, Token))

    conditions = user_conditions = alternatives

    def condition(self, children: list[Any]) -> Condition:
        field, (operator, operands) = children
        return Condition(field, operator, operands)

    user_condition = condition

    def field(self, children: list[Token]) -> Field:
        dataset, name = children
        return Field(_DATASETS[dataset.lower()], str(name), dataset.start_pos or 0)

    def user_field(self, children: list[Token]) -> Field:
        return Field("CurrentUser", str(children[1]), children[0].start_pos or 0)

    def membership(self, children: list[Any]) -> tuple[str, tuple[Operand, ...]]:
        return (IN if children[0].type == "IN" else NOT_IN), tuple(children[1:])

    def comparison(self, children: list[Any]) -> tuple[str, tuple[Operand, ...]]:
        value = children[1]
        return str(children[0]), (_operand(value) if isinstance(value, Token) else value,)

    def entry(self, children: list[Any]) -> Operand:
        operand = _operand(children[0])
        return Anything(operand.position) if operand == Text("*") else operand

    def value(self, children: list[Any]) -> Operand:
        return _operand(children[0]) if isinstance(children[0], Token) else children[0]

    def current_item(self, children: list[Token]) -> CurrentItem:
        return CurrentItem(str(children[1]), children[0].start_pos or 0)


def _operand(token: Token) -> Operand:
    position = token.start_pos or 0
    if token.type == "NUMBER":
        return Number(float(token), position)
    if token.type == "PARAMETER":
        return Parameter(token[1:], position)
    if token.type == "ANYTHING":
        return Anything(position)
    content = unquoted(token)
    if content.startswith("$") and content[1:].replace("_", "a").isalnum() and content.isascii():
        return Parameter(content[1:], position)
    return Text(content, position)


def unquoted(text: str) -> str:
    """Return the content of a text in double quotes; a backslash stands before a quote or another backslash."""
    return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
