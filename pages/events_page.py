"""Live events: one person's events sent to a copy of another, event by event."""

import streamlit as st

from pages.components import live_choose, live_view, needs, session

group = session.dataset_group()
if group is None:
    needs.data("Live events", "send")
    st.stop()
needs.deploy_finished()
chosen = live_choose.choose(group)
if chosen is not None:
    live_view.show(chosen)
needs.watch()
