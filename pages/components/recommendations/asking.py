"""Asking for the list that Recommendations shows: the user's own, one without some items, or a made-up user's."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pages.components import loaded, process
from pages.components.keys import Key
from pages.components.recommendations import supposing
from pages.components.recommendations.controls import Chosen
from services.backend import HistoryEvent
from services.errors import ServiceError
from services.filters import leaving
from services.filters.effects import Effect, Narrowed, narrowed
from services.filters.sentences import PROMOTED
from services.library.columns import ITEM_ID, TIMESTAMP
from services.lists import moves, reasons, supposed
from services.lists import sentences as reason_sentences
from services.lists.reasons import Reason
from services.lists.supposed import Supposed
from services.personalize import asking
from services.personalize.calls import ApiCall
from services.personalize.campaigns import Campaign
from services.screens.recommendations import sentences, what_if


@dataclass(frozen=True)
class ShownList:
    """The list that is shown, and what it is compared with."""

    call: ApiCall
    """What is shown; no call of the API where supposed is set."""
    calls: tuple[ApiCall, ...] = ()
    """Calls of the API that were made."""
    supposed: Supposed | None = None
    before: tuple[str, ...] = ()
    """The list before the supposition, or without filter and promotion."""
    newcomer: tuple[str, ...] = ()
    """The list of a new user, for a made-up one."""
    removed: tuple[str, ...] = ()
    """Items that are left out of the history, with all their events."""
    known: tuple[HistoryEvent, ...] = ()
    """The user's events as the model knows them."""
    note: str = ""
    """Notes on a supposed list."""
    effect: Effect | None = None
    """What the filter and the promotion did; None without them, and for a supposed list."""

    @property
    def marks(self) -> dict[str, str]:
        """Movement marks by item, {} where nothing is supposed, filtered or promoted."""
        if self.supposed is None:
            promoted = () if self.effect is None else self.effect.promoted
            moved = () if self.effect is None else moves.moves(self.before, asking.item_ids(self.call))
            return {move.item_id: PROMOTED if move.item_id in promoted else move.mark for move in moved}
        had = [event.item_id for event in self.supposed.past.events]
        return {move.item_id: move.mark for move in moves.moves(self.before, self.supposed.item_ids, had)}


def ask(chosen: Chosen) -> ShownList:
    """Ask for what the controls select. Raises ServiceError."""
    if chosen.picks:
        return _made_up(chosen)
    answer = _own(chosen, chosen.campaign)
    call = answer.call
    known = asking.known_events(process.backend(), chosen.campaign, chosen.user_id)
    removed = what_if.from_address(supposing.values(Key.WITHOUT, chosen.owner), known)
    if removed:
        return _without(chosen, call, known, removed)
    return ShownList(call, (call,), before=answer.plain, known=known, effect=answer.effect)


def other_list(chosen: Chosen, campaign: Campaign) -> tuple[list[str], ApiCall | None]:
    """Return another campaign's list of the same user, and the call where one was made. Raises ServiceError."""
    if chosen.picks and supposed.possible(process.backend(), campaign):
        made = supposed.made_up(process.backend(), campaign, chosen.opened.data, chosen.picks, chosen.count)
        return _filtered(chosen, made).item_ids, None
    call = _own(chosen, campaign).call
    return asking.item_ids(call), call


def history(chosen: Chosen, shown: ShownList) -> pd.DataFrame:
    """Return the user's events, newest first: those of the loaded data, or the picks of a made-up user."""
    if shown.supposed is None or not chosen.picks:
        return chosen.opened.data.history(chosen.user_id)
    events = shown.supposed.past.events[::-1]
    return pd.DataFrame(
        {
            ITEM_ID: pd.Series([event.item_id for event in events], dtype="str"),
            TIMESTAMP: pd.Series([event.timestamp for event in events], dtype="int64"),
        }
    )


def headline(chosen: Chosen, shown: ShownList) -> str | None:
    """Return the sentence over a supposed list; None where nothing is supposed."""
    supposed, opened = shown.supposed, chosen.opened
    if supposed is None:
        return None
    if chosen.picks:
        return sentences.headline_made_up(chosen.picks, shown.newcomer, supposed.item_ids, opened.data.words)
    return sentences.headline_without(shown.removed, shown.before, supposed, opened.catalog, opened.data.words)


def reasons_of(chosen: Chosen, shown: ShownList) -> tuple[dict[str, Reason], str]:
    """Return the reason of every item of the list, and a note; no reasons when asking fails."""
    backend, opened = process.backend(), chosen.opened
    try:
        by_item = reasons.reasons_for(
            backend,
            chosen.campaign,
            None if chosen.picks else chosen.user_id,
            asking.item_ids(shown.call),
            opened.data,
            opened.catalog,
            lambda: loaded.people_with_both(opened),
            lambda: loaded.traits(opened),
            past=None if shown.supposed is None else shown.supposed.past,
            context=chosen.context,
        )
    except ServiceError as error:
        return {}, f"No reasons: {error}"
    return by_item, reason_sentences.source_note(backend, chosen.campaign, opened.data.words)


def _own(chosen: Chosen, campaign: Campaign) -> Narrowed:
    def ask(more: Mapping[str, object]) -> ApiCall:
        return asking.recommend(process.backend(), campaign, chosen.user_id, chosen.count, chosen.context, more)

    return narrowed(ask, chosen.narrowing.for_recipe(campaign.recipe), chosen.count)


def _without(chosen: Chosen, call: ApiCall, known: tuple[HistoryEvent, ...], removed: tuple[str, ...]) -> ShownList:
    """Ask for the list without some items, and for what it is compared with; call is the user's own list."""
    backend, campaign, user_id, catalog = process.backend(), chosen.campaign, chosen.user_id, chosen.opened.catalog
    count, context = chosen.count, chosen.context
    supposed = what_if.without(backend, campaign, user_id, removed, count, context)
    back = what_if.comes_back(backend, campaign, user_id, supposed, count, context)
    supposed = _filtered(chosen, supposed)
    before = tuple(_filtered(chosen, what_if.as_it_is(backend, campaign, user_id, count, context)).item_ids)
    promotes = chosen.narrowing.promotion is not None
    notes = (
        sentences.note_out(before, supposed, catalog),
        sentences.note_back(back, catalog),
        sentences.note_exploring(campaign),
        sentences.note_unpromoted(promotes),
    )
    note = " ".join(part for part in notes if part)
    return ShownList(supposed.call, (call,), supposed, before, removed=removed, known=known, note=note)


def _made_up(chosen: Chosen) -> ShownList:
    """Ask for a made-up user; the moves are those that the last pick made."""
    backend, campaign, data = process.backend(), chosen.campaign, chosen.opened.data
    newcomer, before, after = (
        _filtered(chosen, supposed.made_up(backend, campaign, data, picks, chosen.count, chosen.context))
        for picks in ((), chosen.picks[:-1], chosen.picks)
    )
    promotes = chosen.narrowing.promotion is not None
    return ShownList(
        call=after.call,
        supposed=after,
        before=tuple(before.item_ids),
        newcomer=tuple(newcomer.item_ids),
        known=after.past.events,
        note=" ".join(
            (
                sentences.note_made_up(chosen.picks, after, chosen.opened.catalog),
                sentences.note_unpromoted(promotes),
            )
        ).strip(),
    )


def _filtered(chosen: Chosen, made: Supposed) -> Supposed:
    """Return a supposed list as the chosen filter leaves it for a user with just the supposed events."""
    by = chosen.narrowing.filter
    if by is None:
        return made
    happened = [(event.item_id, chosen.opened.data.event_type or "") for event in made.past.events]
    user_id = None if chosen.picks else chosen.user_id
    ids = leaving.kept(process.backend(), chosen.group, by, made.deep, happened, user_id)
    return made.only(ids, chosen.count)
