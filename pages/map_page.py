"""Map: the catalogue as its model sees it, and what users' histories and lists light up there."""

import streamlit as st

from pages.components import address, missing
from pages.components.map import controls, screen

group = address.dataset_group()
if group is None:
    missing.data("Map", "draw")
    st.stop()
missing.deploy_finished()
chosen = controls.choose(group)
if chosen is not None:
    screen.show(chosen)
