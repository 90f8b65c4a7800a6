"""What if: a person's list without some events of the history, and the list of somebody made up from a few picks.

Both need a model that can be asked about a history that nobody has, which AWS cannot; `possible` says so. An event is
written into an address as ITEM@TIME, a pick as its item.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.backend import Backend, HistoryEvent, engine_errors
from services.language.phrases import counted, listed, ordinal
from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.library.store import LoadedData
from services.lists.moves import ranks
from services.lists.reasons import Past
from services.personalize.asking import known_events
from services.personalize.calls import ApiCall
from services.personalize.campaigns import Campaign
from services.personalize.recipe_names import EXPLORING

DEEP = 500
"""Places that are looked at to tell where an item fell to."""
MOST_NAMED = 5
PICK_DISTANCE_S = 2 * 3600
"""Between the picks of a made-up person: one long evening, the last pick at the data's newest moment."""


@dataclass(frozen=True)
class Supposed:
    """A list for a history that is not the known one."""

    call: ApiCall
    """Shaped like an answer of GetRecommendations; no call of the API stands behind it."""
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
    """Return whether this campaign can be asked about a history that nobody has."""
    return backend.capabilities is not None and campaign.personal


def why_not(backend: Backend, campaign: Campaign) -> str:
    """Return the sentence that says why a campaign cannot be asked."""
    if backend.capabilities is None:
        return "AWS answers for people whom it knows only; the embedded engine answers for made-up histories too."
    return f"{campaign.recipe_words} shows everybody the same, whatever their history."


def to_address(event: HistoryEvent) -> str:
    """Return an event as an address writes it."""
    return f"{event.item_id}@{event.timestamp}"


def from_address(values: Sequence[str], known: Sequence[HistoryEvent]) -> tuple[HistoryEvent, ...]:
    """Return the events of a known history that an address names, in its order; what it does not hold is dropped."""
    by_name = {to_address(event): event for event in known}
    return tuple(dict.fromkeys(by_name[value] for value in values if value in by_name))


def known_event(known: Sequence[HistoryEvent], item_id: str, timestamp: int) -> HistoryEvent | None:
    """Return the event of the model's history that a row of the loaded history means: same item, nearest in time.

    None when the model knows no event of this item: it was trained on another type of event, or earlier.
    """
    same = [event for event in known if event.item_id == item_id]
    return min(same, key=lambda event: abs(event.timestamp - timestamp), default=None)


def as_it_is(
    backend: Backend, campaign: Campaign, user_id: str, count: int, context: Mapping[str, str] | None = None
) -> Supposed:
    """Return a person's list for the history as it is, what supposed lists are compared with.

    It is the campaign's own answer but for recipes that explore: no answer of theirs is like the one before.
    """
    known = known_events(backend, campaign, user_id)
    return _supposed(backend, campaign, user_id, Past(known), count, context)


def without(
    backend: Backend,
    campaign: Campaign,
    user_id: str,
    removed: Sequence[HistoryEvent],
    count: int,
    context: Mapping[str, str] | None = None,
) -> Supposed:
    """Return a person's list without these events; their items stay hidden where the model hides what a person had.

    Raises ServiceError.
    """
    gone = set(removed)
    left = tuple(event for event in known_events(backend, campaign, user_id) if event not in gone)
    past = Past(left, tuple(dict.fromkeys(event.item_id for event in removed)))
    return _supposed(backend, campaign, user_id, past, count, context)


def comes_back(
    backend: Backend,
    campaign: Campaign,
    user_id: str,
    supposed: Supposed,
    count: int,
    context: Mapping[str, str] | None = None,
) -> dict[str, int]:
    """Return the removed items that would be in the list themselves, were they not kept out, with their rank."""
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
    """Return the list of somebody made up who had these items, in this order, in one evening. Raises ServiceError."""
    return _supposed(backend, campaign, None, Past(evening(data, picks)), count, context)


def evening(data: LoadedData, picks: Sequence[str]) -> tuple[HistoryEvent, ...]:
    """Return picks as events, the last one at the data's newest moment."""
    first = data.last_timestamp - PICK_DISTANCE_S * (len(picks) - 1)
    return tuple(HistoryEvent(item_id, first + PICK_DISTANCE_S * i) for i, item_id in enumerate(picks))


def headline_without(
    removed: Sequence[str], before: Sequence[str], supposed: Supposed, catalog: Catalog, words: Words
) -> str:
    """Return what a list does without the events of these items: "Without Vertigo, 6 of 25 films change; ..."."""
    after, places = supposed.item_ids, ranks(supposed.deep)
    left = {event.item_id for event in supposed.past.events}
    gone = listed([f"{'one event of ' if i in left else ''}{catalog.title(i)}" for i in dict.fromkeys(removed)])
    if list(before) == after:
        return f"Without {gone} nothing changes: the same {len(after)} {words.nouns} in the same order."
    replaced = sum(item_id not in after for item_id in before)
    changes = f"{replaced} of {len(before)} {words.nouns} change" if replaced else f"the same {words.nouns} stay"
    falls = [(places.get(item_id, DEEP + 1) - rank, rank, item_id) for rank, item_id in enumerate(before, 1)]
    fall, rank, item_id = max(falls, key=lambda entry: (entry[0], -entry[1]))
    if fall <= 0:
        return f"Without {gone}, {changes}."
    to = ordinal(places[item_id]) if item_id in places else f"below {ordinal(DEEP)}"
    return f"Without {gone}, {changes}; {catalog.title(item_id)} falls from {ordinal(rank)} to {to}."


def headline_made_up(picks: Sequence[str], newcomer: Sequence[str], after: Sequence[str], words: Words) -> str:
    """Return how far a made-up person's list has left the one that newcomers get."""
    own = sum(item_id not in set(newcomer) for item_id in after)
    return (
        f"After {counted(len(picks), words.noun, words.nouns)}, {own} of {len(after)} are no longer "
        "what somebody new gets."
    )


def note_out(before: Sequence[str], supposed: Supposed, catalog: Catalog) -> str:
    """Return which items have left the list, at most five by name."""
    after = set(supposed.item_ids)
    out = [catalog.title(item_id) for item_id in before if item_id not in after]
    more = [f"{len(out) - MOST_NAMED} more"] if len(out) > MOST_NAMED else []
    return f"Out: {listed([*out[:MOST_NAMED], *more])}." if out else ""


def note_exploring(campaign: Campaign) -> str:
    """Return that exploration is left out of a supposed list, where the recipe explores."""
    return "Nothing is explored while something is supposed." if campaign.recipe in EXPLORING else ""


def note_back(back: Mapping[str, int], catalog: Catalog) -> str:
    """Return the sentence about removed items that would be recommended themselves, from comes_back."""
    if not back:
        return ""
    said = [f"{catalog.title(item_id)} would itself come {ordinal(rank)}" for item_id, rank in back.items()]
    return f"{listed(said)}; it is kept out, so that the ranks compare."


def note_made_up(picks: Sequence[str], supposed: Supposed, catalog: Catalog) -> str:
    """Return what the marks of a made-up person's list mean, and which picks did not count."""
    *before, last = (catalog.title(item_id) for item_id in picks)
    since = f"{last} changed after {listed(before)}" if before else f"{last} changed for somebody new"
    unknown = listed([catalog.title(item_id) for item_id in supposed.ignored])
    return f"Marks: what {since}." + (f" The model does not know {unknown}." if unknown else "")


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
        found = backend.capabilities.list_for_history(
            campaign.arn, past.events, max(count, DEEP), user_id=user_id, also_had=past.also_had, context=context
        )
    milliseconds = 1000 * (time.perf_counter() - started)
    scores: Sequence[float | None] = found.scores or [None] * len(found.item_ids)
    items = [
        {"itemId": item_id} if score is None else {"itemId": item_id, "score": score}
        for item_id, score in zip(found.item_ids[:count], scores, strict=False)
    ]
    request = {"campaignArn": campaign.arn, "userId": user_id, "events": len(past.events)}
    call = ApiCall("engine", "ListForHistory", "list_for_history", request, {"itemList": items}, milliseconds)
    return Supposed(call, found.item_ids, past, found.ignored)
