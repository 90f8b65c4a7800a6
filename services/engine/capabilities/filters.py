"""What a filter's expression would be answered with, before anything is created."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.engine.errors import InvalidExpression, InvalidInput

if TYPE_CHECKING:
    from services.engine.context import EngineContext
    from services.engine.filters.supposed import FilteredLists


@dataclass(frozen=True)
class FilterProblem:
    """Why CreateFilter would refuse an expression."""

    message: str
    position: int | None
    """Characters before the wrong one; None where it is about the whole."""


class Filters:
    """Expressions of filters that need not exist."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context

    def problem(self, dataset_group_arn: str, expression: str) -> FilterProblem | None:
        """Return why CreateFilter would refuse an expression, without creating anything; None where it would not."""
        from services.engine.api.solutions import group_schemas
        from services.engine.filters.rules import checked

        try:
            checked(expression, group_schemas(self._context, dataset_group_arn))
        except InvalidInput as error:
            position = error.position if isinstance(error, InvalidExpression) else None
            return FilterProblem(error.message, position)
        return None

    def continuations(self, text: str) -> frozenset[str]:
        """Return which terminals of filters/grammar.py may follow the beginning of an expression."""
        from services.engine.filters.parsing import continuations

        return continuations(text)

    def lists(
        self,
        dataset_group_arn: str,
        expression: str,
        values: Mapping[str, str],
        lists: Mapping[str, Sequence[str]],
        item_ids: Collection[str],
        events: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    ) -> FilteredLists:
        """Return what a filter leaves of each user's list, and of these items.

        With events, (item ID, event type), oldest first, as if the users had exactly these. Raises EngineError as
        CreateFilter and GetRecommendations do.
        """
        from services.engine.data.vocabulary import Vocabulary
        from services.engine.filters.supposed import filtered_lists

        data = self._context.filters.of(dataset_group_arn, Vocabulary.from_ids(item_ids))
        return filtered_lists(data, expression, values, lists, events)
