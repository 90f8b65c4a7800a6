"""Cold start: items are held out as if they were new; who gets them, what that saves, what exploring costs."""

import streamlit as st

from pages.components import address, missing
from pages.components.cold_start import controls, exploration, screen, truly_new, unfinished

group = address.dataset_group()
if group is None:
    missing.data("Cold start", "hold out")
    st.stop()
chosen = controls.choose(group)
if chosen is not None:
    unfinished.draw(chosen)
    view, kind = controls.view(chosen)
    if view == controls.HELD_OUT:
        screen.draw(chosen, kind)
    elif view == controls.EXPLORING:
        exploration.draw(chosen)
    else:
        truly_new.draw(chosen)
