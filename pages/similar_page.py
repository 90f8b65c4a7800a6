"""Similar: the neighbours of one or two items, with the evidence."""

import streamlit as st

from pages.components import address, missing
from pages.components.similar import controls, screen

group = address.dataset_group()
if group is None:
    missing.data("Similar", "compare")
    st.stop()
missing.deploy_finished()
chosen = controls.choose(group)
if chosen is not None:
    screen.show(chosen)
