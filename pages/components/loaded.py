"""Thin caches over the services, each keyed by the version of what was read.

Frames go through st.cache_data. Catalogue, people and tastes are indexes that nobody changes once they are built;
copying them for every run, as st.cache_data does, would cost more than building the page, so they are shared.
"""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.components import session
from services.backend import HistoryEvent
from services.datasets import DataError
from services.errors import ServiceError
from services.laboratory.runs import LABORATORIES
from services.library import cooccurrence
from services.library.catalog import Catalog
from services.library.cooccurrence import Cooccurrence
from services.library.people import People
from services.library.search import ItemSearch
from services.library.store import Library, Shelf
from services.library.tastes import Tastes
from services.lists import item_lists, reasons
from services.lists import sample as list_sample
from services.lists.reasons import Reason
from services.lists.sample import Chance, ListSample, Pair
from services.personalize import campaigns
from services.personalize.campaigns import Campaign
from services.screens.recommendations import view, what_if
from services.screens.similar import agreement
from services.screens.similar import formula as similar_formula
from services.screens.similar import neighbours as similar_items
from services.screens.similar.agreement import Agreement, Categories
from services.screens.similar.formula import SimsFormula, SimsSettings
from services.screens.similar.neighbours import Evidence
from services.story.stage import StoryStep
from services.story.steps import story


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
    return None if version is None else open_version(str(home), group, version)


@st.cache_resource(max_entries=4, show_spinner=False)
def open_version(home: str, group: str, version: str) -> OpenShelf | None:
    """Return one version of the data; for caches that are keyed by it."""
    shelf = Library(Path(home)).open(group)
    if shelf is None:
        return None
    return OpenShelf(shelf, shelf.catalog(), shelf.people(), shelf.tastes())


def people_with_both(opened: OpenShelf) -> Cooccurrence:
    """Return who had both items of every pair, counted once a version of the data."""
    return _people_with_both(str(session.backend().home), opened.shelf.name, opened.shelf.version)


@st.cache_resource(max_entries=2, show_spinner=False)
def _people_with_both(home: str, group: str, version: str) -> Cooccurrence:
    opened = open_version(home, group, version)
    if opened is None:
        raise DataError(f"The data of {group} is gone; it was deleted in another window. Load it again on Data.")
    shelf = opened.shelf
    return cooccurrence.count(*shelf.pairs(shelf.event_type), shelf.n_users, opened.catalog.n_items)


def share_in_taste(group: str, version: str, taste: tuple[str, ...]) -> float:
    """Return the share of everybody's items that have one of these categories."""
    return _share_in_taste(str(session.backend().home), group, version, taste)


@st.cache_data(max_entries=500, show_spinner=False)
def _share_in_taste(home: str, group: str, version: str, taste: tuple[str, ...]) -> float:
    opened = open_version(home, group, version)
    return 0.0 if opened is None else view.share_in_taste(opened.catalog, opened.tastes, taste)


@dataclass(frozen=True)
class Usual:
    """What is usual for a campaign: a sample of its lists, the chance in it, and its pairs worth a look."""

    sample: ListSample
    chance: Chance
    pairs: tuple[Pair, ...]


def usual(opened: OpenShelf, campaign: Campaign, count: int) -> Usual | None:
    """Return what is usual, asked once a version of model and data; None when the campaign cannot answer."""
    try:
        return _usual(str(session.backend().home), opened.shelf.name, opened.shelf.version, campaign, count)
    except ServiceError:
        return None  # asked again with the next run; the screen says of its own lists what is wrong


@st.cache_resource(max_entries=24, show_spinner=False)
def _usual(home: str, group: str, version: str, campaign: Campaign, count: int) -> Usual:
    sample = _list_sample(home, group, version, campaign)
    return Usual(sample, sample.chance(count), tuple(sample.pairs(count)))


@st.cache_resource(max_entries=12, show_spinner=False)
def _list_sample(home: str, group: str, version: str, campaign: Campaign) -> ListSample:
    opened = open_version(home, group, version)
    if opened is None:
        raise DataError(f"The data of {group} is gone; it was deleted in another window. Load it again on Data.")
    return list_sample.take(session.backend(), campaign, opened.shelf, opened.people, opened.tastes)


def reasons_of(opened: OpenShelf, campaign: Campaign, user_id: str, item_ids: tuple[str, ...]) -> dict[str, Reason]:
    """Return the reason of every item of a list; kept until the person has another event. Raises ServiceError."""
    known = what_if.known_events(session.backend(), campaign, user_id)
    home = str(session.backend().home)
    return _reasons_of(
        home, opened.shelf.name, opened.shelf.version, campaign, user_id, item_ids, len(known), known[-1:]
    )


@st.cache_data(max_entries=500, show_spinner=False)
def _reasons_of(
    home: str,
    group: str,
    version: str,
    campaign: Campaign,
    user_id: str,
    item_ids: tuple[str, ...],
    n_known: int,
    last_known: tuple[HistoryEvent, ...],
) -> dict[str, Reason]:
    opened = open_version(home, group, version)
    if opened is None:
        return {}
    return reasons.reasons_for(
        session.backend(), campaign, user_id, item_ids, opened.shelf, opened.catalog, lambda: people_with_both(opened)
    )


def tastes(opened: OpenShelf, column: str) -> Tastes:
    """Return tastes by one categorical column."""
    if column in ("", opened.tastes.column):
        return opened.tastes
    return _tastes(str(session.backend().home), opened.shelf.name, opened.shelf.version, column)


@st.cache_resource(max_entries=8, show_spinner=False)
def _tastes(home: str, group: str, version: str, column: str) -> Tastes:
    opened = open_version(home, group, version)
    if opened is None:
        raise DataError(f"The data of {group} is gone; it was deleted in another window. Load it again on Data.")
    return opened.shelf.tastes(column)


def item_search(group: str) -> ItemSearch | None:
    """Return the search over a data set group's items, None when it was not loaded on this machine."""
    home = session.backend().home
    version = Library(home).version(group)
    return None if version is None else _item_search(str(home), group, version)


@st.cache_resource(max_entries=4, show_spinner=False)
def _item_search(home: str, group: str, version: str) -> ItemSearch | None:
    opened = open_version(home, group, version)
    if opened is None:
        return None
    return ItemSearch(opened.catalog, opened.shelf.items(), opened.shelf.roles.people)


@dataclass(frozen=True)
class Together:
    """Who had both, of everybody and by the recipe's settings."""

    evidence: Evidence
    formula: SimsFormula


def together(opened: OpenShelf, settings: SimsSettings) -> Together:
    """Return who had both, counted once a version of the data and of the settings."""
    return _together(str(session.backend().home), opened.shelf.name, opened.shelf.version, settings)


@st.cache_resource(max_entries=4, show_spinner=False)
def _together(home: str, group: str, version: str, settings: SimsSettings) -> Together:
    opened = open_version(home, group, version)
    if opened is None:
        raise DataError(f"The data of {group} is gone; it was deleted in another window. Load it again on Data.")
    shelf = opened.shelf
    people, items = shelf.pairs(settings.event_type)
    size = (shelf.n_users, opened.catalog.n_items)
    formula = SimsFormula(people, items, *size, settings)
    counted = cooccurrence.count(people, items, *size)
    return Together(Evidence(opened.catalog, counted, formula.listable, settings.least_people), formula)


def first_causes(opened: OpenShelf, settings: SimsSettings) -> tuple[str | None, str | None]:
    """Return the two items that Similar begins with."""
    return _first_causes(str(session.backend().home), opened.shelf.name, opened.shelf.version, settings)


@st.cache_data(max_entries=20, show_spinner=False)
def _first_causes(home: str, group: str, version: str, settings: SimsSettings) -> tuple[str | None, str | None]:
    opened = open_version(home, group, version)
    if opened is None:
        return None, None
    formula = _together(home, group, version, settings).formula
    return similar_items.first_causes(opened.catalog, formula, settings.discount)


def categories(opened: OpenShelf, column: str) -> Categories:
    """Return one categorical column of the catalogue; an empty name stands for none."""
    return _categories(str(session.backend().home), opened.shelf.name, opened.shelf.version, column)


@st.cache_resource(max_entries=8, show_spinner=False)
def _categories(home: str, group: str, version: str, column: str) -> Categories:
    opened = open_version(home, group, version)
    if opened is None or not column:
        return Categories([] if opened is None else opened.catalog.ids, {})
    return Categories(opened.catalog.ids, opened.shelf.categories(column))


def shelf_categories(opened: OpenShelf) -> list[str]:
    """Return the categories that have items enough to rank."""
    return _shelf_categories(str(session.backend().home), opened.shelf.name, opened.shelf.version)


@st.cache_data(max_entries=20, show_spinner=False)
def _shelf_categories(home: str, group: str, version: str) -> list[str]:
    opened = open_version(home, group, version)
    return [] if opened is None else item_lists.categories_of(opened.catalog, opened.tastes)


def whole_agreement(opened: OpenShelf, settings: SimsSettings, column: str, n: int) -> Agreement | None:
    """Return how often neighbours agree over the whole catalogue; takes half a second, once."""
    return _whole_agreement(str(session.backend().home), opened.shelf.name, opened.shelf.version, settings, column, n)


@st.cache_data(max_entries=50, show_spinner=False)
def _whole_agreement(
    home: str, group: str, version: str, settings: SimsSettings, column: str, n: int
) -> Agreement | None:
    formula = _together(home, group, version, settings).formula
    return agreement.whole_catalogue(
        _categories(home, group, version, column),
        lambda item, length: formula.nearest(item, settings.discount, length),
        formula.counted.cost(),
        formula.listable,
        n,
    )


def sims_settings(version_arn: str) -> SimsSettings:
    """Return what a version of aws-sims was trained with; versions never change."""
    return _sims_settings(str(session.backend().home), version_arn)


@st.cache_data(max_entries=50, show_spinner=False)
def _sims_settings(home: str, version_arn: str) -> SimsSettings:
    return similar_formula.settings_of(session.backend(), version_arn)


def neighbours(campaign: Campaign, item_id: str, count: int) -> tuple[str, ...]:
    """Return what a campaign gives an item; kept by solution version, since aws-sims learns in training alone."""
    return _neighbours(str(session.backend().home), campaign, item_id, count)


@st.cache_data(max_entries=5000, show_spinner=False)
def _neighbours(home: str, campaign: Campaign, item_id: str, count: int) -> tuple[str, ...]:
    return tuple(similar_items.item_ids(similar_items.similar(session.backend(), campaign, item_id, count)))


def story_steps(group: str, count: int) -> tuple[StoryStep, ...]:
    """Return the guided story of a data set group, told once a version of its data and of its campaigns."""
    home = session.backend().home
    version = Library(home).version(group)
    if version is None:
        return ()
    serving = tuple(
        (found.arn, found.version_arn) for found in campaigns.for_recipes(session.backend(), group, TELLING)
    )
    measured = tuple(
        (run.id, str(run.ended)) for laboratory in LABORATORIES for run in session.lab_runs().all(laboratory)
    )
    return _story_steps(str(home), group, version, (*serving, *measured), count)


TELLING = (*campaigns.FOR_A_PERSON, *campaigns.FOR_AN_ITEM, *campaigns.FOR_A_SHELF)


@st.cache_data(max_entries=20, show_spinner=False)
def _story_steps(
    home: str, group: str, version: str, serving: tuple[tuple[str, str], ...], count: int
) -> tuple[StoryStep, ...]:
    opened = open_version(home, group, version)
    if opened is None:
        return ()
    return story(session.backend(), group, opened.shelf, opened.catalog, opened.people, opened.tastes, count)
