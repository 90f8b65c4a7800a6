"""Writing a filter: its text, what may follow as words to click, and where it is wrong."""

import streamlit as st

from pages.components import process
from pages.components.filters import build, cache
from pages.components.keys import Widget
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.filters import completion

EXAMPLE = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")'


def draw(group: str, opened: OpenData | None) -> None:
    """Draw the text, the words that may follow it, and the button that creates the filter and uses it."""
    columns = () if opened is None else cache.columns(opened)
    text = str(
        st.text_area("Expression", key=Widget.FILTER_TEXT, height=90, placeholder=EXAMPLE, max_chars=2_500) or ""
    )
    written = completion.written(process.backend(), group, text, columns)
    if written.next_words:
        st.pills(
            "May follow",
            written.next_words,
            key=Widget.FILTER_WORD,
            on_change=_clicked,
            format_func=escaped,
        )
    if written.problem is not None:
        if written.problem.position is not None:
            st.code(completion.pointed(text, written.problem.position), language=None)
        st.caption(escaped(written.problem.message))
    if written.whole:
        build.create(group, text, columns, Widget.FILTER_WRITTEN)


def _clicked() -> None:
    word = st.session_state.get(Widget.FILTER_WORD)
    if word:
        st.session_state[Widget.FILTER_TEXT] = completion.appended(st.session_state.get(Widget.FILTER_TEXT, ""), word)
        st.session_state[Widget.FILTER_WORD] = None
