"""What the Storefront computes once: makers, new items, neighbours, and the reasons that its causes come from."""

from collections.abc import Mapping

import streamlit as st

from pages.components import loaded, process
from pages.components.loaded import BY_VERSION, OpenData
from services.errors import ServiceError
from services.personalize import asking
from services.personalize.campaigns import Campaign
from services.screens.storefront import shop
from services.screens.storefront.shop import Stock
from services.segments import saved
from services.segments.saved import Segment

N_NEIGHBOURS = 100
MIN_BOTH = (3, 2)
"""Users in common with a neighbour, where no campaign knows better; the second where the first leaves too few of them.
Of 60 shoppers of a shop with 2,465 products, 29 have a row of causes with the first alone, and 59 with both."""


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=BY_VERSION)
def makers(opened: OpenData) -> dict[str, list[str]]:
    """Return the items of each maker."""
    return shop.by_maker(opened.catalog)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=BY_VERSION)
def newest(opened: OpenData) -> frozenset[str]:
    """Return the items that came last."""
    return shop.newest(opened.data.items(), opened.catalog)


@st.cache_data(max_entries=5000, show_spinner=False, hash_funcs=BY_VERSION)
def similar(campaign: Campaign, item_id: str) -> tuple[str, ...]:
    """Return a campaign's neighbours of an item; kept by solution version, since aws-sims learns in training alone."""
    return tuple(asking.item_ids(asking.similar(process.backend(), campaign, item_id, N_NEIGHBOURS)))


@st.cache_data(max_entries=2000, show_spinner=False, hash_funcs=BY_VERSION)
def had_together(opened: OpenData, item_id: str) -> tuple[str, ...]:
    """Return what goes with an item by the users who had both, where no campaign tells."""
    counted, ids = loaded.people_with_both(opened), opened.catalog.ids
    found = (shop.together(counted, ids, item_id, least)[:N_NEIGHBOURS] for least in MIN_BOTH)
    return next((near for near in found if len(near) >= shop.MIN_SHOWN), ())


def neighbours(opened: OpenData, campaign: Campaign | None, item_id: str) -> tuple[str, ...]:
    """Return what goes with an item, nearest first."""
    if campaign is not None:
        try:
            return similar(campaign, item_id)
        except ServiceError:
            pass  # counted below
    return had_together(opened, item_id)


def popular(opened: OpenData, campaign: Campaign | None, user_id: str, more: Mapping[str, object]) -> tuple[str, ...]:
    """Return what everybody gets: popularity's list, from its campaign where there is one, which filters too."""
    if campaign is not None:
        try:
            call = asking.recommend(process.backend(), campaign, user_id, shop.N_POPULAR, more=more)
            return tuple(asking.item_ids(call))
        except ServiceError:
            pass  # counted below
    return tuple(opened.catalog.most_popular(shop.N_POPULAR))


def of_segment(opened: OpenData, name: str) -> tuple[str, ...]:
    """Return what most people of a saved segment had; () for one that is not saved."""
    kept = saved.saved(process.backend().home, opened.data.name)
    found = next((one for one in kept if one.name == name), None)
    return () if found is None else _most_had(opened, found)


@st.cache_data(max_entries=50, show_spinner=False, hash_funcs=BY_VERSION)
def _most_had(opened: OpenData, segment: Segment) -> tuple[str, ...]:
    members, data = loaded.members(opened), opened.data
    own = set(members.of(segment))
    rows = [row for row, user in enumerate(members.ids) if user in own]
    return tuple(shop.most_had(data.pairs(data.event_type), rows, opened.catalog.ids))


def trending(campaign: Campaign | None, user_id: str, more: Mapping[str, object]) -> tuple[str, ...]:
    """Return what is taken more and more; () without a campaign that tells."""
    if campaign is None:
        return ()
    try:
        return tuple(asking.item_ids(asking.recommend(process.backend(), campaign, user_id, shop.N_POPULAR, more=more)))
    except ServiceError:
        return ()


def stock(
    opened: OpenData,
    sims: Campaign | None,
    popularity: Campaign | None,
    trends: Campaign | None,
    user_id: str,
    more: Mapping[str, object],
) -> Stock:
    """Return what the rows choose from."""
    return Stock(
        catalog=opened.catalog,
        words=opened.data.words,
        by_maker=makers(opened),
        newest=newest(opened),
        popular=popular(opened, popularity, user_id, more),
        trending=trending(trends, user_id, more),
        neighbours=lambda item_id: neighbours(opened, sims, item_id),
        of_segment=lambda name: of_segment(opened, name),
    )
