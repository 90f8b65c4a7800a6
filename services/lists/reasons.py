"""Why an item is in a user's list: what it shares with the events that carry its place, the exact loss, and "despite".

Where the embedded engine answers, parts of the recent history have been left out and the places that the item loses are
their strength: each item with all its events, each evening, and items that share something with the item of the list
(threads.py). Popularity's reason is its count. AWS tells nothing of the kind: there, people who had both items, counted
in the loaded data, stand in, and the screen says so. All three are the same Reason, so that screens need not know.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from services.backend import Backend, Capabilities, HistoryEvent, Reasons, engine_errors
from services.library.catalog import Catalog
from services.library.cooccurrence import Cooccurrence
from services.library.store import LoadedData
from services.lists.evidence import Evidence, evidence
from services.lists.threads import (
    MAX_ROWS,
    Echo,
    Events,
    Singles,
    Thread,
    candidates,
    groups_of,
    singles_of,
    threads,
)
from services.lists.traits import Trait, Traits
from services.personalize.campaigns import Campaign
from services.personalize.recipe_names import EXPLORING

MAX_CAUSES = 5
MAX_DESPITE = 3
TWO_DOTS, THREE_DOTS = 5, 15
"""From this loss of places on."""
TWO_DOTS_TIMES, THREE_DOTS_TIMES = 3.0, 6.0
"""The same for people who had both, in times chance."""
N_EVENTS = 50
"""Latest events of a history that are looked at."""


@dataclass(frozen=True)
class Cause:
    """One item of the history with all its recent events, that speaks for an item of the list or against it."""

    item_id: str
    dots: int
    """1 to 3."""
    strength: float
    """Log-score that the item loses without its events; for people who had both the cosine."""
    timestamp: int | None = None
    """Of the latest of the events; None where no events were left out."""
    places: int = 0
    """Places that the item loses without the events, below 0 when it gains."""
    rank_without: int | None = None
    n_both: int | None = None
    """How many users had both items, and..."""
    n_people: int | None = None
    """...how many had the history's, where that is the evidence."""


@dataclass(frozen=True)
class Evening:
    """The evening of the history without which an item loses most."""

    timestamp: int
    """Of its first event."""
    n_items: int
    places: int
    rank_without: int


@dataclass(frozen=True)
class Reason:
    """Why one item is where it is."""

    item_id: str
    rank: int
    """In the list, from 1."""
    how: Literal["left out", "people with both", "popularity", "explored", "no history"]
    """Explored: the history alone would not have brought the item into the list."""
    because: tuple[Cause, ...] = ()
    """Strongest first; () when the item fits the history as a whole."""
    despite: tuple[Cause, ...] = ()
    """Items that speak against the item, strongest first."""
    n_people: int | None = None
    """How many users had the item, where that is the reason."""
    places: Mapping[str, int] | None = None
    """Places lost without each item of the recent history."""
    thread: Thread | None = None
    """What the item shares with the items that carry its place."""
    echo: Echo | None = None
    """What it shares with the history as a whole, where no thread carries its place."""
    evening: Evening | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """The items of the history that a sentence names, those that carry most first."""
        if self.thread is not None:
            return self.thread.item_ids
        return tuple(cause.item_id for cause in self.because[:1]) if self.how == "people with both" else ()


@dataclass(frozen=True)
class Past:
    """A history other than the known one: its events, and items that count as had besides."""

    events: tuple[HistoryEvent, ...]
    also_had: tuple[str, ...] = ()


def reasons_for(
    backend: Backend,
    campaign: Campaign,
    user_id: str | None,
    item_ids: Sequence[str],
    data: LoadedData,
    catalog: Catalog,
    people_with_both: Callable[[], Cooccurrence],
    traits: Callable[[], Traits],
    *,
    past: Past | None = None,
    context: Mapping[str, str] | None = None,
) -> dict[str, Reason]:
    """Return the reason of every item of a list, by item id.

    people_with_both gives the counts of the loaded data, traits what its items can have in common; both are called only
    where they are needed. past: explain a list for this history instead of the known one. Raises ServiceError when the
    model cannot answer.
    """
    if not campaign.personal:
        return {
            item_id: Reason(item_id, rank, "popularity", n_people=catalog.n_people(item_id))
            for rank, item_id in enumerate(item_ids, 1)
        }
    if backend.capabilities is None:
        return _from_people(item_ids, data.counted_history(user_id or ""), catalog, people_with_both)
    with engine_errors():
        found = _left_out(backend.capabilities, campaign, user_id, item_ids, traits(), past, context)
    if found is None:
        return _without_history(item_ids)
    found = _with_together(found, catalog, people_with_both)
    return {reason.item_id: reason for reason in found}


def _left_out(
    capabilities: Capabilities,
    campaign: Campaign,
    user_id: str | None,
    item_ids: Sequence[str],
    traits: Traits,
    past: Past | None,
    context: Mapping[str, str] | None,
) -> list[Reason] | None:
    """Leave out items and evenings, then what is shared; None without a history."""
    if past is None:
        known = capabilities.what_if.known_events(campaign.arn, user_id or "")
    else:
        known = tuple(sorted(past.events, key=lambda event: event.timestamp))
    singles = singles_of(known[-N_EVENTS:])

    def ask(groups: Sequence[Events]) -> Reasons:
        return capabilities.what_if.reasons(
            campaign.arn,
            user_id,
            item_ids,
            N_EVENTS,
            events=None if past is None else past.events,
            also_had=() if past is None else past.also_had,
            context=context,
            groups=groups,
        )

    answer = ask(singles.groups)
    if not answer.events:
        return None
    reasons = left_out(answer, singles)
    if found := candidates(answer, singles, traits):
        woven = threads(found, ask(groups_of(found)), [event.item_id for event in known], traits)
        reasons = [replace(r, thread=woven.threads.get(r.item_id), echo=woven.echoes.get(r.item_id)) for r in reasons]
    if campaign.recipe not in EXPLORING:
        return reasons
    beyond = [rank == 0 or rank > len(item_ids) for rank in answer.ranks.tolist()]
    return [Reason(r.item_id, r.rank, "explored") if b else r for r, b in zip(reasons, beyond, strict=True)]


def left_out(answer: Reasons, singles: Singles) -> list[Reason]:
    """Return the reasons from the engine's answer about the single groups, in the order of the list."""
    n_items, first_evening = len(answer.item_ids), len(singles.items)
    reasons = []
    for row, item_id in enumerate(answer.item_ids):
        rank = int(answer.ranks[row])
        lost, without = answer.strengths[row].tolist(), answer.ranks_without[row].tolist()
        causes = [
            Cause(
                item_id=name,
                dots=dots_of(to - rank, to, n_items),
                strength=strength,
                timestamp=events[-1].timestamp,
                places=to - rank,
                rank_without=to,
            )
            for (name, events), strength, to in zip(singles.items.items(), lost, without, strict=False)
            if rank and to
        ]
        places = {cause.item_id: cause.places for cause in causes}
        causes.sort(key=lambda cause: -cause.strength)
        because = [cause for cause in causes if cause.places > 0 and cause.strength > 0]
        despite = [cause for cause in reversed(causes) if cause.places < 0 and cause.strength < 0]
        reasons.append(
            Reason(
                item_id,
                rank or row + 1,
                "left out",
                tuple(because[:MAX_CAUSES]),
                tuple(despite[:MAX_DESPITE]),
                places=places,
                evening=_evening(singles.evenings, rank, lost[first_evening:], without[first_evening:]),
            )
        )
    return reasons


def dots_of(places: int, rank_without: int, n_items: int) -> int:
    """Return a loss or gain of places as one to three dots; an item that falls out of the list gets three."""
    if abs(places) >= THREE_DOTS or (places > 0 and rank_without > n_items):
        return 3
    return 2 if abs(places) >= TWO_DOTS else 1


def _evening(evenings: Sequence[Events], rank: int, lost: Sequence[float], without: Sequence[int]) -> Evening | None:
    """Return the evening of several items without which an item loses most, None where none costs it a place."""
    best = max(
        (
            (strength, events, to)
            for events, strength, to in zip(evenings, lost, without, strict=True)
            if rank and to > rank and strength > 0 and len({event.item_id for event in events}) > 1
        ),
        key=lambda found: found[0],
        default=None,
    )
    if best is None:
        return None
    _, events, to = best
    return Evening(events[0].timestamp, len({event.item_id for event in events}), to - rank, to)


def _without_history(item_ids: Sequence[str]) -> dict[str, Reason]:
    return {item_id: Reason(item_id, rank, "no history") for rank, item_id in enumerate(item_ids, 1)}


def _from_people(
    item_ids: Sequence[str], recent: Sequence[str], catalog: Catalog, people_with_both: Callable[[], Cooccurrence]
) -> dict[str, Reason]:
    """Return reasons from people who had both; the first cause of no more than MAX_ROWS items is the same."""
    if not recent:
        return _without_history(item_ids)
    numbers = {item_id: number for number, item_id in enumerate(catalog.ids)}
    by_item = evidence(item_ids, recent, numbers, people_with_both())
    used: Counter[str] = Counter()
    found = {}
    for rank, item_id in enumerate(item_ids, 1):
        causes = sorted(map(_of_evidence, by_item[item_id]), key=lambda cause: used[cause.item_id] >= MAX_ROWS)
        used.update(cause.item_id for cause in causes[:1])
        found[item_id] = Reason(item_id, rank, "people with both", tuple(causes[:MAX_CAUSES]))
    return found


def _with_together(
    reasons: Sequence[Reason], catalog: Catalog, people_with_both: Callable[[], Cooccurrence]
) -> list[Reason]:
    """Give items without anything in common a thread too, where people who had one of their causes had them as well."""
    open_ = [r for r in reasons if r.thread is None and r.echo is None and r.because]
    if not open_:
        return list(reasons)
    numbers = {item_id: number for number, item_id in enumerate(catalog.ids)}
    names = list(dict.fromkeys(cause.item_id for reason in open_ for cause in reason.because))
    by_item = evidence([reason.item_id for reason in open_], names, numbers, people_with_both())
    used: Counter[str] = Counter()
    found = []
    for reason in reasons:
        both = {each.item_id: each for each in by_item.get(reason.item_id, ()) if each.times >= THREE_DOTS_TIMES}
        usable = (c for c in reason.because if c.item_id in both and used[c.item_id] < MAX_ROWS)
        cause = next(usable, None) if reason in open_ else None
        if cause is not None:
            used[cause.item_id] += 1
            reason = _bound(reason, cause, both[cause.item_id])
        found.append(reason)
    return found


def _bound(reason: Reason, cause: Cause, both: Evidence) -> Reason:
    """Return the reason with a thread to the item of this cause, and the people who had both."""
    name = cause.item_id
    trait = Trait("together", "", (name,))
    thread = Thread(trait, (name,), (), 1, cause.strength, cause.places, cause.rank_without or 0)
    counted = replace(cause, n_both=both.n_both, n_people=both.n_people)
    return replace(reason, thread=thread, because=(counted, *(c for c in reason.because if c is not cause)))


def _of_evidence(both: Evidence) -> Cause:
    n_dots = 3 if both.times >= THREE_DOTS_TIMES else 2 if both.times >= TWO_DOTS_TIMES else 1
    return Cause(both.item_id, n_dots, both.cosine, n_both=both.n_both, n_people=both.n_people)
