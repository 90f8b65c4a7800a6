"""Evaluation: is a recipe any good, for whom, and beside what."""

import streamlit as st

from pages.components import address, missing
from pages.components.evaluation import controls, screen, unfinished

group = address.dataset_group()
if group is None:
    missing.data("Evaluation", "measure")
    st.stop()
chosen = controls.choose(group)
if chosen is not None:
    unfinished.draw(chosen)
    screen.show(chosen)
