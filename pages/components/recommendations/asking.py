"""Asking for the list that Recommendations shows: the person's own, one without some events, or a made-up person's."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pages.components import loaded, process
from pages.components.keys import Key
from pages.components.loaded import OpenData
from pages.components.recommendations import supposing
from services.backend import HistoryEvent
from services.errors import ServiceError
from services.library.columns import ITEM_ID, TIMESTAMP
from services.lists import moves, reasons
from services.lists.reasons import Reason
from services.personalize import asking
from services.personalize.calls import ApiCall
from services.personalize.campaigns import Campaign
from services.screens.recommendations import what_if
from services.screens.recommendations.what_if import Supposed


@dataclass(frozen=True)
class Chosen:
    """What the controls say."""

    group: str
    opened: OpenData
    user_id: str
    campaign: Campaign
    all_campaigns: tuple[Campaign, ...]
    count: int
    others: tuple[str, ...]
    headline: object
    """Place above the controls, filled when the answer is there."""
    picks: tuple[str, ...] = ()
    """Items of a made-up person, who is then meant instead of user_id."""
    context: Mapping[str, str] | None = None

    @property
    def owner(self) -> str:
        """Whom what the address supposes is about."""
        return owner_of(self.group, self.user_id)

    @property
    def who(self) -> str:
        """How sentences call the person."""
        return "Somebody made up" if self.picks else self.opened.people.short(self.user_id)


def owner_of(group: str, user_id: str) -> str:
    """Return whom a supposition is about: this person of this data set group."""
    return f"{group} {user_id}"


@dataclass(frozen=True)
class Asked:
    """The list that is shown, and what it is compared with."""

    call: ApiCall
    """What is shown; no call of the API where supposed is set."""
    asked: tuple[ApiCall, ...] = ()
    """Calls of the API that were made."""
    supposed: Supposed | None = None
    before: tuple[str, ...] = ()
    """The list before the supposition."""
    newcomer: tuple[str, ...] = ()
    """What somebody new gets, for a made-up person."""
    removed: tuple[HistoryEvent, ...] = ()
    known: tuple[HistoryEvent, ...] = ()
    """The person's events as the model knows them."""
    note: str = ""
    """What must be said of a supposed list."""

    @property
    def marks(self) -> dict[str, str]:
        """Movement marks by item, {} where nothing is supposed."""
        if self.supposed is None:
            return {}
        had = [event.item_id for event in self.supposed.past.events]
        return {move.item_id: move.mark for move in moves.moves(self.before, self.supposed.item_ids, had)}


def ask(chosen: Chosen) -> Asked:
    """Ask for what the controls say. Raises ServiceError."""
    if chosen.picks:
        return _made_up(chosen)
    call = _own(chosen, chosen.campaign)
    known = asking.known_events(process.backend(), chosen.campaign, chosen.user_id)
    values = supposing.values(Key.WITHOUT, chosen.owner)
    removed = what_if.from_address(values, known)
    if not removed:
        return Asked(call, (call,), known=known)
    supposed = what_if.without(
        process.backend(), chosen.campaign, chosen.user_id, removed, chosen.count, chosen.context
    )
    back = what_if.comes_back(
        process.backend(), chosen.campaign, chosen.user_id, supposed, chosen.count, chosen.context
    )
    as_it_is = what_if.as_it_is(process.backend(), chosen.campaign, chosen.user_id, chosen.count, chosen.context)
    before, catalog = tuple(as_it_is.item_ids), chosen.opened.catalog
    notes = (
        what_if.note_out(before, supposed, catalog),
        what_if.note_back(back, catalog),
        what_if.note_exploring(chosen.campaign),
    )
    note = " ".join(part for part in notes if part)
    return Asked(supposed.call, (call,), supposed, before, removed=removed, known=known, note=note)


def other_list(chosen: Chosen, campaign: Campaign) -> tuple[list[str], ApiCall | None]:
    """Return another campaign's list of the same person, and the call where one was made. Raises ServiceError."""
    if chosen.picks and what_if.possible(process.backend(), campaign):
        made = what_if.made_up(process.backend(), campaign, chosen.opened.data, chosen.picks, chosen.count)
        return made.item_ids, None
    call = _own(chosen, campaign)
    return asking.item_ids(call), call


def history(chosen: Chosen, asked: Asked) -> pd.DataFrame:
    """Return the person's events, newest first: those of the loaded data, or the picks of somebody made up."""
    if asked.supposed is None or not chosen.picks:
        return chosen.opened.data.history(chosen.user_id)
    events = asked.supposed.past.events[::-1]
    return pd.DataFrame(
        {
            ITEM_ID: pd.Series([event.item_id for event in events], dtype="str"),
            TIMESTAMP: pd.Series([event.timestamp for event in events], dtype="int64"),
        }
    )


def headline(chosen: Chosen, asked: Asked) -> str | None:
    """Return the sentence over a supposed list; None where nothing is supposed."""
    supposed, opened = asked.supposed, chosen.opened
    if supposed is None:
        return None
    if chosen.picks:
        return what_if.headline_made_up(chosen.picks, asked.newcomer, supposed.item_ids, opened.data.words)
    removed = [event.item_id for event in asked.removed]
    return what_if.headline_without(removed, asked.before, supposed, opened.catalog, opened.data.words)


def reasons_of(chosen: Chosen, asked: Asked) -> tuple[dict[str, Reason], str]:
    """Return the reason of every item that is shown, and a sentence about them; none at all when they fail."""
    backend, opened = process.backend(), chosen.opened
    try:
        told = reasons.reasons_for(
            backend,
            chosen.campaign,
            None if chosen.picks else chosen.user_id,
            asking.item_ids(asked.call),
            opened.data,
            opened.catalog,
            lambda: loaded.people_with_both(opened),
            past=None if asked.supposed is None else asked.supposed.past,
            context=chosen.context,
        )
    except ServiceError as error:
        return {}, f"No reasons: {error}"
    return told, reasons.source_note(backend, chosen.campaign, opened.data.words)


def _own(chosen: Chosen, campaign: Campaign) -> ApiCall:
    return asking.recommend(process.backend(), campaign, chosen.user_id, chosen.count, chosen.context)


def _made_up(chosen: Chosen) -> Asked:
    """Ask for a made-up person; the moves are those that the last pick made."""
    backend, campaign, data = process.backend(), chosen.campaign, chosen.opened.data
    newcomer, before, after = (
        what_if.made_up(backend, campaign, data, picks, chosen.count, chosen.context)
        for picks in ((), chosen.picks[:-1], chosen.picks)
    )
    return Asked(
        call=after.call,
        supposed=after,
        before=tuple(before.item_ids),
        newcomer=tuple(newcomer.item_ids),
        known=after.past.events,
        note=what_if.note_made_up(chosen.picks, after, chosen.opened.catalog),
    )
