"""The popover "More" of Recommendations: other campaigns, a made-up user, the context of the request, the settings."""

from collections.abc import Sequence
from dataclasses import astuple

import streamlit as st

from pages.components import answers, changing, panels, pickers, process
from pages.components.keys import Key, Widget
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from pages.components.recommendations import supposing
from services.library.catalog import Catalog
from services.lists import supposed
from services.personalize.campaigns import Campaign
from services.screens.recommendations import contexts, list_settings, sentences

MAX_OTHERS = 4
MAX_OPTIONS = 300
"""How many popular items the select offers; typed text is looked up among all items."""
MAX_PICKS = 20


def others(available: Sequence[Campaign]) -> tuple[str, ...]:
    """Draw the choice of other campaigns and return their names."""
    chosen = pickers.several_campaigns("Other campaigns to compare", available, Key.OTHERS, MAX_OTHERS)
    return tuple(campaign.name for campaign in chosen)


def chosen_picks(campaign: Campaign, owner: str) -> tuple[str, ...]:
    """Return what made_up() will return, before it is drawn."""
    return supposing.values(Key.MADE, owner) if supposed.possible(process.backend(), campaign) else ()


def made_up(opened: OpenData, campaign: Campaign, owner: str) -> tuple[str, ...]:
    """Draw the choice of items that make up a user and return it; () for the real user."""
    words, possible = opened.data.words, supposed.possible(process.backend(), campaign)
    picks = chosen_picks(campaign, owner)
    st.session_state[Key.MADE_PICK] = list(picks)
    st.multiselect(
        escaped(f"Instead: a made-up person who {words.past}"),
        list(dict.fromkeys([*opened.catalog.most_popular(MAX_OPTIONS), *picks])),
        key=Key.MADE_PICK,
        format_func=opened.catalog.label,
        accept_new_options=True,
        max_selections=MAX_PICKS,
        filter_mode="contains",
        select_all=False,
        placeholder=f"Choose or type {words.nouns}",
        disabled=not possible,
        help=None if possible else escaped(supposed.why_not(process.backend(), campaign)),
        on_change=_picked,
        args=(opened.catalog, owner),
    )
    return picks


def context(opened: OpenData, campaign: Campaign, owner: str) -> dict[str, str]:
    """Draw the context columns of the campaign's recipe and return their values; {} for recipes without context."""
    columns = contexts.columns(campaign, opened.data)
    chosen = contexts.from_address(supposing.values(Key.CONTEXT, owner), columns) if columns else {}
    for column in columns:
        key, options = f"{Key.CONTEXT_PICK}_{column}", opened.data.values(column)
        st.session_state[key] = chosen.get(column) or (None if options else "")
        label, given = f"Context: {column}", (columns, owner)
        if 0 < len(options) <= contexts.MAX_VALUES:
            listed = options if chosen.get(column) in (None, *options) else [*options, chosen[column]]
            st.selectbox(
                escaped(label), listed, index=None, key=key, placeholder="not given", on_change=_in_context, args=given
            )
        else:
            st.text_input(escaped(label), key=key, placeholder="not given", on_change=_in_context, args=given)
    return chosen


def how_it_lists(opened: OpenData, campaign: Campaign) -> None:
    """Draw what decides how the campaign lists, with a button that changes it; nothing where it cannot be changed."""
    backend = process.backend()
    if not list_settings.possible(backend, campaign):
        return
    st.markdown("**How the campaign lists**")
    with panels.guard("How the campaign lists"):
        before = list_settings.current(backend, campaign)
        words = sentences.how_it_lists(opened.data.words)
        keys = (Widget.LIST_TONIGHT, Widget.LIST_UNPOPULAR, Widget.LIST_KINDS)
        percents = [
            st.slider(escaped(label), 0, 100, round(100 * value), 5, key=f"{key}_{campaign.name}", help=escaped(about))
            for key, (label, about), value in zip(keys, words.values(), astuple(before), strict=True)
        ]
        wanted = list_settings.ListSettings(*(percent / 100 for percent in percents))
        st.caption(sentences.FOR_EVERYBODY)
        label = "Set it for the campaign"
        if changing.button(label, key=Widget.LIST_SET, disabled=wanted == before, width="stretch"):
            list_settings.change(backend, campaign, wanted)
            st.cache_data.clear()  # lists of the campaign on other screens
            answers.forget()
            st.rerun()


def _picked(catalog: Catalog, owner: str) -> None:
    picks = []
    for typed in st.session_state.get(Key.MADE_PICK, ()):
        hits = [typed] if typed in catalog else [str(i) for i in catalog.search(typed, limit=1)["item_id"]]
        if not hits:
            st.toast(escaped(f'Nothing is called "{typed}".'), icon=":material/search_off:")
        picks += hits
    supposing.put(Key.MADE, owner, list(dict.fromkeys(picks)))
    supposing.forget(Key.WITHOUT, owner)


def _in_context(columns: Sequence[str], owner: str) -> None:
    values = {column: st.session_state.get(f"{Key.CONTEXT_PICK}_{column}") or "" for column in columns}
    supposing.put(Key.CONTEXT, owner, contexts.to_address(values))
