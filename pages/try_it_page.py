"""Try it yourself: three picks, and a list that builds live."""

import streamlit as st

from pages.components import address, missing
from pages.components.try_it import controls, screen

group = address.dataset_group()
if group is None:
    missing.data("Try it yourself", "pick from")
    st.stop()
missing.deploy_finished()
chosen = controls.choose(group)
if chosen is not None:
    screen.show(chosen)
