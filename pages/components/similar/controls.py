"""The controls of Similar: two seed items, the popularity discount, how many, and whose campaign."""

from dataclasses import dataclass

import streamlit as st

from pages.components import address, loaded, missing, panels, parameters, pickers, process
from pages.components.filters import control
from pages.components.filters.control import Asked
from pages.components.keys import Key
from pages.components.loaded import OpenData, Selection
from pages.components.similar import cache
from pages.components.similar.cache import Together
from services.filters.request import NOTHING, Narrowing
from services.language.phrases import category_noun
from services.personalize import campaigns, recipe_names
from services.personalize.campaigns import Campaign
from services.screens.similar.formula import SimsSettings, has_formula

COUNTS = (5, 10, 20)
USUAL_COUNT = 10
RECIPE = recipe_names.FOR_AN_ITEM[0]
FOR = "It counts which items the same people had. Its training takes seconds."


@dataclass(frozen=True, kw_only=True)
class Chosen(Selection):
    """What the controls select."""

    campaign: Campaign
    settings: SimsSettings
    together: Together
    item_id: str
    other_id: str | None
    discount: float
    count: int
    column: str
    """The categorical column by which neighbours are compared, "" when the catalogue has none."""
    narrowing: Narrowing = NOTHING
    """The filter of the requests."""

    @property
    def by_formula(self) -> bool:
        """Whether the campaign's order can be computed from the loaded data, for any discount."""
        return has_formula(self.campaign)

    @property
    def noun(self) -> str:
        """The noun for one value of the column."""
        return category_noun(self.column)


def choose(group: str) -> Chosen | None:
    """Draw the controls and return the selection; draw an explanation and return None when nothing can be asked yet."""
    opened = loaded.open_data(group)
    if opened is None:
        missing.files("Similar", group)
        return None
    available = campaigns.for_an_item(process.backend(), group)
    if not available:
        words = opened.data.words
        panels.head("Similar", f"Which {words.nouns} go together? Similar items is not deployed yet.", group)
        missing.recipe(group, opened.data, RECIPE, FOR)
        return None
    search = loaded.item_search(opened)
    headline = st.container()
    # the slider's place is known before the campaign is drawn: without a formula the campaign itself stands there
    first, second, middle, right, last = panels.controls([8, 8, 6, 5, 3])
    fold, more = control.above(last)
    by_formula = has_formula(pickers.chosen_campaign(available, Key.SIMS))
    place = more.popover("More", width="stretch")
    with place if by_formula else middle:
        campaign = pickers.campaign(available, Key.SIMS)
    with place:
        column = _column(opened)
    settings = cache.settings(process.backend(), campaign)
    together = cache.together(opened, settings)
    one, two = cache.first_seeds(opened, settings)
    with first:
        item_id = pickers.item(search, Key.ITEM, _label(opened, "Similar to"), one, reset=Key.WALK)
    with second:
        other_id = pickers.item(search, Key.OTHER_ITEM, "Beside it", two, optional=True)
    discount = settings.discount
    if has_formula(campaign):
        with middle:
            discount = _discount(settings.discount)
    with right:
        count = address.segments("Count", COUNTS, default=USUAL_COUNT, key=Key.NEIGHBOURS)
    if item_id is None:
        with headline:
            panels.head("Similar", "There are no histories yet: import interactions first.", group)
        return None
    other_id = None if other_id == item_id else other_id
    narrowing = control.draw(fold, Asked(group, opened, for_items=True, recipe=campaign.recipe))
    return Chosen(
        group=group,
        opened=opened,
        headline=headline,
        campaign=campaign,
        settings=settings,
        together=together,
        item_id=item_id,
        other_id=other_id,
        discount=discount,
        count=int(count or USUAL_COUNT),
        column=column,
        narrowing=narrowing,
    )


def _discount(deployed: float) -> float:
    """Draw the slider and return its value, the deployed one unless the address or the slider gives another.

    The address is written by hand: a bound slider could not follow to the deployed value of another campaign.
    """
    given = st.query_params.get(Key.DISCOUNT) or st.session_state.get(Key.DISCOUNT)
    value = parameters.number(given, parameters.RANGES[Key.DISCOUNT])
    before = st.session_state.get(Key.DISCOUNT_DEPLOYED)
    if value is None or (before not in (None, deployed) and value == before):
        value = deployed
    st.session_state[Key.DISCOUNT_DEPLOYED] = deployed
    _keep(value, deployed)
    st.session_state[Key.DISCOUNT_PICK] = value
    st.slider(
        "Popularity discount",
        0.0,
        1.0,
        step=0.05,
        key=Key.DISCOUNT_PICK,
        on_change=lambda: _keep(st.session_state[Key.DISCOUNT_PICK], deployed),
        help="0 ranks by how many people had both, 1 ignores how popular an item is. "
        f"The campaign was trained with {deployed:g}.",
    )
    return value


def _keep(value: float, deployed: float) -> None:
    """Write the value into the address and the session; for the deployed value both are empty."""
    if value == deployed:
        st.session_state.pop(Key.DISCOUNT, None)
        st.query_params.pop(Key.DISCOUNT, None)
        return
    st.session_state[Key.DISCOUNT] = value
    if st.query_params.get(Key.DISCOUNT) != f"{value:g}":
        st.query_params[Key.DISCOUNT] = f"{value:g}"


def _label(opened: OpenData, words: str) -> str:
    return f"{words} · search {opened.catalog.n_items:,} by title, person or id"


def _column(opened: OpenData) -> str:
    roles = opened.data.roles
    columns = [*roles.categories, *roles.people]
    if len(columns) < 2:
        return columns[0] if columns else ""
    address.default_choice(Key.BY, columns, columns[0])
    return address.bound_select("Agreement by", columns, Key.BY) or columns[0]
