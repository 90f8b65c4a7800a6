"""What Similar computes once: counts by the recipe's settings, neighbours, agreement."""

from dataclasses import dataclass

import streamlit as st

from pages.components.loaded import BY_VERSION, OpenData
from services.backend import Backend
from services.library import cooccurrence
from services.personalize import asking
from services.personalize.campaigns import Campaign
from services.screens.similar import agreement
from services.screens.similar import neighbours as similar_items
from services.screens.similar.agreement import Agreement, Categories
from services.screens.similar.formula import SimsFormula, SimsSettings, settings_of
from services.screens.similar.neighbours import NeighbourEvidence


@dataclass(frozen=True)
class Together:
    """Co-occurrence of all users, and by the recipe's settings."""

    evidence: NeighbourEvidence
    formula: SimsFormula


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=BY_VERSION)
def together(opened: OpenData, settings: SimsSettings) -> Together:
    """Return the counts, once per version of the data and settings."""
    data = opened.data
    people, items = data.pairs(settings.event_type)
    size = (data.n_users, opened.catalog.n_items)
    formula = SimsFormula(people, items, *size, settings)
    counted = cooccurrence.count(people, items, *size)
    chances = min(1.0, 2 * settings.discount)
    evidence = NeighbourEvidence(opened.catalog, counted, formula.listable, settings.least_people, chances)
    return Together(evidence, formula)


@st.cache_data(max_entries=20, show_spinner=False, hash_funcs=BY_VERSION)
def first_seeds(opened: OpenData, settings: SimsSettings) -> tuple[str | None, str | None]:
    """Return the two items that Similar begins with."""
    return similar_items.first_seeds(opened.catalog, together(opened, settings).formula, settings.discount)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=BY_VERSION)
def categories(opened: OpenData, column: str) -> Categories:
    """Return one categorical column of the catalogue; an empty name stands for none."""
    return Categories(opened.catalog.ids, opened.data.categories(column) if column else {})


@st.cache_data(max_entries=50, show_spinner=False, hash_funcs=BY_VERSION)
def whole_agreement(opened: OpenData, settings: SimsSettings, column: str, n: int) -> Agreement | None:
    """Return how often neighbours agree over the whole catalogue; takes half a second, once."""
    formula = together(opened, settings).formula
    return agreement.whole_catalogue(
        categories(opened, column),
        lambda item, length: formula.nearest(item, settings.discount, length),
        formula.counted.cost(),
        formula.listable,
        n,
    )


@st.cache_data(max_entries=50, show_spinner=False, hash_funcs=BY_VERSION)
def settings(backend: Backend, campaign: Campaign) -> SimsSettings:
    """Return by which rules people and items count for a campaign; versions never change."""
    return settings_of(backend, campaign)


@st.cache_data(max_entries=5000, show_spinner=False, hash_funcs=BY_VERSION)
def neighbours(backend: Backend, campaign: Campaign, item_id: str, count: int) -> tuple[str, ...]:
    """Return a campaign's neighbours of an item; kept by solution version, since they learn in training alone."""
    return tuple(asking.item_ids(asking.similar(backend, campaign, item_id, count)))
