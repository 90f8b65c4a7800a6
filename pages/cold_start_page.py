"""Cold start: items are held out as if they were new; who gets them, what that saves, what exploring costs."""

import streamlit as st

from pages.components import address, missing
from pages.components.cold_start import controls, exploration, screen, truly_new, unfinished

group = address.dataset_group()
if group is None:
    missing.data("Cold start", "hold out")
    st.stop()
selection = controls.choose(group)
if selection is not None:
    unfinished.draw(selection)
    shown = selection.shown
    part, kind = controls.view(selection.opened.data.words, with_map=shown is not None and bool(shown.column))
    if part == controls.EXPLORING:
        exploration.draw(selection)
    elif part == controls.TRULY_NEW:
        truly_new.draw(selection.group, selection.opened, selection.head)
    elif shown is not None:
        screen.draw(shown, selection.opened, selection.head, kind)
