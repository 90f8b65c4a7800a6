"""The walk: a map of the seed item and its neighbours; what is chosen becomes the seed item, and the way is kept."""

import pandas as pd
import streamlit as st

from pages.components import panels, process
from pages.components.charts.neighbour_map import PICK, neighbour_map
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from pages.components.similar import cache
from pages.components.similar.controls import Chosen
from services.errors import ServiceError
from services.language.phrases import cut
from services.screens.similar import sentences
from services.screens.similar.neighbours import NeighbourEvidence, SeedItem

MAX_NEIGHBOURS = 10
"""Neighbours on the map."""
NAME = 24
MAX_WALK = 12


def draw(chosen: Chosen, seed: SeedItem, evidence: NeighbourEvidence) -> None:
    """Draw the way so far and the map."""
    st.markdown(f"**Walk on from {escaped(cut(seed.label, 44))}**")
    around = [str(item_id) for item_id in seed.frame["item_id"].head(MAX_NEIGHBOURS)]
    if not around:
        st.caption("Nothing is similar to it.")
        return
    _way(chosen)
    nodes = pd.DataFrame(
        {
            "item_id": [seed.item_id, *around],
            "name": [chosen.opened.catalog.title(item_id) for item_id in (seed.item_id, *around)],
            "words": [seed.label, *seed.frame["label"].head(MAX_NEIGHBOURS)],
            "agrees": [True, *seed.frame["agrees"].head(MAX_NEIGHBOURS)],
        }
    )
    links = _links(chosen, seed, around, evidence)
    key = f"{Key.WALK_MAP}_{seed.item_id}"
    between = int((links["one"] != seed.item_id).sum())
    panels.show(
        neighbour_map(nodes, links),
        sentences.map_alt(seed, len(around), between),
        key=key,
        on_select=lambda: _clicked(key, seed.item_id),
    )
    st.caption(escaped(sentences.map_caption(between, chosen.noun if chosen.column else "")))


def walk_to(item_id: str, from_id: str) -> None:
    """Make a neighbour the seed item and remember where it was found."""
    way = st.query_params.get_all(Key.WALK)
    if item_id in way:
        return go_back(way.index(item_id))
    _step(item_id, [*way, from_id][-MAX_WALK:])
    return None


def go_back(place: int) -> None:
    """Make an earlier seed item the seed item again."""
    way = st.query_params.get_all(Key.WALK)
    if place < len(way):
        _step(way[place], way[:place])


def _step(item_id: str, way: list[str]) -> None:
    """Write both parameters at once: frame/history.js takes that for a step, and Back leads to the one before."""
    st.session_state[Key.ITEM] = item_id
    st.query_params.update({Key.WALK: way, Key.ITEM: item_id})


def _way(chosen: Chosen) -> None:
    way = st.query_params.get_all(Key.WALK)
    catalog = chosen.opened.catalog
    if not way:
        st.caption("Click one to walk on from it. The address keeps the way.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for place, item_id in enumerate(way):
            st.button(
                f"{escaped(cut(catalog.title(item_id), NAME))} ›",
                type="tertiary",
                key=f"{Widget.WAY}_{place}",
                on_click=go_back,
                args=(place,),
            )
        st.markdown(f"**{escaped(cut(catalog.title(chosen.item_id), NAME))}**", width="content")


def _clicked(key: str, from_id: str) -> None:
    picked = st.session_state[key]["selection"].get(PICK) or []
    if picked and picked[0].get("item_id") not in (None, from_id):
        walk_to(str(picked[0]["item_id"]), from_id)


def _links(chosen: Chosen, seed: SeedItem, around: list[str], evidence: NeighbourEvidence) -> pd.DataFrame:
    """Return the links from the seed item, and those between neighbours that are in each other's lists."""
    rows = [
        (seed.item_id, item_id, int(people))
        for item_id, people in zip(around, seed.frame["both"].head(MAX_NEIGHBOURS), strict=True)
        if people > 0
    ]
    try:
        lists = {
            item_id: cache.neighbours(process.backend(), chosen.campaign, item_id, chosen.count) for item_id in around
        }
    except ServiceError:
        lists = {}  # the map is then without the links between neighbours; the seed items show what is wrong
    for place, one in enumerate(around):
        mutual = [other for other in around[place + 1 :] if other in lists.get(one, ()) and one in lists.get(other, ())]
        both = zip(mutual, evidence.together(one, mutual), strict=True)
        rows += [(one, other, people) for other, people in both if people >= max(1, chosen.settings.least_people)]
    frame = pd.DataFrame(rows, columns=["one", "other", "people"])
    past = chosen.opened.data.words.past
    return frame.assign(words=[f"{people:,} people {past} both" for people in frame["people"]])
