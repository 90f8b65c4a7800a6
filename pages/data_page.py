"""Data: choose a source, check it in AWS's terms, look at it, import it."""

import streamlit as st

from pages.components import data_check, data_head, data_import, data_look, data_source, data_state, session
from pages.components.data_state import CHECK, IMPORT, LOOK, SOURCE, TABS
from pages.components.session import Key

head = st.container()
subject = data_state.subject()
data_state.follow(subject)
session.default_choice(Key.DATA_TAB, TABS, data_state.default_tab(subject))
tab = st.segmented_control(
    "Step", TABS, required=True, key=Key.DATA_TAB, bind="query-params", label_visibility="collapsed"
)
with head:
    data_head.draw(subject, tab)

draw = {SOURCE: data_source.draw, CHECK: data_check.draw, LOOK: data_look.draw, IMPORT: data_import.draw}
draw[tab or LOOK](subject)
