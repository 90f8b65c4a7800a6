"""About an item: its cover, its facts, and its neighbours in the order of each user who looks."""

from collections.abc import Sequence

import streamlit as st

from pages.components import navigation, panels, tiles
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from pages.components.storefront import clicks, covers
from pages.components.storefront.controls import Chosen
from pages.components.storefront.covers import Half
from pages.components.storefront.window import Window
from services.screens.storefront import sentences

N_NEIGHBOURS = 15


def draw(chosen: Chosen, windows: Sequence[Window]) -> None:
    """Open the dialog about the item that was asked for, once."""
    asked = st.session_state.pop(Key.STORE_ABOUT, None)
    if asked is None or asked[1] not in chosen.opened.catalog:
        return
    letter, item_id = asked
    window = next((entry for entry in windows if entry.letter == letter), windows[0])

    @st.dialog(escaped(chosen.opened.catalog.label(item_id)), width="large")
    def dialog() -> None:
        with panels.guard("About"):
            _body(chosen, windows, window, item_id)

    dialog()


def _body(chosen: Chosen, windows: Sequence[Window], window: Window, item_id: str) -> None:
    catalog, words = chosen.opened.catalog, chosen.opened.data.words
    picture, facts = st.columns([2, 5], gap="medium")
    with picture:
        st.image(tiles.pictures(catalog.frame([item_id]), large=True)[0], width=240)
    with facts:
        about = sentences.about(catalog.n_people(item_id), catalog.categories(item_id), catalog.maker(item_id), words)
        st.markdown(escaped(about))
        for entry in windows:
            st.caption(escaped(entry.place_words(item_id, chosen.campaign)))
        with st.container(horizontal=True, gap="small"):
            if st.button(escaped(f"Click as {window.who}"), key=Widget.STORE_CLICK, type="primary"):
                clicks.add(window.user_id, item_id)
                st.rerun()
            navigation.link("similar", "Open in Similar", **{Key.ITEM: item_id})
    halves = [
        Half(
            entry.letter,
            entry.who,
            sentences.neighbours_title(catalog.title(item_id), entry.who),
            entry.neighbours(item_id, chosen.campaign)[:N_NEIGHBOURS],
            empty="Nobody has had it together with anything else yet.",
        )
        for entry in windows
    ]
    for half in halves:  # one under the other: a dialog is narrow
        covers.draw(
            "neighbours",
            [half],
            catalog,
            key=f"{Widget.STORE_NEIGHBOURS}_{half.letter}",
            act=lambda what, letter, other: _go_on(letter, other),
        )


def _go_on(letter: str, item_id: str) -> None:
    """A cover in the dialog leads to the dialog about it."""
    st.session_state[Key.STORE_ABOUT] = (letter, item_id)
