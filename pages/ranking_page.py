"""Ranking: a list of items before and after, for one person or two."""

import streamlit as st

from pages.components import needs, ranking_choose, ranking_view, session

group = session.dataset_group()
if group is None:
    needs.data("Ranking", "rank")
    st.stop()
needs.deploy_finished()
chosen = ranking_choose.choose(group)
if chosen is not None:
    ranking_view.show(chosen)
