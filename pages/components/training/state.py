"""The state of the Training screen in one run: data set group, versions, cards, words."""

from dataclasses import dataclass

import streamlit as st

from pages.components import process
from services.laboratory.hit_rates import HitRates, hit_rates
from services.language.vocabulary import Words
from services.library.store import Library, LoadedData
from services.personalize import datasets, recipes, versions
from services.personalize.datasets import GroupView
from services.personalize.recipes import RecipeCard
from services.personalize.states import Status
from services.personalize.versions import VersionView
from services.screens.training.preflight import Basis, basis


@dataclass(frozen=True)
class TrainingState:
    """One data set group's training, as it is now."""

    group: GroupView | None
    data: LoadedData | None
    versions: list[VersionView]
    cards: list[RecipeCard]
    rates: HitRates | None = None
    """For how many people the lists are right; None before anything is compared."""

    @property
    def running(self) -> list[VersionView]:
        """The versions whose training has not ended, the running one first."""
        active = [version for version in self.versions if version.running]
        return sorted(active, key=lambda version: (version.status == Status.CREATE_PENDING, version.created))

    @property
    def words(self) -> Words:
        """Words for the catalogue."""
        return self.data.words if self.data is not None else Words()

    def card(self, recipe: str) -> RecipeCard | None:
        """Return the card of a recipe."""
        return next((card for card in self.cards if card.name == recipe), None)


def read(name: str | None) -> TrainingState:
    """Read everything for the data set group of this name."""
    backend = process.backend()
    group = datasets.find_group(backend, name) if name else None
    if group is None:
        return TrainingState(None, None, [], [])
    data = Library(backend.home).open(group.name)
    trained = versions.versions(backend, group.arn)
    return TrainingState(
        group=group,
        data=data,
        versions=trained,
        rates=hit_rates(backend, group.name, trained),
        cards=recipes.recipe_cards(backend, group, None if data is None else data.n_events),
    )


def event_types(state: TrainingState) -> list[str]:
    """Return the event types in the data, the most frequent first; empty where there are none or they are unknown."""
    return [] if state.data is None else _event_types(state.data.name, state.data.version)


def basis_of(data: LoadedData, event_type: str | None) -> Basis:
    """Return the counts of the data that every recipe's preflight needs."""
    return _basis(data.name, data.version, event_type, data)


@st.cache_data(show_spinner=False, max_entries=8)
def _basis(name: str, version: str, event_type: str | None, _data: LoadedData) -> Basis:
    return basis(_data, event_type)


@st.cache_data(show_spinner=False, max_entries=16)
def _event_types(name: str, version: str) -> list[str]:
    data = Library(process.backend().home).open(name)
    if data is None:
        return []
    events = data.interactions()
    return [str(kind) for kind in events["EVENT_TYPE"].value_counts().index] if "EVENT_TYPE" in events else []
