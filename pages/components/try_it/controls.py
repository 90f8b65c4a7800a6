"""The controls of Try it yourself: a search, the campaign, and starting over."""

from dataclasses import dataclass

import streamlit as st

from pages.components import loaded, missing, panels, pickers, presenting, process
from pages.components.keys import Key, Widget
from pages.components.loaded import Selection
from pages.components.markdown import escaped
from pages.components.try_it import picked
from services.personalize import campaigns
from services.personalize.campaigns import Campaign


@dataclass(frozen=True, kw_only=True)
class Chosen(Selection):
    """What the controls select."""

    campaign: Campaign | None
    """Who answers; None where no campaign answers for a user."""
    similar: Campaign | None
    picks: tuple[str, ...]
    search: str


def choose(group: str) -> Chosen | None:
    """Draw the controls and return the selection; draw an explanation and return None without loaded data."""
    opened = loaded.open_data(group)
    if opened is None:
        missing.files("Try it yourself", group)
        return None
    # a recipe that explores is not asked to explore here, so the plain ones come first
    available = campaigns.steady_first(process.backend(), group)
    similar = next(iter(campaigns.for_an_item(process.backend(), group)), None)
    headline = st.empty()
    picks = picked.picked(opened.catalog)
    words = opened.data.words
    find, which, again = panels.controls([10, 6, 3])
    typed = find.text_input(
        escaped(f"Search {opened.catalog.n_items:,} {words.nouns}"),
        key=Key.TRY_SEARCH,
        placeholder="Title, person or id",
        icon=":material/search:",
    )
    campaign = None
    if available:
        with which:
            campaign = available[0] if presenting.presenting() else pickers.campaign(available, Key.CAMPAIGN)
    again.button(
        "Start over",
        icon=":material/restart_alt:",
        key=Widget.TRY_OVER,
        disabled=not picks,
        on_click=picked.start_over,
        width="stretch",
    )
    return Chosen(
        group=group,
        opened=opened,
        headline=headline,
        campaign=campaign,
        similar=similar,
        picks=picks,
        search=str(typed or "").strip(),
    )
