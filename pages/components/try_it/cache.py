"""What Try it yourself computes once: the first grid, the list for some picks, its reasons, who is nearest."""

import streamlit as st

from pages.components import loaded, process
from pages.components.loaded import BY_VERSION, OpenData
from services.lists import reasons
from services.lists.reasons import Reason
from services.personalize.campaigns import Campaign
from services.screens.try_it import answer as answering
from services.screens.try_it import nearest as near
from services.screens.try_it.answer import Answer, Sources
from services.screens.try_it.nearest import Near
from services.screens.try_it.tempting import tempting

N_GRID = 36


@st.cache_data(max_entries=4, show_spinner=False, hash_funcs=BY_VERSION)
def grid(opened: OpenData) -> tuple[str, ...]:
    """Return the first grid."""
    known = loaded.item_search(opened).most_watched(opened.catalog.n_items)
    return tempting(opened.catalog, opened.tastes, known, N_GRID)


@st.cache_data(max_entries=1000, show_spinner=False, hash_funcs=BY_VERSION)
def answer(opened: OpenData, campaign: Campaign | None, similar: Campaign | None, picks: tuple[str, ...]) -> Answer:
    """Return the list for these picks. Raises ServiceError."""
    sources = Sources(
        process.backend(), opened.data, opened.catalog, campaign, similar, lambda: loaded.people_with_both(opened)
    )
    return answering.answer(sources, picks)


@st.cache_data(max_entries=1000, show_spinner=False, hash_funcs=BY_VERSION)
def reasons_of(opened: OpenData, campaign: Campaign, picks: tuple[str, ...], answered: Answer) -> dict[str, Reason]:
    """Return why each item is in the list of a model; picks is part of the cache's key. Raises ServiceError."""
    del picks
    return reasons.reasons_for(
        process.backend(),
        campaign,
        None,
        answered.item_ids,
        opened.data,
        opened.catalog,
        lambda: loaded.people_with_both(opened),
        lambda: loaded.traits(opened),
        past=answered.past,
    )


@st.cache_data(max_entries=1000, show_spinner=False, hash_funcs=BY_VERSION)
def nearest(opened: OpenData, picks: tuple[str, ...], item_ids: tuple[str, ...]) -> list[Near]:
    """Return the users nearest to these picks and this list."""
    numbers = {item_id: number for number, item_id in enumerate(opened.catalog.ids)}
    counted = loaded.people_with_both(opened)
    return near.nearest(counted, [numbers[i] for i in picks], [numbers[i] for i in item_ids if i in numbers])
