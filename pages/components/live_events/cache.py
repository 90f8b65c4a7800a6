"""What Live events computes once: presets, and what a new visitor may click."""

import streamlit as st

from pages.components import process
from pages.components.loaded import OpenData, open_version
from services.screens.live_events.presets import Preset, presets, to_click


def live_presets(opened: OpenData) -> tuple[Preset, ...]:
    """Return the pairs with which Live events begins, found once a version of the data."""
    return _live_presets(str(process.backend().home), opened.data.name, opened.data.version)


@st.cache_data(max_entries=20, show_spinner=False)
def _live_presets(home: str, group: str, version: str) -> tuple[Preset, ...]:
    opened = open_version(home, group, version)
    if opened is None:
        return ()
    return presets(opened.data, opened.catalog, opened.people, opened.tastes)


def live_clicks(opened: OpenData) -> list[str]:
    """Return the items that a new visitor is offered, found once a version of the data."""
    return _live_clicks(str(process.backend().home), opened.data.name, opened.data.version)


@st.cache_data(max_entries=20, show_spinner=False)
def _live_clicks(home: str, group: str, version: str) -> list[str]:
    opened = open_version(home, group, version)
    return [] if opened is None else to_click(opened.catalog, opened.tastes)
