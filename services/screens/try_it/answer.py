"""The list for what was picked, in the best of three ways that backend and campaigns offer.

A model that can be asked about a made-up history answers for the picks as one evening. Elsewhere (AWS answers for known
users only; bestsellers are the same for everybody) what goes with each pick is dealt in turn: the neighbours of a
campaign for similar items, else the items of most users who had both, counted in the loaded data. Nothing is stored.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from services.backend import Backend
from services.errors import ServiceError
from services.library.catalog import Catalog
from services.library.cooccurrence import Cooccurrence
from services.library.store import LoadedData
from services.lists import supposed
from services.lists.reasons import Past
from services.personalize import asking
from services.personalize.calls import ApiCall
from services.personalize.campaigns import Campaign

N_SHOWN = 24
"""Covers of the list."""
N_NEIGHBOURS = 50
MIN_BOTH = 3
"""Users in common, where neighbours are counted."""


@dataclass(frozen=True)
class Answer:
    """The list for some picks."""

    item_ids: tuple[str, ...]
    way: Literal["model", "similar", "counted", "bestsellers"]
    """Who gave it: a model for the made-up history, a campaign for similar items, counts; bestsellers before a pick."""
    calls: tuple[ApiCall, ...] = ()
    past: Past | None = None
    """The made-up history, where a model answered."""
    pick_of: dict[str, str] | None = None
    """The pick that brought each item, where the list was dealt from neighbours."""
    ignored: tuple[str, ...] = ()
    """Picks that the model does not know."""


@dataclass(frozen=True)
class Sources:
    """Whom to ask."""

    backend: Backend
    data: LoadedData
    catalog: Catalog
    campaign: Campaign | None
    """The chosen campaign for users; None without any."""
    similar: Campaign | None
    """A campaign for similar items."""
    counted: Callable[[], Cooccurrence]
    """The counts of the loaded data, made when they are needed."""

    @property
    def by_model(self) -> bool:
        """Whether a model answers for a history that no user has."""
        return self.campaign is not None and supposed.possible(self.backend, self.campaign)


def answer(sources: Sources, picks: Sequence[str]) -> Answer:
    """Return the list for these picks, without them. Raises ServiceError."""
    if not picks:
        return Answer(tuple(sources.catalog.most_popular(N_SHOWN)), "bestsellers")
    if sources.by_model and sources.campaign is not None:
        made = supposed.made_up(sources.backend, sources.campaign, sources.data, picks, N_SHOWN + len(picks))
        ids = _without(made.item_ids, picks)
        return Answer(ids, "model", (made.call,), made.past, ignored=made.ignored)
    if sources.similar is not None:
        try:
            return _similar(sources, sources.similar, picks)
        except ServiceError:
            pass  # counted below
    counts = sources.counted()
    ids, brought = dealt(picks, [neighbours(counts, sources.catalog.ids, pick) for pick in picks], N_SHOWN)
    return Answer(ids, "counted", pick_of=brought)


def _similar(sources: Sources, campaign: Campaign, picks: Sequence[str]) -> Answer:
    calls = [asking.similar(sources.backend, campaign, pick, N_NEIGHBOURS) for pick in picks]
    ids, brought = dealt(picks, [asking.item_ids(call) for call in calls], N_SHOWN)
    return Answer(ids, "similar", tuple(calls), pick_of=brought)


def dealt(picks: Sequence[str], lists: Sequence[Sequence[str]], n: int) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return n items dealt from the lists in turn, the newest pick's first, and the pick that brought each."""
    hands = [(pick, [i for i in ids if i not in picks]) for pick, ids in zip(picks, lists, strict=True)][::-1]
    brought: dict[str, str] = {}
    for place in range(max((len(ids) for _, ids in hands), default=0)):
        for pick, ids in hands:
            if place < len(ids) and len(brought) < n:
                brought.setdefault(ids[place], pick)
    return tuple(brought), brought


def neighbours(counted: Cooccurrence, ids: Sequence[str], item_id: str) -> tuple[str, ...]:
    """Return what users had together with an item, by cosine; ids numbers the items."""
    row = list(ids).index(item_id)
    both = counted.together(row).astype(float)
    both[row] = 0
    both[both < MIN_BOTH] = 0
    cosine = both / np.sqrt(np.maximum(counted.n_people, 1))
    order = np.argsort(-cosine, kind="stable")[: min(N_NEIGHBOURS, int(np.count_nonzero(cosine)))]
    return tuple(ids[place] for place in order.tolist())


def _without(item_ids: Sequence[str], picks: Sequence[str]) -> tuple[str, ...]:
    return tuple(item_id for item_id in item_ids if item_id not in picks)[:N_SHOWN]
