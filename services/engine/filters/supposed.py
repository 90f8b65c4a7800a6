"""What a filter leaves of lists and of a catalogue, also for users whose interactions are given instead of read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.engine.data.vocabulary import Vocabulary
from services.engine.filters.evaluation import Allowed, FilterData, Question
from services.engine.filters.interactions import MAX_EVENTS_PER_TYPE, Met
from services.engine.filters.values import Test
from services.engine.recipes.base import Bools, Ints

Event = tuple[str, str]
"""Item ID and event type."""


@dataclass(frozen=True)
class FilteredLists:
    """What a filter leaves of each user's list and of the catalogue."""

    kept: tuple[tuple[str, ...], ...]
    """The allowed items of each list, in order."""
    n_allowed: tuple[int, ...]
    """How many items of the catalogue each user may get."""
    reached: frozenset[str]
    """Items that at least one of the users may get."""


class GivenInteractions:
    """The interactions of users as they are given, oldest first."""

    def __init__(self, events: Mapping[str, Sequence[Event]], items: Vocabulary) -> None:
        """items: the vocabulary that is asked about."""
        self._events = events
        self._index = _index_of({item_id for user in events.values() for item_id, _ in user}, items)

    def read(self) -> None:
        """Do nothing: all are in memory."""

    def indices(self, user_id: str, test: Test, items: Vocabulary) -> Ints:
        """Return the rows in a vocabulary of the items with which a user had an event that passes the test."""
        found = (self._index[item_id] for item_id in self.ids(user_id, test))
        return np.asarray([index for index in found if index >= 0], np.int32)

    def ids(self, user_id: str, test: Test) -> set[str]:
        """Return the IDs of the items with which a user had an event that passes the test."""
        by_type: dict[str, list[str]] = {}
        for item_id, event_type in self._events.get(user_id, ()):
            by_type.setdefault(event_type.casefold(), []).append(item_id)
        return {
            item_id
            for event_type, items in by_type.items()
            if (test.any_value or event_type in test.values) == (test.operator == "IN")
            for item_id in items[-MAX_EVENTS_PER_TYPE:]
        }

    def users(self, test: Test, users: Vocabulary) -> Bools:
        """Return which users of a vocabulary had an event that passes the test."""
        return np.asarray([bool(self.ids(user_id, test)) for user_id in users.ids(range(len(users)))], bool)

    def history(self, user_id: str) -> list[Met]:
        """Return a user's events; they have no times."""
        return [Met(item_id, event_type, 0) for item_id, event_type in self._events.get(user_id, ())]


def filtered_lists(
    data: FilterData,
    expression: str,
    values: Mapping[str, str],
    lists: Mapping[str, Sequence[str]],
    events: Mapping[str, Sequence[Event]] | None = None,
) -> FilteredLists:
    """Return what a filter leaves of each user's list and of the items of data.ids.

    With events, as if the users had exactly these. Raises InvalidInput for an expression, or for values, that the
    group does not have.
    """
    supposed = data if events is None else replace(data, interactions=GivenInteractions(events, data.ids))
    chain = supposed.chain(expression)
    index = _index_of({item_id for listed in lists.values() for item_id in listed}, data.ids)
    reached = np.zeros(len(data.ids), bool)
    kept: list[tuple[str, ...]] = []
    n_allowed: list[int] = []
    for user_id, listed in lists.items():
        allowed = Allowed(chain, Question(user_id, None, values), supposed)
        mask = allowed.mask()
        reached |= mask
        n_allowed.append(int(mask.sum()))
        unknown = set(allowed.of([item_id for item_id in listed if index[item_id] < 0]))
        kept.append(tuple(i for i in listed if (mask[index[i]] if index[i] >= 0 else i in unknown)))
    ids = data.ids.ids(np.flatnonzero(reached).tolist())
    return FilteredLists(tuple(kept), tuple(n_allowed), frozenset(ids))


def _index_of(item_ids: Collection[str], items: Vocabulary) -> dict[str, int]:
    """Return the row of each ID in a vocabulary, -1 for an unknown one: looked up once for all users."""
    ids = sorted(item_ids)
    return dict(zip(ids, items.indices_of(ids).tolist(), strict=True))
