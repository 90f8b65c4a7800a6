"""What the filter control computes once a version of the data: the columns that filters can test, and presets."""

import streamlit as st

from pages.components.loaded import BY_VERSION, OpenData
from services.filters import columns as filter_columns
from services.filters import presets as filter_presets
from services.filters.columns import Column
from services.filters.presets import Preset


@st.cache_data(max_entries=8, show_spinner=False, hash_funcs=BY_VERSION)
def columns(opened: OpenData) -> tuple[Column, ...]:
    """Return the columns that filters can test, with their values."""
    return filter_columns.columns_of(opened.data)


@st.cache_data(max_entries=8, show_spinner=False, hash_funcs=BY_VERSION)
def presets(opened: OpenData, for_items: bool) -> list[Preset]:
    """Return the presets that the data supports."""
    return filter_presets.presets(opened.data, columns(opened), for_items=for_items)
