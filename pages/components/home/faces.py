"""Eight faces to click: each leads to what this person sees."""

import streamlit as st

from pages.components import loaded, navigation, tiles
from pages.components.keys import Key, Widget
from pages.components.loaded import BY_VERSION, OpenData
from pages.components.wall import wall
from pages.components.wall.wall import Picture
from services.screens.home import faces as choosing
from services.screens.home import sentences
from services.screens.home.faces import Face

SIZE_PX = 92
LABEL = "Whose list do you want to see?"


def draw(group: str) -> None:
    """Draw them; nothing for data that was loaded elsewhere or has no people."""
    asked = st.session_state.pop(Key.FACE, None)
    if asked is not None:
        screen = "storefront" if navigation.exists("storefront") else "recommendations"
        navigation.open_screen(screen, **{Key.GROUP: group, Key.USER: asked})
    opened = loaded.open_data(group)
    shown = () if opened is None else _faces(opened)
    if opened is None or not shown:
        return
    st.markdown(f"##### {LABEL}")
    words = opened.data.words
    pictures = [
        Picture(face.user_id, face.name, tiles.avatar(face.user_id, face.tastes), sentences.face(face, words))
        for face in shown
    ]
    wall.draw(pictures, key=Widget.FACES, label=LABEL, kind="faces", size_px=SIZE_PX, act=_ask)


@st.cache_data(max_entries=4, show_spinner=False, hash_funcs=BY_VERSION)
def _faces(opened: OpenData) -> tuple[Face, ...]:
    return choosing.faces(opened.data, opened.people, opened.tastes)


def _ask(user_id: str) -> None:
    st.session_state[Key.FACE] = user_id
