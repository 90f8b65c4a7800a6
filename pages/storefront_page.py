"""Storefront: what a customer sees, row by row, and how a click changes it."""

import streamlit as st

from pages.components import address, missing
from pages.components.storefront import controls, screen

group = address.dataset_group()
if group is None:
    missing.data("Storefront", "show")
    st.stop()
missing.deploy_finished()
chosen = controls.choose(group)
if chosen is not None:
    screen.show(chosen)
