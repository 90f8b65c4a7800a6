"""What Ranking computes once a version of the data: the categories with enough items for a list."""

import streamlit as st

from pages.components.loaded import BY_VERSION, OpenData
from services.lists import item_lists


@st.cache_data(max_entries=20, show_spinner=False, hash_funcs=BY_VERSION)
def list_categories(opened: OpenData) -> list[str]:
    """Return the categories with enough items to rank."""
    return item_lists.categories_of(opened.catalog, opened.tastes)
