"""The items that a filter allows for a user: a chain of expressions evaluated on all items at once.

Each condition is a mask over the model's items, which tables.py and interactions.py keep or make; expressions and
chains combine masks (filters/grammar.py has the rules). An expression whose IF is not met is not applied.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.engine.data.schemas import Schema
from services.engine.data.vocabulary import Vocabulary
from services.engine.errors import InvalidInput
from services.engine.filters.interactions import Met
from services.engine.filters.rules import checked, fields_of
from services.engine.filters.syntax import ACTION, ITEM, USER, Condition, Expression, Filter
from services.engine.filters.tables import Table, UserRows
from services.engine.filters.values import Cell, Test, applies, matches, parameter_values, tested
from services.engine.recipes.base import Bools, Ints

RECORDS = {ITEM: "Items", ACTION: "Actions", USER: "Users"}
EVENTS_OF = {ITEM: "Interactions", ACTION: "Action_Interactions", USER: "Interactions"}


class Interactions(Protocol):
    """The users' own interactions: those of the data, or supposed ones."""

    def read(self) -> None:
        """Read the events into memory. Raises FileNotFoundError when the snapshot was removed."""

    def indices(self, user_id: str, test: Test, items: Vocabulary) -> Ints:
        """Return the rows in a vocabulary of the items with which a user had an event that passes the test."""

    def ids(self, user_id: str, test: Test) -> set[str]:
        """Return the IDs of the items with which a user had an event that passes the test."""

    def users(self, test: Test, users: Vocabulary) -> Bools:
        """Return which users of a vocabulary had an event that passes the test, bool (n,)."""

    def history(self, user_id: str) -> list[Met]:
        """Return a user's events, oldest first."""


@dataclass(frozen=True)
class FilterData:
    """What filters know of a dataset group, for the items, the actions or the users of one model."""

    ids: Vocabulary
    schemas: Mapping[str, Schema]
    """By dataset type ("Interactions", ...)."""
    items: Table | None
    """The rows that a filter selects; None without their dataset."""
    users: UserRows | None
    interactions: Interactions | None
    target: str = ITEM
    """What a filter selects: ITEM, ACTION or USER."""
    _chains: dict[str, Filter] = field(default_factory=dict)

    @property
    def records(self) -> str:
        """The dataset of the rows that a filter selects."""
        return RECORDS[self.target]

    @property
    def events(self) -> str:
        """The dataset of the events that a filter may test."""
        return EVENTS_OF[self.target]

    def numbers(self, name: str) -> NDArray[np.float64] | None:
        """Return a column of numbers of the rows, float64 (n,), NaN where a cell is empty; None without the column."""
        schema = self.schemas.get(self.records)
        field = None if schema is None else schema.find(name)
        if self.items is None or field is None or not field.is_numeric:
            return None
        numbers: NDArray[np.float64] = self.items.numbers(field)
        return numbers

    def chain(self, text: str) -> Filter:
        """Return a filter, checked against the schemas and with its columns in memory.

        Raises InvalidInput where the schemas lost one of its fields, FileNotFoundError where an import that just ended
        has removed the snapshot.
        """
        found = self._chains.get(text)
        if found is None:
            found = checked(text, self.schemas)
            for dataset, name in fields_of(found):
                self._read(dataset, name)
            self._chains[text] = found
        return found

    def _read(self, dataset: str, name: str) -> None:
        if dataset == self.events and self.interactions is not None:
            self.interactions.read()
        table = self.items if dataset == self.records else {"Users": self.users}.get(dataset)
        column = self.schemas[dataset].find(name) if dataset in self.schemas else None
        if table is not None and column is not None:
            table.read(column)


@dataclass(frozen=True)
class Question:
    """A request's part of a filter."""

    user_id: str | None
    item_id: str | None
    """The item that related items are asked for."""
    values: Mapping[str, str]
    """filterValues."""


class Allowed:
    """The answer of a filter to one question."""

    def __init__(self, chain: Filter, question: Question, data: FilterData) -> None:
        """Raises InvalidInput for values that are missing, unknown or of the wrong type."""
        self._question, self._data = question, data
        self._values = parameter_values(question.values, chain)
        parts = [part for part in chain.expressions if applies(part, self._values) and self._is_met(part)]
        self._included = [part for part in parts if part.includes]
        self._excluded = [part for part in parts if not part.includes]

    def mask(self) -> Bools:
        """Return which items of the model are allowed, bool (n_items,); do not change it."""
        included = self._union(self._included)
        excluded = self._union(self._excluded)
        if excluded is None:
            return np.ones(len(self._data.ids), bool) if included is None else included
        return ~excluded if included is None else included & ~excluded

    def of(self, item_ids: Sequence[str]) -> list[str]:
        """Return the allowed ones of these items in their order; the model need not know them."""
        mask, indices = self.mask(), self._data.ids.indices_of(item_ids).tolist()
        return [
            item_id
            for item_id, index in zip(item_ids, indices, strict=True)
            if (mask[index] if index >= 0 else self._allows(item_id))
        ]

    def _union(self, parts: list[Expression]) -> Bools | None:
        """Return the items of any of these expressions; None where there are none."""
        masks = [self._any(part) for part in parts]
        return np.logical_or.reduce(masks) if len(masks) > 1 else masks[0] if masks else None

    def _any(self, part: Expression) -> Bools:
        masks = [self._all(alternative) for alternative in part.alternatives]
        return np.logical_or.reduce(masks) if len(masks) > 1 else masks[0]

    def _all(self, conditions: tuple[Condition, ...]) -> Bools:
        masks = [self._mask(condition) for condition in conditions]
        return np.logical_and.reduce(masks) if len(masks) > 1 else masks[0]

    def _mask(self, condition: Condition) -> Bools:
        test = self._test(condition)
        if condition.field.dataset == self._data.events:
            mask = np.zeros(len(self._data.ids), bool)
            if self._data.target == USER:
                return mask if self._data.interactions is None else self._data.interactions.users(test, self._data.ids)
            if self._data.interactions is not None and self._question.user_id:
                mask[self._data.interactions.indices(self._question.user_id, test, self._data.ids)] = True
            return mask
        column = self._data.schemas[self._data.records].find(condition.field.name)
        assert column is not None
        assert self._data.items is not None
        return self._data.items.mask(column, test)

    def _allows(self, item_id: str) -> bool:
        """Return whether an item outside of the model is allowed."""

        def passes(part: Expression) -> bool:
            return any(all(self._passes(c, item_id) for c in alternative) for alternative in part.alternatives)

        included = not self._included or any(map(passes, self._included))
        return included and not any(map(passes, self._excluded))

    def _passes(self, condition: Condition, item_id: str) -> bool:
        test = self._test(condition)
        if condition.field.dataset == self._data.events:
            interactions, user_id = self._data.interactions, self._question.user_id
            return interactions is not None and bool(user_id) and item_id in interactions.ids(user_id or "", test)
        return matches(test, self._item_cell(condition.field.name, item_id))

    def _is_met(self, part: Expression) -> bool:
        """Return whether the conditions after IF hold for the user."""
        return all(
            matches(self._test(condition), self._user_cell(condition.field.name)) for condition in part.user_conditions
        )

    def _test(self, condition: Condition) -> Test:
        dataset = {"CurrentUser": "Users"}.get(condition.field.dataset, condition.field.dataset)
        column = None if dataset == self._data.events else self._data.schemas[dataset].find(condition.field.name)
        return tested(condition, column, self._values, self._current_cell)

    def _current_cell(self, name: str) -> Cell:
        if not self._question.item_id:
            raise InvalidInput("The filter compares with CurrentItem, and the request has no itemId. Give one.")
        return self._item_cell(name, self._question.item_id)

    def _item_cell(self, name: str, item_id: str) -> Cell:
        column = self._data.schemas[self._data.records].find(name)
        assert column is not None
        return None if self._data.items is None else self._data.items.cell(column, item_id)

    def _user_cell(self, name: str) -> Cell:
        column = self._data.schemas["Users"].find(name)
        assert column is not None
        users, user_id = self._data.users, self._question.user_id
        return None if users is None or not user_id else users.cell(column, user_id)


def target_of(recipe_type: str) -> str:
    """Return what filters select for a recipe of this type."""
    return {"PERSONALIZED_ACTIONS": ACTION, "USER_SEGMENTATION": USER}.get(recipe_type, ITEM)


def check_use(chain: Filter, recipe_type: str) -> None:
    """Raise InvalidInput for a filter that a recipe of this type cannot answer with."""
    needed = target_of(recipe_type)
    if chain.target != needed:
        raise InvalidInput(f"The filter selects {chain.target}; this model needs one that selects {needed}.")
    if chain.uses_current_item and recipe_type != "RELATED_ITEMS":
        raise InvalidInput("The filter compares with CurrentItem, which only recipes for related items have.")
