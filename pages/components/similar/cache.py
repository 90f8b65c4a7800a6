"""What Similar computes once: counts, neighbours, agreement."""

from dataclasses import dataclass

import streamlit as st

from pages.components import process
from pages.components.loaded import OpenData, _categories, open_version
from services.errors import DataError
from services.library import cooccurrence
from services.personalize import asking
from services.personalize.campaigns import Campaign
from services.screens.similar import agreement
from services.screens.similar import formula as similar_formula
from services.screens.similar import neighbours as similar_items
from services.screens.similar.agreement import Agreement
from services.screens.similar.formula import SimsFormula, SimsSettings
from services.screens.similar.neighbours import Evidence


@dataclass(frozen=True)
class Together:
    """Who had both, of everybody and by the recipe's settings."""

    evidence: Evidence
    formula: SimsFormula


def together(opened: OpenData, settings: SimsSettings) -> Together:
    """Return who had both, counted once a version of the data and of the settings."""
    return _together(str(process.backend().home), opened.data.name, opened.data.version, settings)


@st.cache_resource(max_entries=4, show_spinner=False)
def _together(home: str, group: str, version: str, settings: SimsSettings) -> Together:
    opened = open_version(home, group, version)
    if opened is None:
        raise DataError(f"The data of {group} is gone; it was deleted in another window. Load it again on Data.")
    data = opened.data
    people, items = data.pairs(settings.event_type)
    size = (data.n_users, opened.catalog.n_items)
    formula = SimsFormula(people, items, *size, settings)
    counted = cooccurrence.count(people, items, *size)
    return Together(Evidence(opened.catalog, counted, formula.listable, settings.least_people), formula)


def first_causes(opened: OpenData, settings: SimsSettings) -> tuple[str | None, str | None]:
    """Return the two items that Similar begins with."""
    return _first_causes(str(process.backend().home), opened.data.name, opened.data.version, settings)


@st.cache_data(max_entries=20, show_spinner=False)
def _first_causes(home: str, group: str, version: str, settings: SimsSettings) -> tuple[str | None, str | None]:
    opened = open_version(home, group, version)
    if opened is None:
        return None, None
    formula = _together(home, group, version, settings).formula
    return similar_items.first_causes(opened.catalog, formula, settings.discount)


def whole_agreement(opened: OpenData, settings: SimsSettings, column: str, n: int) -> Agreement | None:
    """Return how often neighbours agree over the whole catalogue; takes half a second, once."""
    return _whole_agreement(str(process.backend().home), opened.data.name, opened.data.version, settings, column, n)


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
    return _sims_settings(str(process.backend().home), version_arn)


@st.cache_data(max_entries=50, show_spinner=False)
def _sims_settings(home: str, version_arn: str) -> SimsSettings:
    return similar_formula.settings_of(process.backend(), version_arn)


def neighbours(campaign: Campaign, item_id: str, count: int) -> tuple[str, ...]:
    """Return what a campaign gives an item; kept by solution version, since aws-sims learns in training alone."""
    return _neighbours(str(process.backend().home), campaign, item_id, count)


@st.cache_data(max_entries=5000, show_spinner=False)
def _neighbours(home: str, campaign: Campaign, item_id: str, count: int) -> tuple[str, ...]:
    return tuple(asking.item_ids(asking.similar(process.backend(), campaign, item_id, count)))
