"""The frame that all screens share: page settings, menu, sidebar. Each page draws what is inside it."""

import streamlit as st

from pages.components import navigation, panels, sidebar

st.set_page_config(
    page_title="Recommendation explorer",
    page_icon=":material/recommend:",
    layout="wide",
    initial_sidebar_state="auto",
)

page = st.navigation(navigation.menu(), expanded=True)
with panels.guard("The sidebar"):
    sidebar.draw()
with panels.guard(page.title):
    page.run()
