"""Recommendations: one person, what they had, and what they are recommended."""

import streamlit as st

from pages.components import needs, person_view, session

group = session.dataset_group()
if group is None:
    person_view.no_data()
    st.stop()
needs.deploy_finished()
chosen = person_view.choose(group)
if chosen is not None:
    person_view.show(chosen)
