"""Recommendations: one user's history and recommendations."""

import streamlit as st

from pages.components import address, missing
from pages.components.recommendations import controls, screen

group = address.dataset_group()
if group is None:
    screen.no_data()
    st.stop()
missing.deploy_finished()
chosen = controls.choose(group)
if chosen is not None:
    screen.show(chosen)
