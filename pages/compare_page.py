"""Compare: users side by side, or one user under several campaigns."""

import streamlit as st

from pages.components import address, missing
from pages.components.compare import controls, screen

group = address.dataset_group()
if group is None:
    missing.data("Compare", "compare")
    st.stop()
missing.deploy_finished()
chosen = controls.choose(group)
if chosen is not None:
    screen.show(chosen)
