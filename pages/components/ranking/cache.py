"""What Ranking computes once: the categories with enough items for a list."""

import streamlit as st

from pages.components import process
from pages.components.loaded import OpenData, open_version
from services.lists import item_lists


def list_categories(opened: OpenData) -> list[str]:
    """Return the categories that have items enough to rank."""
    return _list_categories(str(process.backend().home), opened.data.name, opened.data.version)


@st.cache_data(max_entries=20, show_spinner=False)
def _list_categories(home: str, group: str, version: str) -> list[str]:
    opened = open_version(home, group, version)
    return [] if opened is None else item_lists.categories_of(opened.catalog, opened.tastes)
