"""Answers of campaigns that several screens show, asked once: the reasons of a list, and what is usual."""

from dataclasses import dataclass

import streamlit as st

from pages.components import loaded, process
from pages.components.loaded import BY_VERSION, OpenData
from services.backend import HistoryEvent
from services.errors import ServiceError
from services.lists import reasons, sample
from services.lists.reasons import Reason
from services.lists.sample import Chance, ListSample, Pair
from services.personalize import asking
from services.personalize.campaigns import Campaign


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
