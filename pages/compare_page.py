"""Compare: people side by side, or one person under several campaigns."""

import streamlit as st

from pages.components import compare_choose, compare_view, needs, session

group = session.dataset_group()
if group is None:
    needs.data("Compare", "compare")
    st.stop()
needs.deploy_finished()
chosen = compare_choose.choose(group)
if chosen is not None:
    compare_view.show(chosen)
