"""What an item of a list and a part of the history have in common, among the events that carry the item's place.

First every item of the recent history and every evening is left out once, with all its events. Then, for every trait
that an item of the list shares with items of the history, those of them that carry it most are left out together. A
thread is such a group whose loss costs the item places: what it names is exactly what was left out. Among several the
one counts most whose loss of log-score and whose trait say most. One cause explains MAX_ROWS rows of a list at most, so
that a list has as many reasons as it has sides.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from services.backend import HistoryEvent, Reasons
from services.library.evenings import SESSION_GAP_S
from services.lists.traits import Kind, Trait, Traits

MAX_ROWS = 3
"""Rows of one list that one cause may explain."""
MAX_NAMED = 3
"""Items of the history that a thread names, and leaves out."""
MIN_ECHO = 2
"""Items of the history with a trait before the history as a whole is said to lean to it."""
MAX_TRAITS = 8
"""Traits of one item that are tried, those first that promise most."""
BELIEVED: Mapping[Kind, float] = {"series": 1.5, "by": 1.5, "with": 0.5, "category": 1.0, "together": 1.0}
"""What people believe sooner counts more; an actor in common says less of a film than its director."""
ONE_CATEGORY = 0.25
"""The same for a single category; two of them count in full."""
MIN_BITS = 3.0
"""A single category is named only for items that have no two, and if at most an eighth of all items have it."""
Events = tuple[HistoryEvent, ...]


@dataclass(frozen=True)
class Thread:
    """What an item shares with a part of the history that carries its place."""

    trait: Trait
    item_ids: tuple[str, ...]
    """Items of the recent history with the trait, those that carry most first."""
    events: Events
    """What is left out: all recent events on these items, oldest first."""
    n_before: int
    """Items of the whole history with the trait."""
    strength: float
    """Log-score that the item loses without these events."""
    places: int
    rank_without: int

    @property
    def n_evenings(self) -> int:
        """Evenings of the events."""
        return len(evenings_of(self.events))


@dataclass(frozen=True)
class Echo:
    """What an item shares with the history as a whole, where no part of the history decides its place."""

    trait: Trait
    n_before: int
    """Items of the whole history with the trait."""


@dataclass(frozen=True)
class Singles:
    """The first groups of a recent history that are left out: every item's events, then every evening's."""

    items: Mapping[str, Events]
    evenings: tuple[Events, ...]

    @property
    def groups(self) -> list[Events]:
        """All groups, in the order of an answer's columns."""
        return [*self.items.values(), *self.evenings]


@dataclass(frozen=True)
class Woven:
    """What explains each item of a list, by item id; an item has a thread, an echo or neither."""

    threads: Mapping[str, Thread]
    echoes: Mapping[str, Echo]


@dataclass(frozen=True)
class Candidate:
    """Items of the history that may carry an item of the list by what they share with it."""

    item_id: str
    """The item of the list."""
    trait: Trait
    names: tuple[str, ...]
    """Items of the history, those that carry most first."""
    events: Events


def singles_of(recent: Sequence[HistoryEvent]) -> Singles:
    """Group the events of a recent history, oldest first, by item and by evening."""
    by_item: dict[str, list[HistoryEvent]] = {}
    for event in recent:
        by_item.setdefault(event.item_id, []).append(event)
    return Singles({item_id: tuple(events) for item_id, events in by_item.items()}, evenings_of(recent))


def candidates(answer: Reasons, singles: Singles, traits: Traits) -> list[Candidate]:
    """Return what is worth leaving out together for each item of the list; answer is about the single groups."""
    having: dict[Trait, list[str]] = {}
    for name in singles.items:
        for trait in traits.of(name):
            having.setdefault(trait, []).append(name)
    found = []
    for row, item_id in enumerate(answer.item_ids):
        carries = dict(zip(singles.items, answer.strengths[row].tolist(), strict=False))
        own: list[tuple[float, int, Trait, tuple[str, ...]]] = []
        own_traits = traits.of(item_id)
        paired = any(len(trait.values) > 1 for trait in own_traits)
        for trait in own_traits:
            alone = trait.kind == "category" and len(trait.values) == 1
            if alone and (paired or traits.bits(trait) < MIN_BITS):
                continue
            names = sorted(
                (name for name in having.get(trait, ()) if name != item_id and carries[name] > 0),
                key=lambda name: (-carries[name], name),
            )[:MAX_NAMED]
            if names:
                promised = sum(carries[name] for name in names)
                own.append((-says(trait, traits) * promised, len(own), trait, tuple(names)))
        for _, _, trait, named in sorted(own)[:MAX_TRAITS]:
            events = sorted((e for name in named for e in singles.items[name]), key=lambda event: event.timestamp)
            found.append(Candidate(item_id, trait, named, tuple(events)))
    return found


def groups_of(found: Iterable[Candidate]) -> list[Events]:
    """Return the groups of candidates, each once."""
    return list(dict.fromkeys(candidate.events for candidate in found))


def threads(found: Sequence[Candidate], answer: Reasons, history: Sequence[str], traits: Traits) -> Woven:
    """Choose one thread for each item of the list, in its order; answer is about groups_of(found).

    history holds the items of the whole history. No trait is chosen for more than MAX_ROWS items; items without a
    thread get the most telling trait that they share with at least MIN_ECHO items of the history, as an echo.
    """
    columns = {events: column for column, events in enumerate(groups_of(found))}
    whole = Counter(trait for name in dict.fromkeys(history) for trait in traits.of(name))
    by_item: dict[str, list[Thread]] = {item_id: [] for item_id in answer.item_ids}
    ranks = dict(zip(answer.item_ids, enumerate(answer.ranks.tolist()), strict=True))
    for candidate in found:
        row, rank = ranks[candidate.item_id]
        column = columns[candidate.events]
        strength, without = float(answer.strengths[row, column]), int(answer.ranks_without[row, column])
        if rank and strength > 0 and without > rank:
            n_before = whole[candidate.trait] - (candidate.item_id in history)
            by_item[candidate.item_id].append(
                Thread(candidate.trait, candidate.names, candidate.events, n_before, strength, without - rank, without)
            )
    return _spread(by_item, whole, set(history), traits)


def says(trait: Trait, traits: Traits) -> float:
    """Return how much a trait says, in bits that people believe."""
    alone = ONE_CATEGORY if trait.kind == "category" and len(trait.values) == 1 else 1.0
    return alone * BELIEVED[trait.kind] * traits.bits(trait)


def evenings_of(events: Sequence[HistoryEvent]) -> tuple[Events, ...]:
    """Return events, oldest first, cut where a break is longer than SESSION_GAP_S."""
    if not events:
        return ()
    times = np.array([event.timestamp for event in events])
    cuts = [0, *(np.flatnonzero(np.diff(times) > SESSION_GAP_S) + 1).tolist(), len(events)]
    return tuple(tuple(events[start:stop]) for start, stop in pairwise(cuts))


def _spread(by_item: Mapping[str, Sequence[Thread]], whole: Counter[Trait], history: Set[str], traits: Traits) -> Woven:
    """Choose the best thread, else the best echo, whose trait has explained fewer than MAX_ROWS rows above."""
    used: Counter[Trait] = Counter()
    chosen: dict[str, Thread] = {}
    echoes: dict[str, Echo] = {}
    for item_id, own in by_item.items():
        best = sorted(own, key=lambda thread: -says(thread.trait, traits) * thread.strength)
        thread = next((thread for thread in best if used[thread.trait] < MAX_ROWS), None)
        if thread is not None:
            chosen[item_id] = thread
            used[thread.trait] += 1
            continue
        shared = {trait: whole[trait] - (item_id in history) for trait in traits.of(item_id)}
        usable = [trait for trait, n in shared.items() if n >= MIN_ECHO and used[trait] < MAX_ROWS]
        if usable:
            trait = max(usable, key=lambda trait: says(trait, traits) * math.log2(1 + shared[trait]))
            echoes[item_id] = Echo(trait, shared[trait])
            used[trait] += 1
    return Woven(chosen, echoes)
