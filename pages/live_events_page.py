"""Live events: one user's events sent to a copy of another, event by event."""

import streamlit as st

from pages.components import address, missing
from pages.components.live_events import controls, screen

group = address.dataset_group()
if group is None:
    missing.data("Live events", "send")
    st.stop()
missing.deploy_finished()
chosen = controls.choose(group)
if chosen is not None:
    screen.show(chosen)
missing.watch()
