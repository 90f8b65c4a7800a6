"""The controls of the Storefront: one or two users, the campaign, and the rows, which an address may carry."""

from dataclasses import dataclass

import streamlit as st

from pages.components import loaded, missing, panels, pickers, process
from pages.components.filters import control
from pages.components.filters.control import Asked
from pages.components.keys import Key
from pages.components.loaded import Selection
from pages.components.storefront import clicks, edit
from services.filters.request import Narrowing
from services.personalize import campaigns
from services.personalize.campaigns import Campaign
from services.screens.storefront import rows as storefront_rows
from services.screens.storefront.rows import Row
from services.segments import saved

LETTERS = "AB"


@dataclass(frozen=True, kw_only=True)
class Chosen(Selection):
    """What the controls select."""

    user_ids: tuple[str, ...]
    campaign: Campaign
    all_campaigns: tuple[Campaign, ...]
    """Also what stands for the lists of other recommenders, which rows can show."""
    rows: tuple[Row, ...]
    note: str
    """What of the stored rows cannot be shown, in a sentence."""
    narrowing: Narrowing

    @property
    def names(self) -> tuple[str, ...]:
        """What sentences call the users."""
        return tuple(self.opened.people.short(user_id) for user_id in self.user_ids)

    def campaign_of(self, row: Row) -> Campaign:
        """Return the campaign that a row asks: its own where that is deployed, else the chosen one."""
        return next((entry for entry in self.all_campaigns if entry.name == row.campaign), self.campaign)


def choose(group: str) -> Chosen | None:
    """Draw the controls and return the selection; draw an explanation and return None when nothing can be asked yet."""
    opened = loaded.open_data(group)
    if opened is None:
        missing.files("Storefront", group)
        return None
    available = campaigns.steady_first(process.backend(), group)
    if not available:
        missing.for_a_person("Storefront", "What does a customer see?", group, opened.data)
        return None
    if not opened.people.n_users:
        missing.people("Storefront", group)
        return None
    headline = st.container()
    stored, note = storefront_rows.read(process.backend().home, group)
    given = storefront_rows.from_address(st.query_params.get_all(Key.STORE_ROWS))
    people = opened.people
    one, other, which, more = panels.controls([6, 6, 5, 3])
    with one:
        user_id = pickers.person(people)
    with other:
        first = next((persona.user_id for persona in people.personas if persona.user_id != user_id), None)
        second = pickers.other_person(people, Key.SECOND, "Beside", first)
    with which:
        campaign = pickers.campaign(available, Key.CAMPAIGN)
    fold, last = control.above(more)
    with last:
        uploaded = loaded.uploaded(group)
        segments = saved.saved(process.backend().home, group)
        others = [one.name for one in uploaded] + [one.name for one in segments]
        sources = campaigns.called(available) | {name: name for name in others}
        edit.popover(group, given or stored, sources, changed=bool(given))
    if user_id is None:
        return None
    chosen = (user_id,) if second in (None, user_id) else (user_id, str(second))
    narrowing = control.draw(fold, Asked(group, opened, user_id=user_id, recipe=campaign.recipe))
    clicks.buttons(opened.catalog, dict(zip(chosen, map(people.short, chosen), strict=True)))
    return Chosen(
        group=group,
        opened=opened,
        headline=headline,
        user_ids=chosen,
        campaign=campaign,
        all_campaigns=(*available, *uploaded),
        rows=given or stored,
        note="" if given else note,
        narrowing=narrowing,
    )


def source(chosen: Chosen) -> str:
    """Return the grey line under the headline."""
    return chosen.source_line(chosen.campaign, chosen.note)
