"""The frame that all screens share: page settings, menu, sidebar, and the guard around the page."""

import logging

import streamlit as st

from pages.components import address, changing, navigation, panels, presenting
from pages.components.frame import brand, look, opening, redirects, sidebar, sign_in
from pages.components.markdown import escaped
from pages.components.parameters import RANGES
from pages.components.story import bar, stage

SIDEBAR_WIDTH = 232
NOTES = "Notes"
WITHOUT_GROUPS = navigation.screen("settings").url
"""The page that helps where the backend does not answer."""


def draw() -> None:
    """Draw the frame and, inside it, the page of the address."""
    address.check_numbers(RANGES)
    presenting.follow_story()
    presents = presenting.presenting() or presenting.notes()
    st.set_page_config(
        page_title=brand.NAME,
        page_icon=brand.text("mark.svg"),
        layout="wide",
        initial_sidebar_state="collapsed" if presents else SIDEBAR_WIDTH,
    )
    look.draw()
    entered = False
    with panels.guard("Sign in"):
        entered = sign_in.enter()
    hidden = presents or not entered
    page = opening.page(hidden=hidden)
    if entered:
        with panels.guard("The story"):
            bar.follow()  # which may open another screen, so nothing more is drawn of this one
    brand.draw()
    if not entered:
        return
    st.set_page_config(page_title=brand.title(NOTES if presenting.notes() else page.title))
    if presenting.notes():
        stage.notes()
        return
    unanswered = None
    with panels.guard("The sidebar"):
        unanswered = sidebar.draw_guarded()
    with panels.guard("The story"):
        bar.draw()  # before the page, which may end the run; the bar has its own place at the bottom
    changing.announce()
    address.come_to(page.url_path)
    notes = st.container()
    try:
        with panels.guard(page.title, again=True):
            if unanswered is not None and page.url_path != WITHOUT_GROUPS:
                raise unanswered  # a page without its group would say that there is no data
            if page.url_path == "":
                redirects.explain()
            page.run()
    finally:
        for sentence in address.unusable():
            notes.caption(escaped(sentence))


def declare_pages() -> None:
    """Tell Streamlit, before the first visit, that the pages are declared in pages/components/navigation.py."""
    logger = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
    logger.disabled = True  # it would warn that there is no session
    try:
        st.navigation(navigation.menu())
    finally:
        logger.disabled = False
