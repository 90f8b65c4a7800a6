"""What can be looked at while the film demo is prepared: covers of a history, a counted list, bestsellers.

The counted list needs no model, so that a personal list of covers is there as soon as the data is. Before that there
are covers of the films that the viewers will choose among.
"""

import streamlit as st

from pages.components import loaded, tiles
from pages.components.keys import Widget
from pages.components.loaded import BY_VERSION, OpenData
from pages.components.markdown import escaped
from pages.components.wall import wall
from pages.components.wall.wall import Picture
from services.demo.state import DemoState
from services.demo.steps import GROUP
from services.lists import together
from services.screens.home import sentences
from services.sources.film_demo.films import best_known

N_COVERS = 12
N_LATEST = 6
"""Of a history, whose neighbours are dealt."""
SIZE_PX = 76
N_FILMS, N_FILM_ROWS = 24, 3


def draw(state: DemoState) -> bool:
    """Draw what there is by now and return whether that is anything; each row comes as soon as its step is done."""
    opened = loaded.open_data(GROUP)
    viewer = None if opened is None else first_persona_of(opened)
    if opened is None or viewer is None:
        return _films()
    words, who = opened.data.words, opened.people.short(viewer)
    _row(opened, sentences.had(who, words), _latest(opened, viewer), Widget.DEMO_HAD)
    _row(opened, sentences.counted_already(who, words), _counted(opened, viewer), Widget.DEMO_COUNTED)
    if state.can_look:
        _row(opened, sentences.everybody(words), opened.catalog.most_popular(N_COVERS), Widget.DEMO_EVERYBODY)
    return True


def first_persona_of(opened: OpenData) -> str | None:
    """Return the demo's first persona, None where its data has none."""
    return next((persona.user_id for persona in opened.people.personas), None)


def _films() -> bool:
    """Draw the best-known films, which are there before any event is."""
    films = best_known(N_FILMS)
    titles = [f"{title} ({year})" for title, year in zip(films["title"], films["year"], strict=True)]
    covers = tiles.pictures(films, large=True)
    pictures = [Picture(*one) for one in zip(films["item_id"], titles, covers, strict=True)]
    title = sentences.chosen_among(N_FILMS)
    st.markdown(f"**{escaped(title)}**")
    wall.draw(pictures, key=Widget.DEMO_FILMS, label=title, size_px=SIZE_PX, rows=N_FILM_ROWS)
    return True


@st.cache_data(max_entries=2, show_spinner=False, hash_funcs=BY_VERSION)
def _latest(opened: OpenData, user_id: str) -> tuple[str, ...]:
    """Return what somebody had last, newest first."""
    return tuple(dict.fromkeys(opened.data.counted_history(user_id)))[:N_COVERS]


@st.cache_data(max_entries=2, show_spinner=False, hash_funcs=BY_VERSION)
def _counted(opened: OpenData, user_id: str) -> tuple[str, ...]:
    """Return what goes with somebody's latest items, the newest one's neighbours first."""
    had = tuple(dict.fromkeys(opened.data.counted_history(user_id)))
    latest = had[:N_LATEST][::-1]
    counted = loaded.people_with_both(opened)
    lists = [together.neighbours(counted, opened.catalog.ids, item_id) for item_id in latest]
    return together.dealt(latest, lists, N_COVERS, had)[0]


def _row(opened: OpenData, title: str, item_ids: tuple[str, ...] | list[str], key: str) -> None:
    st.markdown(f"**{escaped(title)}**")
    covers = tiles.pictures(opened.catalog.frame(item_ids), large=True)
    pictures = [
        Picture(item_id, opened.catalog.label(item_id), cover) for item_id, cover in zip(item_ids, covers, strict=True)
    ]
    wall.draw(pictures, key=key, label=title, size_px=SIZE_PX, rows=1)
