"""Answers of campaigns that several screens show, asked once: reasons, what is usual, and those to copies of users."""

from dataclasses import dataclass

import streamlit as st

from pages.components import address, loaded, panels, process
from pages.components.keys import Key, Widget
from pages.components.loaded import BY_VERSION, OpenData
from services.backend import HistoryEvent
from services.changes import may_change
from services.errors import ServiceError
from services.lists import reasons, sample
from services.lists.reasons import Reason
from services.lists.sample import Chance, ListSample, Pair
from services.money.sentences import before_sending
from services.personalize import asking
from services.personalize.campaigns import Campaign
from services.sandbox import tracker
from services.sandbox.in_memory import replay_of
from services.sandbox.pace import OF_ALL, Budget, Pace
from services.sandbox.replay import Replay
from services.sandbox.states import Plan

MAX_REPLAYS = 8
"""Replays that a browser session keeps, so that going to a preset and back asks only once."""


@dataclass(frozen=True)
class Usual:
    """What is usual for a campaign: a sample of its lists, what two share by chance, and pairs worth a look."""

    sample: ListSample
    chance: Chance
    pairs: tuple[Pair, ...]


def usual(opened: OpenData, campaign: Campaign, count: int) -> Usual | None:
    """Return what is usual, asked once a version of model and data; None when the campaign cannot answer."""
    try:
        return _usual(opened, campaign, count)
    except ServiceError:
        return None  # asked again with the next run; the screen shows the error on its own lists


def forget() -> None:
    """Ask everything again: a campaign lists in another way now."""
    _usual.clear()
    _list_sample.clear()


@st.cache_resource(max_entries=24, show_spinner=False, hash_funcs=BY_VERSION)
def _usual(opened: OpenData, campaign: Campaign, count: int) -> Usual:
    lists = _list_sample(opened, campaign)
    return Usual(lists, lists.chance(count), tuple(lists.pairs(count)))


@st.cache_resource(max_entries=12, show_spinner=False, hash_funcs=BY_VERSION)
def _list_sample(opened: OpenData, campaign: Campaign) -> ListSample:
    return sample.take(process.backend(), campaign, opened.data, opened.people, opened.tastes)


def reasons_of(opened: OpenData, campaign: Campaign, user_id: str, item_ids: tuple[str, ...]) -> dict[str, Reason]:
    """Return the reason of every item of a list; asked again once the user has another event. Raises ServiceError."""
    known = asking.known_events(process.backend(), campaign, user_id)
    return _reasons_until(opened, campaign, user_id, item_ids, len(known), known[-1:])


@st.cache_data(max_entries=500, show_spinner=False, hash_funcs=BY_VERSION)
def _reasons_until(
    opened: OpenData,
    campaign: Campaign,
    user_id: str,
    item_ids: tuple[str, ...],
    n_known: int,
    last_known: tuple[HistoryEvent, ...],
) -> dict[str, Reason]:
    return reasons.reasons_for(
        process.backend(),
        campaign,
        user_id,
        item_ids,
        opened.data,
        opened.catalog,
        lambda: loaded.people_with_both(opened),
        lambda: loaded.traits(opened),
    )


def replay(plan: Plan) -> Replay:
    """Return this browser's replay of a plan, begun now where it is new.

    Nothing is sent in read-only mode, nor for an address that was only opened where the backend can compute the lists.
    """
    stored: list[Replay] = st.session_state.setdefault(Key.LIVE_REPLAYS, [])
    computes = process.backend().capabilities is not None
    sends = may_change() and not (computes and address.only_opened())
    replay = next((entry for entry in stored if entry.plan == plan and entry.sends == sends), None)
    if replay is not None:
        return replay
    replay = replay_of(process.backend(), plan, _pace(), sends=sends)
    stored.append(replay)
    while len(stored) > MAX_REPLAYS:
        stored.pop(0).close()
    return replay


def agreed(detail: str) -> bool:
    """Return whether events may be sent; where they cannot be removed, a confirmation is asked for once."""
    if not may_change() or tracker.can_forget(process.backend()) or st.session_state.get(Key.LIVE_AGREED):
        return True
    with panels.empty("Send events that stay?", detail=f"{detail} {before_sending(process.backend())}".strip()):
        st.button("Send them", type="primary", key=Widget.LIVE_AGREE, on_click=_agree)
    return False


def _agree() -> None:
    st.session_state[Key.LIVE_AGREED] = True


def _pace() -> Pace:
    """Return this visitor's pace, which ends with the session."""
    pace: Pace = st.session_state.setdefault(Key.LIVE_PACE, Pace(_everybody()))
    return pace


@st.cache_resource(show_spinner=False)
def _everybody() -> Budget:
    return Budget(OF_ALL)
