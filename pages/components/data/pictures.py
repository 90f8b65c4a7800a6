"""The question whether pictures of other hosts may be loaded for a data set, asked once and withdrawn here."""

import streamlit as st

from pages.components import changing, process
from pages.components.keys import Widget
from pages.components.markdown import escaped
from pages.components.tiles import every_host_allowed
from services import pictures
from services.library.store import LoadedData
from services.screens.data import sentences

MAX_NAMED = 3


def ask(data: LoadedData) -> None:
    """Draw the question or the answer; draw nothing where the data names no pictures of other hosts."""
    hosts = _hosts(data)
    if not hosts or every_host_allowed():
        return
    home = process.backend().home
    agreed = set(hosts) <= pictures.allowed(home, data.name)
    named = ", ".join(hosts[:MAX_NAMED]) + (f" and {len(hosts) - MAX_NAMED} more" if len(hosts) > MAX_NAMED else "")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(escaped(sentences.pictures_line(named, agreed=agreed)), width="content")
        label = "Stop loading pictures" if agreed else "Load pictures"
        if changing.button(label, key=Widget.PICTURES, type="tertiary", icon=":material/image:"):
            pictures.allow(home, data.name, () if agreed else hosts)
            st.rerun()


def _hosts(data: LoadedData) -> tuple[str, ...]:
    return () if data.roles.image is None else _hosts_of(data.key, data)


@st.cache_data(show_spinner=False, max_entries=8)
def _hosts_of(_key: str, _data: LoadedData) -> tuple[str, ...]:
    items = _data.items()
    return () if items is None else pictures.hosts_of(items[_data.roles.image])
