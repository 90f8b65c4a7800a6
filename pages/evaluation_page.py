"""Evaluation: is a recipe any good, for whom, and beside what."""

import streamlit as st

from pages.components import evaluation_choose, evaluation_run, evaluation_view, needs, session

group = session.dataset_group()
if group is None:
    needs.data("Evaluation", "measure")
    st.stop()
chosen = evaluation_choose.choose(group)
if chosen is not None:
    evaluation_run.draw(chosen)
    evaluation_view.show(chosen)
