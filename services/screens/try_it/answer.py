"""The list for what was picked, in the best of three ways that backend and campaigns offer.

A model that can be asked about a made-up history answers for the picks as one evening. Elsewhere (AWS answers for known
users only; bestsellers are the same for everybody) what goes with each pick is dealt in turn: the neighbours of a
campaign for similar items, else the items of most users who had both, counted in the loaded data. Nothing is stored.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from services.backend import Backend
from services.errors import ServiceError
from services.library.catalog import Catalog
from services.library.cooccurrence import Cooccurrence
from services.library.store import LoadedData
from services.lists import supposed
from services.lists.reasons import Past
from services.lists.together import N_NEIGHBOURS, dealt, neighbours
from services.personalize import asking
from services.personalize.calls import ApiCall
from services.personalize.campaigns import Campaign

N_SHOWN = 24
"""Covers of the list."""


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


def _without(item_ids: Sequence[str], picks: Sequence[str]) -> tuple[str, ...]:
    return tuple(item_id for item_id in item_ids if item_id not in picks)[:N_SHOWN]
