"""What the filter and the promotion did to a list, in a line under it."""

import streamlit as st

from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.filters import sentences
from services.filters.effects import Effect

EXPLORES = "This campaign explores new items, so two answers differ a little anyway."


def draw(effect: Effect | None, opened: OpenData, *, who: str = "", explores: bool = False) -> None:
    """Draw what was taken away and put in, by name; nothing where nothing was asked for."""
    if effect is None:
        return
    whose = f"{who}: " if who else ""
    sentence = sentences.effect(effect, opened.catalog, opened.data.words)
    note = f" {EXPLORES}" if explores else ""
    st.caption(f":material/filter_alt: {escaped(whose + sentence + note)}")
