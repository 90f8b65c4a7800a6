"""Beside the map: the cover of the item under the pointer, and what can be done with the chosen item and a lasso's."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import streamlit as st

from pages.components import address, navigation, panels, tiles
from pages.components.charts.item_map import NARROW
from pages.components.keys import Key, Widget
from pages.components.map import picking, picture
from pages.components.map.controls import Chosen
from pages.components.markdown import escaped
from services.language.phrases import counted, with_article
from services.screens.map import sentences
from services.screens.map.atlas import Atlas
from services.screens.map.viewers import Viewer

FOLDER = Path(__file__).parent
NAME = "explorer.map_cover"
HTML = '<div class="card"></div>'
IDS = "Ids"
"""The kind of list that Ranking reads from ids (pages/components/ranking/controls.py)."""


def draw(chosen: Chosen, atlas: Atlas, seen: Sequence[Viewer]) -> None:
    """Draw the cover, the actions for the chosen item, and those for a lasso."""
    if not chosen.as_table:
        _cover(chosen, atlas, seen)
    elif chosen.item_id:
        st.image(tiles.pictures(chosen.opened.catalog.frame([chosen.item_id]), large=True)[0], width=160)
    if chosen.item_id:
        _actions(chosen, seen)
    if chosen.marked:
        _marked(chosen)


def stop_supposing(chosen: Chosen) -> None:
    """Draw what is supposed, and the button that ends it; nothing where nothing is."""
    if chosen.supposed is None:
        return
    title = chosen.opened.catalog.title(chosen.supposed)
    st.caption(escaped(f"Supposed next: {title}. Rings mark what came and what left."), width="content")
    st.button(
        "Stop supposing",
        icon=":material/undo:",
        key=f"{Widget.MAP_SUPPOSE}_not",
        type="tertiary",
        on_click=picking.suppose,
        args=(None,),
    )


def _cover(chosen: Chosen, atlas: Atlas, seen: Sequence[Viewer]) -> None:
    """Draw the cover of the item under the pointer; a fragment, so that pointing runs nothing else."""

    drawn = picture.is_plain(atlas), picture.measured_width()

    @st.fragment(key=f"{Widget.MAP_COVER}_part")
    def part() -> None:
        lit = dict.fromkeys([*(i for viewer in seen for i in viewer.shown), *filter(None, [chosen.item_id])])
        hovered = st.session_state.get(Key.MAP_HOVERED)
        ids = atlas.on_map(lit)
        if hovered is not None and 0 <= int(hovered) < atlas.n_items:
            ids = list(dict.fromkeys([*ids, atlas.item_ids[int(hovered)]]))
        catalog, words = chosen.opened.catalog, chosen.opened.data.words
        images = tiles.pictures(catalog.frame(ids), large=True)
        known = {
            str(atlas.rows[item_id]): {
                "image": image,
                "title": catalog.label(item_id),
                "about": sentences.about(atlas, item_id, catalog.n_people(item_id), catalog.categories(item_id), words),
                "roles": sentences.role_of(item_id, seen, words),
            }
            for item_id, image in zip(ids, images, strict=True)
        }
        resting = str(atlas.rows[chosen.item_id]) if chosen.item_id in atlas.rows else ""
        hint = f"Point at {with_article(words.noun)} to see its cover. A click keeps it, a lasso makes a list."
        data = {"known": known, "resting": resting, "hint": hint, "picture": Widget.MAP_PICTURE}
        component = st.components.v2.component(NAME, html=HTML, css=_read("cover.css"), js=_read("cover.js"))
        component(
            key=Widget.MAP_COVER,
            data=data | {"plain": picture.is_plain(atlas), "narrow": NARROW, "width": picture.measured_width()},
            width="stretch",
            on_hovered_change=_hovered,
            on_plain_change=_without_webgl,
            on_resized_change=_resized,
        )
        if (picture.is_plain(atlas), picture.measured_width()) != drawn:
            st.rerun()  # all of it: the picture stands outside this part

    part()


def _resized() -> None:
    said = st.session_state.get(Widget.MAP_COVER)
    width = None if said is None else said.get("resized")
    if isinstance(width, int | float):
        st.session_state[Key.MAP_RESIZED] = int(width)


def _hovered() -> None:
    said = st.session_state.get(Widget.MAP_COVER)
    value = None if said is None else said.get("hovered")
    if isinstance(value, int | float):
        st.session_state[Key.MAP_HOVERED] = int(value)


def _without_webgl() -> None:
    """Draw without WebGL from now on: the browser has none."""
    st.session_state[Key.MAP_PLAIN] = True


def _actions(chosen: Chosen, seen: Sequence[Viewer]) -> None:
    item_id, words = str(chosen.item_id), chosen.opened.data.words
    who = seen[0].who if len(seen) == 1 else "both"
    if item_id != chosen.supposed:
        st.button(
            escaped(f"Suppose {who} {words.past} it"),
            icon=":material/bolt:",
            key=Widget.MAP_SUPPOSE,
            type="primary",
            width="stretch",
            on_click=picking.suppose,
            args=(item_id,),
            help="The list after one more event, computed here; nothing is stored.",
        )
    navigation.link("similar", f"Similar {words.nouns}", **{Key.ITEM: item_id})


def _marked(chosen: Chosen) -> None:
    words, n = chosen.opened.data.words, len(chosen.marked)
    detail = f"The {n} that most people {words.past}; an address carries no more." if n == picking.MAX_MARKED else ""
    title = f"{counted(n, words.noun, words.nouns)} in the lasso"
    with panels.empty(title, detail=detail, key=f"{Widget.MAP_RANK}_card"):
        if st.button("Rank these", icon=":material/swap_vert:", key=Widget.MAP_RANK, width="stretch"):
            address.act()
            ids = "\n".join(chosen.marked)
            navigation.open_screen("ranking", **{Key.LIST_FROM: IDS, Key.PASTED: ids, Key.USER: chosen.user_ids[0]})
        st.button("Unmark", key=Widget.MAP_UNMARK, type="tertiary", on_click=picking.mark, args=((),))


@cache
def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
