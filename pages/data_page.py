"""Data: choose a source, check it in AWS's terms, look at it, import it; all data sets in one list."""

import streamlit as st

from pages.components import address
from pages.components.data import check, head, importing, look, shelf, source, state
from pages.components.data.state import ALL, CHECK, IMPORT, LOOK, SOURCE, TABS
from pages.components.keys import Key

place = st.container()
subject = state.subject()
state.follow(subject)
address.default_choice(Key.DATA_TAB, TABS, state.default_tab(subject))
tab = address.segments("Step", TABS, key=Key.DATA_TAB, label_visibility="collapsed")
with place:
    head.draw(subject, tab)

draw = {SOURCE: source.draw, CHECK: check.draw, LOOK: look.draw, IMPORT: importing.draw, ALL: shelf.draw}
draw[tab or LOOK](subject)
