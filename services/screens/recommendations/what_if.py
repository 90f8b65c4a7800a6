"""What if: a user's list without some items of the history. An item goes with all its events.

services/lists/supposed.py asks for the list and says where that is possible.
"""

from collections.abc import Mapping, Sequence

from services.backend import Backend, HistoryEvent
from services.lists.moves import ranks
from services.lists.reasons import Past
from services.lists.supposed import Supposed, for_past
from services.personalize.asking import known_events
from services.personalize.campaigns import Campaign


def from_address(values: Sequence[str], known: Sequence[HistoryEvent]) -> tuple[str, ...]:
    """Return the items of a known history that an address names, in its order; unknown ones are dropped.

    An older address names an event, ITEM@TIME; its item is meant.
    """
    by_name = {f"{event.item_id}@{event.timestamp}": event.item_id for event in known}
    by_name |= {event.item_id: event.item_id for event in known}
    return tuple(dict.fromkeys(by_name[value] for value in values if value in by_name))


def as_it_is(
    backend: Backend, campaign: Campaign, user_id: str, count: int, context: Mapping[str, str] | None = None
) -> Supposed:
    """Return a user's list for the history as it is, which supposed lists are compared with.

    It is the campaign's own answer, except for recipes that explore, whose answers vary from call to call.
    """
    known = known_events(backend, campaign, user_id)
    return for_past(backend, campaign, user_id, Past(known), count, context)


def without(
    backend: Backend,
    campaign: Campaign,
    user_id: str,
    removed: Sequence[str],
    count: int,
    context: Mapping[str, str] | None = None,
) -> Supposed:
    """Return a user's list without any event on these items, which stay hidden where the model hides what a user had.

    Raises ServiceError.
    """
    gone = set(removed)
    left = tuple(event for event in known_events(backend, campaign, user_id) if event.item_id not in gone)
    past = Past(left, tuple(dict.fromkeys(removed)))
    return for_past(backend, campaign, user_id, past, count, context)


def comes_back(
    backend: Backend,
    campaign: Campaign,
    user_id: str,
    supposed: Supposed,
    count: int,
    context: Mapping[str, str] | None = None,
) -> dict[str, int]:
    """Return the removed items that would themselves be in the list if they were not kept out, with their rank."""
    free = for_past(backend, campaign, user_id, Past(supposed.past.events), count, context)
    places = ranks(free.item_ids)
    return {i: places[i] for i in supposed.past.also_had if i in places and i not in supposed.deep}
