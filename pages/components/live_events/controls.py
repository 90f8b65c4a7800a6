"""The controls of Live events: A, B, number of events, campaign, presets, and the three modes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import streamlit as st

from pages.components import address, loaded, missing, panels, pickers, process
from pages.components.keys import Key, Widget
from pages.components.live_events import cache, state
from pages.components.loaded import OpenData, Selection
from services.library.people import People
from services.personalize import campaigns, recipe_names
from services.personalize.campaigns import Campaign
from services.personalize.recipe_names import EXPLORING, HRNN
from services.screens.live_events.presets import Preset, pair_without_story

REPLAY, BY_HAND, VISITOR = "Replay", "By hand", "New visitor"
MODES = (REPLAY, BY_HAND, VISITOR)
SHORT, USUAL, ALL = "5", "20", "All"
LENGTHS = (SHORT, USUAL, ALL)


@dataclass(frozen=True, kw_only=True)
class Chosen(Selection):
    """What the controls select."""

    mode: str
    campaign: Campaign
    copied: str | None
    """A, whose copy gets the events; None for a new visitor."""
    sender: str | None
    """B, whose events are sent; None in the other modes."""
    n_events: int | None
    """How many of B's latest events, None for all."""
    presets: tuple[Preset, ...]


class Picked(NamedTuple):
    """What the controls of one mode select; fields as in Chosen."""

    campaign: Campaign
    copied: str | None
    sender: str | None = None
    n_events: int | None = None


def choose(group: str) -> Chosen | None:
    """Draw the controls and return the selection; draw an explanation and return None when nothing can be asked yet."""
    opened = loaded.open_data(group)
    if opened is None:
        missing.files("Live events", group)
        return None
    # a campaign that explores answers differently from call to call, so another one is shown first
    available = campaigns.for_recipes(process.backend(), group, recipe_names.PERSONAL, recommenders=True)
    available = sorted(available, key=lambda c: (c.recipe in EXPLORING, c.recipe != HRNN))
    if not available:
        state.nothing_listens(group, opened)
        return None
    if not opened.people.n_users:
        state.nobody(group)
        return None
    headline = st.container()  # keeps the sentence of the step before until the next one is there
    presets = cache.presets(opened)
    mode = st.session_state.get(Key.LIVE_MODE) or st.query_params.get(Key.LIVE_MODE) or REPLAY
    mode = mode if mode in MODES else REPLAY
    copied, sender = _first_pair(opened, presets)
    if mode == REPLAY:
        picked = _replay(opened.people, available, copied, sender)
    else:
        picked = _alone(opened.people, available, copied, mode)
    return Chosen(
        group=group,
        opened=opened,
        headline=headline,
        mode=mode,
        campaign=picked.campaign,
        copied=picked.copied,
        sender=picked.sender,
        n_events=picked.n_events,
        presets=presets,
    )


def use(preset: Preset) -> None:
    """Show a preset's pair from the next run on, from its start."""
    pickers.choose(Key.USER, preset.one)
    pickers.choose(Key.SECOND, preset.other)
    state.go(0)


def _replay(people: People, available: Sequence[Campaign], copied: str | None, sender: str | None) -> Picked:
    a, swap, b, number, which, modes = panels.controls([3.9, 0.9, 3.9, 3.5, 3.4, 6.5])
    with a:
        copied = pickers.other_person(people, Key.USER, f"A · search {people.n_users:,}", copied)
    with b:
        sender = pickers.other_person(people, Key.SECOND, "B, whose events are sent", sender)
    panels.icon_button(
        "Swap A and B",
        ":material/swap_horiz:",
        place=swap,
        key=Widget.LIVE_SWAP,
        width="stretch",
        on_click=_swap,
        args=(copied, sender),
        disabled=copied is None or sender is None,
    )
    with number:
        length = address.segments(
            "Latest events",
            LENGTHS,
            default=USUAL,
            key=Key.LIVE_EVENTS,
        )
    with which:
        campaign = pickers.campaign(available, Key.CAMPAIGN)
    with modes:
        _modes()
    return Picked(campaign, copied, sender, None if length == ALL else int(length or USUAL))


def _alone(people: People, available: Sequence[Campaign], copied: str | None, mode: str) -> Picked:
    who, which, modes = panels.controls([8, 4, 6])
    with who:
        if mode == BY_HAND:
            copied = pickers.other_person(people, Key.USER, f"A · search {people.n_users:,}", copied)
        else:
            st.markdown("**A new visitor** · no name, no history", width="content")
    with which:
        campaign = pickers.campaign(available, Key.CAMPAIGN)
    with modes:
        _modes()
    return Picked(campaign, copied if mode == BY_HAND else None)


def _modes() -> None:
    address.segments(
        "Mode",
        MODES,
        default=REPLAY,
        key=Key.LIVE_MODE,
        label_visibility="collapsed",
    )


def _first_pair(opened: OpenData, presets: tuple[Preset, ...]) -> tuple[str | None, str | None]:
    """Return the users to begin with where the address names none."""
    if presets:
        return presets[0].one, presets[0].other
    pair = pair_without_story(opened.people.ids(limit=2))
    return pair if pair is not None else (opened.people.median_user(), None)


def _swap(copied: str | None, sender: str | None) -> None:
    pickers.choose(Key.USER, sender)
    pickers.choose(Key.SECOND, copied)
    state.go(0)
