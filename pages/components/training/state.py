"""What the Training screen knows in one run: data set group, versions, cards, words."""

from dataclasses import dataclass

import streamlit as st

from pages.components import session
from services.library.columns import Words
from services.library.store import Library, Shelf
from services.personalize import datasets, training
from services.personalize.datasets import GroupView
from services.personalize.training import RecipeCard, VersionView


@dataclass(frozen=True)
class TrainingState:
    """One data set group's training, as it is now."""

    group: GroupView | None
    shelf: Shelf | None
    versions: list[VersionView]
    cards: list[RecipeCard]

    @property
    def running(self) -> list[VersionView]:
        """The versions whose training has not ended, the one that works first."""
        active = [version for version in self.versions if version.running]
        return sorted(active, key=lambda version: (version.status == "CREATE PENDING", version.created))

    @property
    def words(self) -> Words:
        """How to speak of the catalogue."""
        return self.shelf.words if self.shelf is not None else Words()

    def card(self, recipe: str) -> RecipeCard | None:
        """Return the card of a recipe."""
        return next((card for card in self.cards if card.name == recipe), None)


def read(name: str | None) -> TrainingState:
    """Read everything for the data set group of this name."""
    backend = session.backend()
    group = datasets.find_group(backend, name) if name else None
    if group is None:
        return TrainingState(None, None, [], [])
    shelf = Library(backend.home).open(group.name)
    n_events, n_items = (shelf.n_events, shelf.n_items) if shelf is not None else (None, None)
    return TrainingState(
        group=group,
        shelf=shelf,
        versions=training.versions(backend, group.arn),
        cards=training.recipe_cards(backend, group, n_events, n_items),
    )


def event_types(state: TrainingState) -> list[str]:
    """Return the event types in the data, the most frequent first; empty where there are none or nobody knows."""
    return [] if state.shelf is None else _event_types(state.shelf.name, state.shelf.version)


@st.cache_data(show_spinner=False, max_entries=16)
def _event_types(name: str, version: str) -> list[str]:
    shelf = Library(session.backend().home).open(name)
    if shelf is None:
        return []
    events = shelf.interactions()
    return [str(kind) for kind in events["EVENT_TYPE"].value_counts().index] if "EVENT_TYPE" in events else []
