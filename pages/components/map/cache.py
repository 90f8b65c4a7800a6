"""What the Map reads once a drawing: the items in the plane with their names, and their regions.

A recommender's version changes under its name, and an incremental update changes a version's model; each new map is a
new drawing.
"""

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


def atlas(opened: OpenData, campaign: Campaign) -> Atlas | None:
    """Return the map of what a campaign serves; None before it is drawn."""
    of = drawing.drawn_by(process.backend(), campaign)
    return None if of is None else _atlas(opened, campaign, of)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=BY_VERSION)
def _atlas(opened: OpenData, _campaign: Campaign, of: str) -> Atlas:
    """of, the drawing's ARN, changes with the map."""
    drawn = drawing.drawn(process.backend(), _campaign)
    if drawn is None:  # deleted between the two reads
        raise DataError("The map was deleted while it was read. Reload the page.")
    return made(drawn, opened.catalog)


def groups(opened: OpenData, campaign: Campaign, drawn: Atlas) -> list[Group]:
    """Return the items of a campaign's map as the picture draws them."""
    return _groups(opened, drawing.drawn_by(process.backend(), campaign), drawn)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=BY_VERSION)
def _groups(opened: OpenData, of: str | None, _atlas: Atlas) -> list[Group]:
    """of, the drawing's ARN, changes with the map."""
    return picture.groups(_atlas, opened.catalog)
