"""The controls of Recommendations: user, campaign, length; under More other campaigns, a made-up user, context."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from pages.components import address, loaded, missing, panels, pickers, process
from pages.components.filters import control
from pages.components.filters.control import Asked
from pages.components.keys import Key
from pages.components.loaded import OpenData, Selection
from pages.components.pickers import Instead
from pages.components.recommendations import more_controls, supposing
from services.filters.request import NOTHING, Narrowing
from services.personalize import campaigns
from services.personalize.campaigns import Campaign
from services.screens.recommendations import sentences

COUNTS = (10, 25)


@dataclass(frozen=True, kw_only=True)
class Chosen(Selection):
    """What the controls select."""

    user_id: str
    campaign: Campaign
    all_campaigns: tuple[Campaign, ...]
    count: int
    others: tuple[str, ...]
    """Names of the campaigns whose lists are shown beside it."""
    picks: tuple[str, ...] = ()
    """Items of a made-up user, who is then meant instead of user_id."""
    context: Mapping[str, str] | None = None
    narrowing: Narrowing = NOTHING
    """The filter and the promotion of the requests."""

    @property
    def owner(self) -> str:
        """The user whom the address's suppositions are about."""
        return owner_of(self.group, self.user_id)

    @property
    def who(self) -> str:
        """What sentences call the user."""
        return "Somebody made up" if self.picks else self.opened.people.short(self.user_id)


def _instead(group: str, opened: OpenData, available: Sequence[Campaign]) -> Instead | None:
    """Return the made-up user of the address, None where the chosen one is shown."""
    user_id = pickers.chosen_person(opened.people)
    owner = owner_of(group, user_id or "")
    picks = more_controls.chosen_picks(pickers.chosen_campaign(available, Key.CAMPAIGN), owner)
    if not picks:
        return None
    return Instead(sentences.made_up_label(picks, opened.catalog), partial(supposing.forget, Key.MADE, owner))


def owner_of(group: str, user_id: str) -> str:
    """Return the user whom a supposition is about, with the data set group."""
    return f"{group} {user_id}"


def choose(group: str) -> Chosen | None:
    """Draw the controls and return the selection; draw an explanation and return None when nothing can be asked yet."""
    opened = loaded.open_data(group)
    if opened is None:
        missing.files("Recommendations", group)
        return None
    available = campaigns.for_people(process.backend(), group)
    if not available:
        missing.for_a_person("Recommendations", "Who is recommended what?", group, opened.data)
        return None
    headline = st.container()
    who, which, how_many, last = panels.controls([10, 6, 3, 2])
    fold, more = control.above(last)
    with who:
        user_id = pickers.person(opened.people, _instead(group, opened, available))
    with which:
        campaign = pickers.campaign(available, Key.CAMPAIGN)
    with how_many:
        count = address.segments("Count", COUNTS, default=max(COUNTS), key=Key.COUNT)
    with more.popover("More", width="stretch"):
        others = more_controls.others([entry for entry in available if entry != campaign])
        if user_id is None:
            return None
        owner = owner_of(group, user_id)
        picks = more_controls.made_up(opened, campaign, owner)
        context = more_controls.context(opened, campaign, owner)
        more_controls.how_it_lists(opened, campaign)
    narrowing = control.draw(fold, Asked(group, opened, user_id=user_id, recipe=campaign.recipe))
    return Chosen(
        group=group,
        opened=opened,
        headline=headline,
        user_id=user_id,
        campaign=campaign,
        all_campaigns=tuple(available),
        count=int(count or max(COUNTS)),
        others=others,
        picks=picks,
        context=context,
        narrowing=narrowing,
    )
