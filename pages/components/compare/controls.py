"""The controls of Compare: two to four users under one campaign, or one user under up to four."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components import address, answers, loaded, missing, panels, pickers, process
from pages.components.filters import control
from pages.components.filters.control import Asked
from pages.components.keys import Key
from pages.components.loaded import OpenData, Selection
from services.filters.request import NOTHING, PROMOTING, Narrowing
from services.library.people import People
from services.personalize import campaigns
from services.personalize.campaigns import Campaign
from services.screens.compare.sides import LETTERS

PEOPLE, CAMPAIGNS = "People", "Campaigns"
COUNTS = (10, 25)
SLOTS = (Key.USER, Key.SECOND, Key.THIRD, Key.FOURTH)
"""The address's parameters of users A to D; the first two are those of Recommendations and Ranking."""


@dataclass(frozen=True, kw_only=True)
class Chosen(Selection):
    """What the controls select."""

    by_campaign: bool
    user_ids: tuple[str, ...]
    campaigns: tuple[Campaign, ...]
    """One, or those to compare."""
    all_campaigns: tuple[Campaign, ...]
    count: int
    narrowing: Narrowing = NOTHING
    """The filter and the promotion of the requests."""

    @property
    def wanted(self) -> list[tuple[str, Campaign]]:
        """User and campaign of each column."""
        if self.by_campaign:
            return [(self.user_ids[0], campaign) for campaign in self.campaigns]
        return [(user_id, self.campaigns[0]) for user_id in self.user_ids]


def choose(group: str) -> Chosen | None:
    """Draw the controls and return the selection; draw an explanation and return None when nothing can be asked yet."""
    opened = loaded.open_data(group)
    if opened is None:
        missing.files("Compare", group)
        return None
    available = campaigns.steady_first(process.backend(), group)
    if not available:
        missing.for_a_person("Compare", "Who gets what?", group, opened.data)
        return None
    if not opened.people.n_users:
        missing.people("Compare", group)
        return None
    headline = st.empty()
    across = st.session_state.get(Key.ACROSS) or st.query_params.get(Key.ACROSS) or PEOPLE
    if across == CAMPAIGNS:
        return _one_person(group, opened, [*available, *loaded.uploaded(group)], headline)
    return _people(group, opened, available, headline)


def show(*user_ids: str) -> None:
    """Compare these users from the next run on."""
    for key, user_id in zip(SLOTS, [*user_ids, None, None, None, None], strict=False):
        if user_id is None:
            _drop(key)
        else:
            pickers.choose(key, user_id)


def _people(
    group: str,
    opened: OpenData,
    available: list[Campaign],
    headline: DeltaGenerator,
) -> Chosen:
    people = opened.people
    campaign = pickers.chosen_campaign(available, Key.CAMPAIGN)
    chosen = _slots(opened, campaign)
    n_pickers = max(2, len(chosen))
    more = [0.8] if n_pickers < len(LETTERS) and len(chosen) > 1 else []
    widths = [*[{2: 5.0, 3: 4.2, 4: 3.6}[n_pickers]] * n_pickers, *more, 3.3, 4.5]
    columns = panels.controls(widths)
    picked: list[str] = []
    for key, letter, column in zip(SLOTS, LETTERS, columns[:n_pickers], strict=False):
        with column:
            label = f"{letter} · search {people.n_users:,}" if letter == "A" else letter
            user_id = pickers.other_person(people, key, label)
        if user_id is not None and user_id not in picked:
            picked.append(user_id)
    if more:
        panels.icon_button(
            "Add a person",
            ":material/person_add:",
            place=columns[n_pickers],
            key=Key.ADD_PERSON,
            width="stretch",
            on_click=_add,
            args=(opened, campaign, tuple(picked)),
        )
    with columns[-2]:
        campaign = pickers.campaign(available, Key.CAMPAIGN)
    fold, last = control.above(columns[-1])
    with last:
        _across()
    narrowing = control.draw(fold, Asked(group, opened, user_id=next(iter(picked), None), recipe=campaign.recipe))
    return Chosen(
        group=group,
        opened=opened,
        headline=headline,
        by_campaign=False,
        user_ids=tuple(picked),
        campaigns=(campaign,),
        all_campaigns=tuple(available),
        count=count_of(),
        narrowing=narrowing,
    )


def _one_person(group: str, opened: OpenData, available: list[Campaign], headline: DeltaGenerator) -> Chosen | None:
    who, which, mode = panels.controls([5, 9, 4])
    with who:
        user_id = pickers.person(opened.people)
    with which:
        first = [campaign.name for campaign in available[: len(LETTERS)]]
        label = f"Campaigns, up to {len(LETTERS)}"
        chosen = tuple(pickers.several_campaigns(label, available, Key.SIDE_BY_SIDE, len(LETTERS), first))
    fold, last = control.above(mode)
    with last:
        _across()
    if user_id is None:
        return None
    able = next((campaign.recipe for campaign in chosen if campaign.recipe in PROMOTING), available[0].recipe)
    narrowing = control.draw(fold, Asked(group, opened, user_id=user_id, recipe=able))
    return Chosen(
        group=group,
        opened=opened,
        headline=headline,
        by_campaign=True,
        user_ids=(user_id,),
        campaigns=chosen,
        all_campaigns=tuple(available),
        count=count_of(),
        narrowing=narrowing,
    )


def _across() -> None:
    address.segments(
        "Compare",
        (PEOPLE, CAMPAIGNS),
        default=PEOPLE,
        key=Key.ACROSS,
        label_visibility="collapsed",
    )


def count_of() -> int:
    """Return the chosen number of places; its control is under the figures."""
    given = st.session_state.get(Key.COUNT) or st.query_params.get(Key.COUNT)
    return next((count for count in COUNTS if str(count) == str(given)), max(COUNTS))


def _slots(opened: OpenData, campaign: Campaign) -> list[str]:
    """Return the chosen users, without gaps, and choose the first ones where the address names none."""
    given = {key: st.query_params.get(key) or st.session_state.get(key) for key in SLOTS}
    if given[Key.USER] in (None, pickers.NOTHING):
        one, other = _first_two(opened, campaign)
        given[Key.USER] = one
        given[Key.SECOND] = given[Key.SECOND] or other
    elif given[Key.SECOND] is None:
        given[Key.SECOND] = _next(opened, campaign, [str(given[Key.USER])])
    chosen = [str(value) for value in given.values() if value not in (None, pickers.NOTHING)]
    for key, user_id in zip(SLOTS, [*chosen, *[None] * len(SLOTS)], strict=False):
        if user_id is not None:
            pickers.choose(key, user_id)
        elif key == Key.SECOND:
            pickers.choose(key, None)
        else:
            _drop(key)
    return chosen


def _first_two(opened: OpenData, campaign: Campaign) -> tuple[str | None, str | None]:
    """Return the first two personas, else the pair that is furthest apart, else any two users."""
    named = [persona.user_id for persona in opened.people.personas]
    if len(named) > 1:
        return named[0], named[1]
    usual = answers.usual(opened, campaign, COUNTS[-1])
    pairs = () if usual is None else usual.pairs
    if pairs:
        return pairs[0].one, pairs[0].other
    return _anybody(opened.people, [])


def _next(opened: OpenData, campaign: Campaign, beside: Sequence[str]) -> str | None:
    """Return a user worth putting beside these."""
    named = next((p.user_id for p in opened.people.personas if p.user_id not in beside), None)
    if named is not None:
        return named
    usual = answers.usual(opened, campaign, COUNTS[-1])
    pairs = () if usual is None else usual.pairs
    others = (user_id for pair in pairs for user_id in (pair.other, pair.one) if user_id not in beside)
    return next(others, _anybody(opened.people, beside)[0])


def _anybody(people: People, beside: Sequence[str]) -> tuple[str | None, str | None]:
    others = [str(u) for u in people.search("", limit=10)["user_id"] if u not in beside]
    others = others or [u for u in people.ids(limit=10) if u not in beside]
    return (others[0] if others else None), (others[1] if len(others) > 1 else None)


def _add(opened: OpenData, campaign: Campaign, beside: tuple[str, ...]) -> None:
    user_id = _next(opened, campaign, beside)
    if user_id is not None and len(beside) < len(SLOTS):
        show(*beside, user_id)


def _drop(key: str) -> None:
    """Forget a user beyond the second, in the session and in the address."""
    st.session_state.pop(key, None)
    if key in st.query_params:
        st.query_params.pop(key)
