"""What Recommendations computes once a version of the data: the share of a taste."""

import streamlit as st

from pages.components.loaded import BY_VERSION, OpenData
from services.screens.recommendations import view


@st.cache_data(max_entries=500, show_spinner=False, hash_funcs=BY_VERSION)
def share_in_taste(opened: OpenData, taste: tuple[str, ...]) -> float:
    """Return the share of all users' items that have one of these categories."""
    return view.share_in_taste(opened.catalog, opened.tastes, taste)
