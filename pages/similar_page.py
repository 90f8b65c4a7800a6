"""Similar: what goes with an item, two causes side by side, with the evidence."""

import streamlit as st

from pages.components import needs, session, similar_choose, similar_view

group = session.dataset_group()
if group is None:
    needs.data("Similar", "compare")
    st.stop()
needs.deploy_finished()
chosen = similar_choose.choose(group)
if chosen is not None:
    similar_view.show(chosen)
