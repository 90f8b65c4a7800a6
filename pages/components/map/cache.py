"""What the Map reads once a version: the items in the plane with their names, and their regions."""

import streamlit as st

from pages.components import process
from pages.components.charts.item_map import Group
from pages.components.loaded import BY_VERSION, OpenData
from pages.components.map import picture
from services.errors import DataError
from services.personalize.campaigns import Campaign
from services.screens.map import drawing
from services.screens.map.atlas import Atlas
from services.screens.map.atlas import atlas as made

OF_VERSION = BY_VERSION | {Campaign: lambda campaign: campaign.version_arn}


def atlas(opened: OpenData, campaign: Campaign) -> Atlas | None:
    """Return the map of a campaign's version; None before it is drawn."""
    return _atlas(opened, campaign) if drawing.is_drawn(process.backend(), campaign) else None


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=OF_VERSION)
def _atlas(opened: OpenData, campaign: Campaign) -> Atlas:
    drawn = drawing.drawn(process.backend(), campaign)
    if drawn is None:  # deleted between the two reads
        raise DataError("The map was deleted while it was read. Reload the page.")
    return made(drawn, opened.catalog)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=OF_VERSION)
def groups(opened: OpenData, campaign: Campaign, _atlas: Atlas) -> list[Group]:
    """Return the items of a campaign's map as the picture draws them."""
    return picture.groups(_atlas, opened.catalog)
