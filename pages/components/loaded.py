"""The loaded data of a group, opened once a version, and the indexes that several screens read from it.

Frames go through st.cache_data. Catalog, people, tastes and counts are indexes that nothing changes once they are
built; copying them for every run, as st.cache_data does, would cost more than building the page, so they are shared.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components import process
from services.backend import Backend
from services.errors import DataError
from services.language.phrases import age
from services.library import cooccurrence
from services.library.catalog import Catalog
from services.library.cooccurrence import Cooccurrence
from services.library.people import People
from services.library.search import ItemSearch
from services.library.store import Library, LoadedData
from services.library.tastes import Tastes
from services.lists.traits import Traits
from services.lists.traits import traits as read_traits
from services.other_lists import kept
from services.personalize.campaigns import Campaign
from services.segments.members import Members


@dataclass(frozen=True)
class OpenData:
    """One version of a group's data, with the indexes for names, users and tastes."""

    data: LoadedData
    catalog: Catalog
    people: People
    tastes: Tastes


BY_VERSION: dict[str | type, Callable[[Any], str]] = {
    LoadedData: lambda data: data.key,
    OpenData: lambda opened: opened.data.key,
    Backend: lambda backend: str(backend.home),
}
"""How a cache tells its arguments apart: data by home, name and version, a backend by its home."""


def open_data(group: str) -> OpenData | None:
    """Return the data behind a data set group, None when it was not loaded on this machine."""
    data = Library(process.backend().home).open(group)
    return None if data is None else _open(data)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=BY_VERSION)
def _open(data: LoadedData) -> OpenData:
    return OpenData(data, data.catalog(), data.people(), data.tastes())


@st.cache_resource(max_entries=2, show_spinner=False, hash_funcs=BY_VERSION)
def people_with_both(opened: OpenData) -> Cooccurrence:
    """Return the co-occurrence counts of all items. Raises DataError when the data was deleted meanwhile."""
    data = opened.data
    return cooccurrence.count(*data.pairs(data.event_type), data.n_users, opened.catalog.n_items)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=BY_VERSION)
def traits(opened: OpenData) -> Traits:
    """Return what the items can have in common, by their own columns. Raises DataError when the data was deleted."""
    data = opened.data
    return read_traits(data.items(), data.roles, data.schemas.get("Items"))


def tastes(opened: OpenData, column: str) -> Tastes:
    """Return tastes by one categorical column."""
    return opened.tastes if column in ("", opened.tastes.column) else _tastes(opened, column)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=BY_VERSION)
def _tastes(opened: OpenData, column: str) -> Tastes:
    return opened.data.tastes(column)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=BY_VERSION)
def item_search(opened: OpenData) -> ItemSearch:
    """Return the search over the items by title, year, id and people."""
    return ItemSearch(opened.catalog, opened.data.items(), opened.data.roles.people)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=BY_VERSION)
def members(opened: OpenData) -> Members:
    """Return who belongs to a segment, by the users' columns."""
    return Members(opened.data, opened.people)


def uploaded(group: str) -> list[Campaign]:
    """Return what stands for the lists of other recommenders that are kept for a group, among its campaigns."""
    return [one.as_campaign for one in kept.kept(process.backend().home, group)]


def uploaded_list(group: str, campaign: Campaign, user_id: str) -> tuple[str, ...]:
    """Return a user's list of another recommender, () where it has none. Raises DataError when it was removed."""
    return _uploaded(str(process.backend().home), group, campaign.arn).get(user_id, ())


@st.cache_resource(max_entries=8, show_spinner="Reading the lists ...")
def _uploaded(home: str, group: str, arn: str) -> Mapping[str, tuple[str, ...]]:
    found = next((one for one in kept.kept(Path(home), group) if one.as_campaign.arn == arn), None)
    if found is None:
        raise DataError("These lists were removed. Choose others, or upload them again on Evaluation.")
    return found.lists


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The part of a screen's selection that all screens share."""

    group: str
    opened: OpenData
    headline: DeltaGenerator
    """Place above the controls, filled when the answer is there."""

    def source_line(self, campaign: Campaign, *more: str) -> str:
        """Return the grey line under a headline: group, campaign, when and on what it was trained, the data's note."""
        on = f" on {campaign.n_events:,} events" if campaign.n_events else ""
        trained = f"trained {age(campaign.trained, time.time())}{on}"
        parts = [self.group, campaign.name, trained, self.opened.data.note, *more]
        return " · ".join(part for part in parts if part)
