"""What if: a user's list without some items of the history, and the list of a made-up user with a few items.

Both need a model that can be asked about a history that no user has; AWS has no such call (`possible`). An item goes
with all its events.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.backend import Backend, HistoryEvent, engine_errors
from services.library.store import LoadedData
from services.lists.moves import ranks
from services.lists.reasons import Past
from services.personalize.asking import known_events
from services.personalize.calls import ApiCall
from services.personalize.campaigns import Campaign

DEEP = 500
"""How many places to look at for an item that fell."""
PICK_DISTANCE_S = 2 * 3600
"""Between the picks of a made-up user: one long evening, the last pick at the data's newest moment."""


@dataclass(frozen=True)
class Supposed:
    """A list for another history than the known one."""

    call: ApiCall
    """Shaped like an answer of GetRecommendations, but made without a call of the API."""
    deep: tuple[str, ...]
    """The same list up to DEEP places."""
    past: Past
    ignored: tuple[str, ...] = ()
    """Items of the history that the model does not know."""

    @property
    def item_ids(self) -> list[str]:
        """The list."""
        return [str(item["itemId"]) for item in self.call.response["itemList"]]


def possible(backend: Backend, campaign: Campaign) -> bool:
    """Return whether this campaign can be asked about a history that no user has."""
    return backend.capabilities is not None and campaign.personal


def why_not(backend: Backend, campaign: Campaign) -> str:
    """Return the sentence about why a campaign cannot be asked."""
    if backend.capabilities is None:
        return "AWS answers only for people whom it knows. The embedded engine also answers for made-up histories."
    return "Everybody gets the same list here, whatever their history."


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
    return _supposed(backend, campaign, user_id, Past(known), count, context)


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
    return _supposed(backend, campaign, user_id, past, count, context)


def comes_back(
    backend: Backend,
    campaign: Campaign,
    user_id: str,
    supposed: Supposed,
    count: int,
    context: Mapping[str, str] | None = None,
) -> dict[str, int]:
    """Return the removed items that would themselves be in the list if they were not kept out, with their rank."""
    free = _supposed(backend, campaign, user_id, Past(supposed.past.events), count, context)
    places = ranks(free.item_ids)
    return {i: places[i] for i in supposed.past.also_had if i in places and i not in supposed.deep}


def made_up(
    backend: Backend,
    campaign: Campaign,
    data: LoadedData,
    picks: Sequence[str],
    count: int,
    context: Mapping[str, str] | None = None,
) -> Supposed:
    """Return the list of a made-up user who had these items, in this order, in one evening. Raises ServiceError."""
    return _supposed(backend, campaign, None, Past(evening(data, picks)), count, context)


def evening(data: LoadedData, picks: Sequence[str]) -> tuple[HistoryEvent, ...]:
    """Return picks as events, the last one at the data's newest moment."""
    first = data.last_timestamp - PICK_DISTANCE_S * (len(picks) - 1)
    return tuple(HistoryEvent(item_id, first + PICK_DISTANCE_S * i) for i, item_id in enumerate(picks))


def _supposed(
    backend: Backend,
    campaign: Campaign,
    user_id: str | None,
    past: Past,
    count: int,
    context: Mapping[str, str] | None,
) -> Supposed:
    if backend.capabilities is None:
        raise ValueError(f"{backend.label} cannot be asked about made-up histories; ask possible() first")
    started = time.perf_counter()
    with engine_errors():
        answer = backend.capabilities.list_for_history(
            campaign.arn, past.events, max(count, DEEP), user_id=user_id, also_had=past.also_had, context=context
        )
    milliseconds = 1000 * (time.perf_counter() - started)
    scores: Sequence[float | None] = answer.scores or [None] * len(answer.item_ids)
    items = [
        {"itemId": item_id} if score is None else {"itemId": item_id, "score": score}
        for item_id, score in zip(answer.item_ids[:count], scores, strict=False)
    ]
    request = {"campaignArn": campaign.arn, "userId": user_id, "events": len(past.events)}
    call = ApiCall("engine", "ListForHistory", "list_for_history", request, {"itemList": items}, milliseconds)
    return Supposed(call, answer.item_ids, past, answer.ignored)
