"""Evaluation: is a recipe any good, for whom, and beside what."""

import streamlit as st

from pages.components import address, missing
from pages.components.evaluation import controls, screen, unfinished

group = address.dataset_group()
if group is None:
    missing.data("Evaluation", "measure")
    st.stop()
selection = controls.choose(group)
if selection is not None and unfinished.draw(selection) and selection.shown is not None:
    screen.draw(selection.shown, selection.opened, selection.head)
