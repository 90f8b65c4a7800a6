"""The controls of the Map: one user or two, an item to find, the campaign or recommender, picture or table."""

from dataclasses import dataclass

import streamlit as st

from pages.components import address, loaded, missing, panels, pickers, process
from pages.components.keys import Key
from pages.components.loaded import Selection
from pages.components.map import picking
from services.personalize import campaigns
from services.personalize.campaigns import Campaign
from services.personalize.recipe_names import EXPLORING, HRNN, answers_of
from services.screens.map import drawing

LETTERS = "AB"
PICTURE, TABLE = "Picture", "Table"
FOR = "Its model places every item by what people choose one after the other."


@dataclass(frozen=True, kw_only=True)
class Chosen(Selection):
    """What the controls select."""

    user_ids: tuple[str, ...]
    campaign: Campaign
    item_id: str | None
    """The item that was clicked or found."""
    supposed: str | None
    """The item of the supposed event."""
    marked: tuple[str, ...]
    """What a lasso holds."""
    as_table: bool

    @property
    def names(self) -> tuple[str, ...]:
        """What sentences call the users."""
        return tuple(self.opened.people.short(user_id) for user_id in self.user_ids)


def choose(group: str) -> Chosen | None:
    """Draw the controls and return the selection; draw an explanation and return None when nothing can be drawn."""
    opened = loaded.open_data(group)
    if opened is None:
        missing.files("Map", group)
        return None
    words = opened.data.words
    available = campaigns.for_recipes(process.backend(), group, drawing.WITH_VECTORS, recommenders=True)
    if not available:
        panels.head("Map", f"Which {words.nouns} are near each other? No model with a map is deployed yet.", group)
        missing.recipe(group, opened.data, HRNN, FOR)
        return None
    if process.backend().capabilities is None:
        _not_at_aws(group, available[0])
        return None
    # one with a map comes first; an exploring one last, whose list changes from request to request
    available.sort(key=lambda c: (not drawing.is_drawn(process.backend(), c), c.recipe in EXPLORING))
    headline = st.container()
    one, other, find, more = panels.controls([6, 6, 6, 3])
    with one:
        user_id = pickers.person(opened.people)
    with other:
        second = pickers.other_person(opened.people, Key.SECOND, "And beside")
    with find:
        item_id = pickers.item(
            loaded.item_search(opened), Key.MAP_ITEM, f"Find one of {opened.catalog.n_items:,}", optional=True
        )
    with more.popover("More", width="stretch"):
        campaign = pickers.campaign(available, Key.MAP_OF)
        shown = address.segments("Show as", (PICTURE, TABLE), default=PICTURE, key=Key.MAP_VIEW)
    if user_id is None:
        with headline:
            missing.people("Map", group)
        return None
    return Chosen(
        group=group,
        opened=opened,
        headline=headline,
        user_ids=(user_id,) if second in (None, user_id) else (user_id, str(second)),
        campaign=campaign,
        item_id=item_id if item_id in opened.catalog else None,
        supposed=picking.supposed(opened.catalog),
        marked=picking.marked(opened.catalog),
        as_table=shown == TABLE,
    )


def _not_at_aws(group: str, campaign: Campaign) -> None:
    panels.head("Map", "Amazon Personalize keeps its models' vectors to itself, so there is no map.", group)
    with panels.empty(
        f"There are {answers_of(campaign.recipe)}, and no call returns what the model knows about its items.",
        detail="The embedded engine draws the map of its own models: start the explorer without AWS.",
    ):
        pass
