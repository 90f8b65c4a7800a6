"""Thin caches over the services, each keyed by the version of what was read.

Frames go through st.cache_data. Catalogue, people and tastes are indexes that nobody changes once they are built;
copying them for every run, as st.cache_data does, would cost more than building the page, so they are shared.
"""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.components import session
from services import campaigns, cooccurrence, recommendations
from services.catalog import Catalog
from services.cooccurrence import Cooccurrence
from services.datasets import DataError
from services.library import Library, Shelf
from services.people import People
from services.story import StoryStep, story
from services.tastes import Tastes


@dataclass(frozen=True)
class OpenShelf:
    """What a person loaded, ready to be asked for names, histories and tastes."""

    shelf: Shelf
    catalog: Catalog
    people: People
    tastes: Tastes


def open_shelf(group: str) -> OpenShelf | None:
    """Return the data behind a data set group, None when it was not loaded on this machine."""
    home = session.backend().home
    version = Library(home).version(group)
    return None if version is None else _open_shelf(str(home), group, version)


@st.cache_resource(max_entries=4, show_spinner=False)
def _open_shelf(home: str, group: str, version: str) -> OpenShelf | None:
    shelf = Library(Path(home)).open(group)
    if shelf is None:
        return None
    return OpenShelf(shelf, shelf.catalog(), shelf.people(), shelf.tastes())


def people_with_both(opened: OpenShelf) -> Cooccurrence:
    """Return who had both items of every pair, counted once a version of the data."""
    return _people_with_both(str(session.backend().home), opened.shelf.name, opened.shelf.version)


@st.cache_resource(max_entries=2, show_spinner=False)
def _people_with_both(home: str, group: str, version: str) -> Cooccurrence:
    opened = _open_shelf(home, group, version)
    if opened is None:
        raise DataError(f"The data of {group} is gone; it was deleted in another window. Load it again on Data.")
    shelf = opened.shelf
    return cooccurrence.count(*shelf.pairs(shelf.event_type), shelf.n_users, opened.catalog.n_items)


def share_in_taste(group: str, version: str, taste: tuple[str, ...]) -> float:
    """Return the share of everybody's items that have one of these categories."""
    return _share_in_taste(str(session.backend().home), group, version, taste)


@st.cache_data(max_entries=500, show_spinner=False)
def _share_in_taste(home: str, group: str, version: str, taste: tuple[str, ...]) -> float:
    opened = _open_shelf(home, group, version)
    return 0.0 if opened is None else recommendations.share_in_taste(opened.catalog, opened.tastes, taste)


def story_steps(group: str, count: int) -> tuple[StoryStep, ...]:
    """Return the guided story of a data set group, told once a version of its data and of its campaigns."""
    home = session.backend().home
    version = Library(home).version(group)
    if version is None:
        return ()
    serving = tuple(
        (found.arn, found.version_arn) for found in campaigns.for_recipes(session.backend(), group, TELLING)
    )
    return _story_steps(str(home), group, version, serving, count)


TELLING = (*campaigns.FOR_A_PERSON, *campaigns.FOR_AN_ITEM, *campaigns.FOR_A_SHELF)


@st.cache_data(max_entries=20, show_spinner=False)
def _story_steps(
    home: str, group: str, version: str, serving: tuple[tuple[str, str], ...], count: int
) -> tuple[StoryStep, ...]:
    opened = _open_shelf(home, group, version)
    if opened is None:
        return ()
    return story(session.backend(), group, opened.shelf, opened.catalog, opened.people, opened.tastes, count)
