"""Thin caches over the services, each keyed by the version of what was read.

Frames go through st.cache_data. Catalogue, people and tastes are indexes that nobody changes once they are built;
copying them for every run, as st.cache_data does, would cost more than building the page, so they are shared.
"""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.components import process
from services.errors import DataError
from services.library import cooccurrence
from services.library.catalog import Catalog
from services.library.cooccurrence import Cooccurrence
from services.library.people import People
from services.library.search import ItemSearch
from services.library.store import Library, LoadedData
from services.library.tastes import Tastes
from services.screens.similar.agreement import Categories


@dataclass(frozen=True)
class OpenData:
    """What a person loaded, ready to be asked for names, histories and tastes."""

    data: LoadedData
    catalog: Catalog
    people: People
    tastes: Tastes


def open_data(group: str) -> OpenData | None:
    """Return the data behind a data set group, None when it was not loaded on this machine."""
    home = process.backend().home
    version = Library(home).version(group)
    return None if version is None else open_version(str(home), group, version)


@st.cache_resource(max_entries=4, show_spinner=False)
def open_version(home: str, group: str, version: str) -> OpenData | None:
    """Return one version of the data; for caches that are keyed by it."""
    data = Library(Path(home)).open(group)
    if data is None:
        return None
    return OpenData(data, data.catalog(), data.people(), data.tastes())


def people_with_both(opened: OpenData) -> Cooccurrence:
    """Return who had both items of every pair, counted once a version of the data."""
    return _people_with_both(str(process.backend().home), opened.data.name, opened.data.version)


@st.cache_resource(max_entries=2, show_spinner=False)
def _people_with_both(home: str, group: str, version: str) -> Cooccurrence:
    opened = open_version(home, group, version)
    if opened is None:
        raise DataError(f"The data of {group} is gone; it was deleted in another window. Load it again on Data.")
    data = opened.data
    return cooccurrence.count(*data.pairs(data.event_type), data.n_users, opened.catalog.n_items)


def tastes(opened: OpenData, column: str) -> Tastes:
    """Return tastes by one categorical column."""
    if column in ("", opened.tastes.column):
        return opened.tastes
    return _tastes(str(process.backend().home), opened.data.name, opened.data.version, column)


@st.cache_resource(max_entries=8, show_spinner=False)
def _tastes(home: str, group: str, version: str, column: str) -> Tastes:
    opened = open_version(home, group, version)
    if opened is None:
        raise DataError(f"The data of {group} is gone; it was deleted in another window. Load it again on Data.")
    return opened.data.tastes(column)


def item_search(group: str) -> ItemSearch | None:
    """Return the search over a data set group's items, None when it was not loaded on this machine."""
    home = process.backend().home
    version = Library(home).version(group)
    return None if version is None else _item_search(str(home), group, version)


@st.cache_resource(max_entries=4, show_spinner=False)
def _item_search(home: str, group: str, version: str) -> ItemSearch | None:
    opened = open_version(home, group, version)
    if opened is None:
        return None
    return ItemSearch(opened.catalog, opened.data.items(), opened.data.roles.people)


def categories(opened: OpenData, column: str) -> Categories:
    """Return one categorical column of the catalogue; an empty name stands for none."""
    return _categories(str(process.backend().home), opened.data.name, opened.data.version, column)


@st.cache_resource(max_entries=8, show_spinner=False)
def _categories(home: str, group: str, version: str, column: str) -> Categories:
    opened = open_version(home, group, version)
    if opened is None or not column:
        return Categories([] if opened is None else opened.catalog.ids, {})
    return Categories(opened.catalog.ids, opened.data.categories(column))
