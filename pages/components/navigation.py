"""The pages, as data: adding a screen is one entry here.

A file's name ends in _page and its address does not: Streamlit 1.67 runs a page whose file stem equals its URL path
without app.py when that address is opened on a fresh server.
"""

from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.components import address, keys
from pages.components.markdown import escaped


@dataclass(frozen=True)
class Screen:
    """One entry of the menu."""

    key: str
    group: str
    title: str
    icon: str
    url: str
    file: str
    help: str


SCREENS = (
    Screen(
        "home",
        "Start",
        "Home",
        ":material/home:",
        "home",
        "pages/home_page.py",
        "What is loaded, trained and deployed, and the next step.",
    ),
    Screen(
        "data",
        "Start",
        "Data",
        ":material/table_chart:",
        "data",
        "pages/data_page.py",
        "Load films, MovieLens or your own files; check them, look at them, import them.",
    ),
    Screen(
        "training",
        "Start",
        "Training",
        ":material/model_training:",
        "training",
        "pages/training_page.py",
        "Train recipes, watch them learn, compare them with bestsellers, deploy them.",
    ),
    Screen(
        "storefront",
        "Explore",
        "Storefront",
        ":material/storefront:",
        "storefront",
        "pages/storefront_page.py",
        "What a customer sees: rows of covers for one person or two, and how a click changes them.",
    ),
    Screen(
        "try_it",
        "Explore",
        "Try it yourself",
        ":material/touch_app:",
        "try",
        "pages/try_it_page.py",
        "Pick three items you like and watch your own list build, with an address for your phone.",
    ),
    Screen(
        "recommendations",
        "Explore",
        "Recommendations",
        ":material/recommend:",
        "recommendations",
        "pages/recommendations_page.py",
        "One person: the history, and what is recommended.",
    ),
    Screen(
        "compare",
        "Explore",
        "Compare",
        ":material/compare_arrows:",
        "compare",
        "pages/compare_page.py",
        "People side by side, or one person under several campaigns: what they share, and where tastes differ.",
    ),
    Screen(
        "similar",
        "Explore",
        "Similar",
        ":material/hub:",
        "similar",
        "pages/similar_page.py",
        "What goes with an item, with the evidence, and a map to walk from one to the next.",
    ),
    Screen(
        "map",
        "Explore",
        "Map",
        ":material/map:",
        "map",
        "pages/map_page.py",
        "The catalogue as its model sees it: regions, one person's path and list, what one more event pulls.",
    ),
    Screen(
        "ranking",
        "Explore",
        "Ranking",
        ":material/swap_vert:",
        "ranking",
        "pages/ranking_page.py",
        "A list of items before and after: the order that one person, or another, would like best.",
    ),
    Screen(
        "live_events",
        "Laboratories",
        "Live events",
        ":material/bolt:",
        "live-events",
        "pages/live_events_page.py",
        "Send one person's events one by one and watch another person's list change.",
    ),
    Screen(
        "cold_start",
        "Laboratories",
        "Cold start",
        ":material/ac_unit:",
        "cold-start",
        "pages/cold_start_page.py",
        "Items held out as if they were new: who gets them, what that saves, what exploration costs.",
    ),
    Screen(
        "evaluation",
        "Laboratories",
        "Evaluation",
        ":material/rule:",
        "evaluation",
        "pages/evaluation_page.py",
        "How good a recipe is beside bestsellers and random lists, for whom, down to single people.",
    ),
    Screen(
        "batch",
        "Operate",
        "Batch",
        ":material/outgoing_mail:",
        "batch",
        "pages/batch_page.py",
        "Lists for many people at once, from one file into another.",
    ),
    Screen(
        "settings",
        "Operate",
        "Settings",
        ":material/settings:",
        "settings",
        "pages/settings_page.py",
        "Who answers, the embedded engine or an account of AWS; what that lacks, and what it costs.",
    ),
)


def screen(screen_key: str) -> Screen:
    """Return the screen of this key."""
    for entry in SCREENS:
        if entry.key == screen_key:
            return entry
    raise KeyError(f'no screen "{screen_key}"; there are {", ".join(entry.key for entry in SCREENS)}')


def exists(screen_key: str) -> bool:
    """Return whether there is a screen of this key."""
    return any(entry.key == screen_key for entry in SCREENS)


def menu() -> dict[str, list[st.Page]]:
    """Return the pages by group, the first one being the default."""
    made = _pages() if get_script_run_ctx(suppress_warning=True) is not None else _pages.__wrapped__()
    groups: dict[str, list[st.Page]] = {}
    for entry, page in zip(SCREENS, made, strict=True):
        groups.setdefault(entry.group, []).append(copy(page))  # st.navigation writes into it
    return groups


@cache
def _pages() -> tuple[st.Page, ...]:
    """Return a page for each screen, made once: Streamlit looks for its file. Outside of a visit it is half made."""
    return tuple(
        st.Page(
            entry.file,
            title=entry.title,
            icon=entry.icon,
            url_path=entry.url,
            default=entry is SCREENS[0],
            help=entry.help,
        )
        for entry in SCREENS
    )


def open_screen(screen_key: str, **query: str) -> NoReturn:
    """Open another screen with these parameters of its address."""
    address.carry(query)
    st.switch_page(
        screen(screen_key).file, query_params={}
    )  # without it Streamlit 1.67 refuses to drop bound parameters


def link(screen_key: str, label: str | None = None, icon: str | None = None, **query: str) -> None:
    """Draw a link to another screen, with parameters of its address."""
    entry = screen(screen_key)
    if query.get(keys.Key.GROUP) == address.dataset_group():
        query.pop(keys.Key.GROUP, None)  # Streamlit adds the one that is chosen
    page = _pages()[SCREENS.index(entry)]
    st.page_link(page, label=escaped(label or entry.title), icon=icon or entry.icon, query_params=query or None)
