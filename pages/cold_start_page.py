"""Cold start: items are held out as if they were new; who gets them, what that saves, what exploring costs."""

import streamlit as st

from pages.components import cold_choose, cold_explore, cold_new, cold_run, cold_view, needs, session

group = session.dataset_group()
if group is None:
    needs.data("Cold start", "hold out")
    st.stop()
chosen = cold_choose.choose(group)
if chosen is not None:
    cold_run.draw(chosen)
    view, kind = cold_choose.view(chosen)
    if view == cold_choose.HELD_OUT:
        cold_view.draw(chosen, kind)
    elif view == cold_choose.EXPLORING:
        cold_explore.draw(chosen)
    else:
        cold_new.draw(chosen)
