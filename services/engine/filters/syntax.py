"""A filter expression as data, as filters/parsing.py reads it from text."""

from dataclasses import dataclass, field

ITEM, USER, ACTION = "ItemID", "UserID", "ActionID"
IN, NOT_IN = "IN", "NOT IN"
EVENT_TYPE = "EVENT_TYPE"


@dataclass(frozen=True)
class Field:
    """A column of a dataset, as "Items.GENRE"; dataset is "CurrentUser" in the conditions after IF."""

    dataset: str
    name: str
    position: int = field(default=0, compare=False)
    """Of its first character in the text, from 0."""


@dataclass(frozen=True)
class Text:
    """A text between double quotes."""

    value: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Number:
    """A number."""

    value: float
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Parameter:
    """A placeholder, $NAME, whose values each request gives in filterValues."""

    name: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class CurrentItem:
    """A column of the item that a request for related items asks about."""

    name: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Anything:
    """The sign *, which stands for every event type."""

    position: int = field(default=0, compare=False)


Operand = Text | Number | Parameter | CurrentItem | Anything


@dataclass(frozen=True)
class Condition:
    """A test of one column."""

    field: Field
    operator: str
    """IN, NOT_IN, or one of = != < <= > >=."""
    operands: tuple[Operand, ...]
    """Several for IN and NOT IN, one for comparisons."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return tuple(operand for operand in self.operands if isinstance(operand, Parameter))


@dataclass(frozen=True)
class Expression:
    """One part of a chain: INCLUDE or EXCLUDE, what, and when."""

    includes: bool
    target: str
    """ITEM, USER or ACTION."""
    alternatives: tuple[tuple[Condition, ...], ...]
    """The conditions: AND within an alternative, OR between them."""
    user_conditions: tuple[Condition, ...] = ()
    """The conditions after IF, joined by AND."""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions before IF."""
        return tuple(condition for alternative in self.alternatives for condition in alternative)

    @property
    def parameters(self) -> frozenset[str]:
        """The names of all placeholders."""
        conditions = (*self.conditions, *self.user_conditions)
        return frozenset(parameter.name for condition in conditions for parameter in condition.parameters)


@dataclass(frozen=True)
class Filter:
    """A chain of expressions, joined by "|"."""

    expressions: tuple[Expression, ...]

    @property
    def target(self) -> str:
        return self.expressions[0].target

    @property
    def parameters(self) -> frozenset[str]:
        """The names of all placeholders."""
        return frozenset().union(*(expression.parameters for expression in self.expressions))

    @property
    def uses_current_item(self) -> bool:
        """Whether only recipes for related items can answer with it."""
        return any(
            isinstance(operand, CurrentItem)
            for expression in self.expressions
            for condition in expression.conditions
            for operand in condition.operands
        )
