"""What Live events computes once a version of the data: presets, and what a new visitor may click."""

import streamlit as st

from pages.components.loaded import BY_VERSION, OpenData
from services.screens.live_events import presets as live_presets
from services.screens.live_events.presets import Preset


@st.cache_data(max_entries=20, show_spinner=False, hash_funcs=BY_VERSION)
def presets(opened: OpenData) -> tuple[Preset, ...]:
    """Return the pairs with which Live events begins."""
    return live_presets.presets(opened.data, opened.catalog, opened.people, opened.tastes)


@st.cache_data(max_entries=20, show_spinner=False, hash_funcs=BY_VERSION)
def first_clicks(opened: OpenData) -> list[str]:
    """Return the items that a new visitor is offered."""
    return live_presets.to_click(opened.catalog, opened.tastes)
