"""A promotion: a share of the list for the items that a filter of its own allows."""

from collections.abc import Sequence

import streamlit as st

from pages.components import parameters
from pages.components.filters import choose, state
from pages.components.filters.state import PROMOTION
from pages.components.keys import Key, Widget
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.filters.named import NamedFilter
from services.filters.request import PROMOTING
from services.language.phrases import listed
from services.personalize.recipe_names import RECIPE_WORDS


def draw(group: str, opened: OpenData | None, recipe: str, filters: Sequence[NamedFilter]) -> None:
    """Draw the promotion's filter, share and name."""
    if recipe not in PROMOTING:
        able = [RECIPE_WORDS[name] for name in PROMOTING if name in RECIPE_WORDS]
        st.caption(escaped(f"{RECIPE_WORDS.get(recipe, recipe)} promotes nothing; {listed(able)} do."))
    promoted = choose.draw(PROMOTION, group, opened, filters)
    if promoted is None:
        return
    allowed = parameters.RANGES[Key.PROMOTE_SHARE]
    share_box, name_box = st.columns(2)
    st.session_state[Widget.PROMOTE_SHARE] = state.share()
    share_box.slider(
        "Share of the list, in percent",
        int(allowed.least),
        int(allowed.most),
        key=Widget.PROMOTE_SHARE,
        on_change=_share,
    )
    st.session_state[Widget.PROMOTE_NAME] = state.promotion_name(promoted)
    name_box.text_input("Name of the promotion", key=Widget.PROMOTE_NAME, max_chars=63, on_change=_name)


def _share() -> None:
    state.keep(Key.PROMOTE_SHARE, str(st.session_state[Widget.PROMOTE_SHARE]))


def _name() -> None:
    state.keep(Key.PROMOTE_NAME, str(st.session_state[Widget.PROMOTE_NAME]).strip() or None)
