"""Data, fifth tab: every data set of this home with its size, age, source and state; open, rename, discard, delete."""

import time

import streamlit as st

from pages.components import address, changing, panels, process
from pages.components.data import importing, state
from pages.components.data.state import IMPORTED, Subject
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.changes import may_change
from services.personalize.datasets import MAX_NAME_LENGTH
from services.screens.data import shelf
from services.screens.data.shelf import Entry


def draw(subject: Subject) -> None:
    """Draw the tab; subject is what the other tabs show."""
    drafts = process.desk().drafts() if may_change() else []
    found = shelf.entries(process.backend(), drafts)
    if not found:
        with panels.empty(shelf.sentence(found), key=Widget.SHELF_EMPTY):
            st.caption("See the Source tab.")
        return
    key = f"{Widget.SHELF}_{st.session_state.get(Key.SHELF_SHOWN, 0)}"
    event = panels.table(
        shelf.frame(found, time.time()),
        alt=shelf.sentence(found),
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        height="content",
        column_config={
            "state": st.column_config.TextColumn(width="medium"),
            "events": st.column_config.NumberColumn(format="localized"),
            "people": st.column_config.NumberColumn(format="localized"),
            "items": st.column_config.NumberColumn(format="localized"),
            "MB": st.column_config.NumberColumn(format="%.1f", help="On this machine's disk; of a draft, in memory."),
        },
    )
    rows = event["selection"]["rows"] if event is not None else []
    if not rows or rows[0] >= len(found):
        st.caption("Choose a row to open, rename, change or remove it.")
        return
    _actions(found[rows[0]])


def _actions(entry: Entry) -> None:
    """Draw what can be done with the chosen data set."""
    st.markdown(f"**{escaped(entry.name)}** · {escaped(entry.state)}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button("Open", icon=":material/visibility:", key=Widget.SHELF_OPEN, on_click=_open, args=(entry,))
        if entry.draft:
            _of_draft(entry)
        elif entry.n_events is not None:
            changing.button(
                "Change it, or import it under another name",
                icon=":material/edit:",
                key=Widget.SHELF_COPY,
                help="Makes a draft of its rows. Amazon Personalize cannot rename a data set group.",
                on_click=_copy,
                args=(entry.name,),
            )
        if not entry.draft and changing.button(
            "Delete this data", icon=":material/delete:", key=Widget.SHELF_DELETE, type="tertiary"
        ):
            importing.delete(entry.name)


def _of_draft(entry: Entry) -> None:
    if entry.busy:
        st.caption("It is being worked on; stop it first.")
        return
    name = st.text_input(
        "New name",
        value="",
        placeholder=entry.name,
        key=f"{Widget.SHELF_NAME}_{entry.draft}",
        max_chars=MAX_NAME_LENGTH,
    )
    if changing.button("Rename", key=Widget.SHELF_RENAME, disabled=not name.strip()):
        process.desk().rename(entry.draft, name.strip())
        _forget_choice()
        st.rerun()
    changing.button(
        "Discard this draft",
        icon=":material/delete:",
        type="tertiary",
        key=Widget.SHELF_DISCARD,
        on_click=_discard,
        args=(entry.draft,),
    )


def _open(entry: Entry) -> None:
    _forget_choice()
    if entry.draft:
        state.show(entry.draft)
    else:
        address.choose_group(entry.name)
        st.session_state[Key.DRAFT] = IMPORTED
    st.session_state.pop(Key.DRAFT_SEEN, None)
    st.session_state[Key.DATA_TAB] = state.LOOK


def _copy(name: str) -> None:
    with panels.toast_errors():
        _forget_choice()
        state.show(process.desk().copy(name))


def _discard(draft_key: str) -> None:
    _forget_choice()
    state.discard(draft_key)


def _forget_choice() -> None:
    """Draw the table anew, without a chosen row: what stood there may be gone."""
    st.session_state[Key.SHELF_SHOWN] = st.session_state.get(Key.SHELF_SHOWN, 0) + 1
