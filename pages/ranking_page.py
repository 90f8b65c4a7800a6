"""Ranking: a list of items before and after, for one user or two."""

import streamlit as st

from pages.components import address, missing
from pages.components.ranking import controls, screen

group = address.dataset_group()
if group is None:
    missing.data("Ranking", "rank")
    st.stop()
missing.deploy_finished()
chosen = controls.choose(group)
if chosen is not None:
    screen.show(chosen)
