"""The page that a visit or a click asked for."""

import streamlit as st
from streamlit.navigation.page import Page
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.components import navigation

ATTEMPTS = 3
"""A thread that is told to stop does so before it draws anything, so once more is enough."""


def page(*, hidden: bool) -> Page:
    """Declare the menu, hidden or at the side, and return the page to draw.

    Streamlit 1.67 keeps in the session which page was asked for. A click is answered by a thread of its own, while the
    thread of the page before is told to stop; where that one has just begun to draw its page anew, as st.rerun() of a
    fragment makes it, it writes its own page there, and the click would be lost. Each thread's requests are its own.
    """
    menu = navigation.menu()
    pages = {page._script_hash: page for group in menu.values() for page in group}
    context = get_script_run_ctx()
    assert context is not None  # only Streamlit draws
    asked = context.script_requests._rerun_data.page_script_hash if context.script_requests else ""
    for _ in range(ATTEMPTS):
        opened = st.navigation(menu, position="hidden" if hidden else "sidebar", expanded=True)
        if asked not in pages or opened._script_hash == asked:
            break
        context.pages_manager.set_script_intent(asked, "")
    return opened
