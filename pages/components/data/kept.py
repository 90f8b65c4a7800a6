"""The mapping of a file's columns between visits: this session's choices, else what was kept for such files."""

import time
from collections.abc import Sequence

import streamlit as st

from pages.components import process
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.changes import may_change
from services.language.phrases import age
from services.screens.data import mappings
from services.sources.column_guesses import ColumnGuess
from services.sources.own_files import OwnTable
from services.sources.table_files import RawTable


def editor_key(dataset_type: str, table: RawTable) -> str:
    """Return the key of the form of a file: choices belong to its columns, whatever their order and its name."""
    return f"{Key.OWN_FILES}_map_{_digest(dataset_type, table)}"


def proposed(dataset_type: str, table: RawTable, guesses: Sequence[ColumnGuess]) -> list[str]:
    """Return the role to propose for each guess, in order."""
    guessed = [guess.role for guess in guesses]
    key = editor_key(dataset_type, table)
    if key in st.session_state:  # the form is on the screen and applies its changes to what it began with
        return list(_begun().get(key, guessed))
    roles = _chosen().get(key)
    if roles is None and may_change():
        saved = mappings.recall(process.backend().home, dataset_type, table.frame.columns)
        if saved is not None:
            roles = dict(saved.roles)
            st.session_state[Key.OWN_SAVED] = {**st.session_state.get(Key.OWN_SAVED, {}), key: saved}
    begun = guessed if roles is None else [roles.get(guess.column, guess.role) for guess in guesses]
    st.session_state[Key.OWN_BEGUN] = {**_begun(), key: begun}
    return begun


def offer(dataset_type: str, table: RawTable) -> None:
    """Draw that a kept mapping is used, and a button for the guesses in its place."""
    key = editor_key(dataset_type, table)
    saved = st.session_state.get(Key.OWN_SAVED, {}).get(key)
    if saved is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            escaped(f"Mapped as {saved.filename} was {age(saved.saved, time.time())}: it has the same columns."),
            width="content",
        )
        st.button(
            "Use the guesses",
            key=f"{Widget.USE_GUESSES}_{dataset_type}",
            type="tertiary",
            on_click=_forget,
            args=(dataset_type, table),
        )


def keep(dataset_type: str, table: RawTable, mapping: dict[str, str]) -> None:
    """Keep what was chosen for a file while this session lasts."""
    st.session_state[Key.OWN_CHOSEN] = {**_chosen(), editor_key(dataset_type, table): mapping}


def remember(mapped: dict[str, OwnTable]) -> None:
    """Keep the mappings of these files for the next ones with the same columns."""
    for dataset_type, table in mapped.items():
        unit = "" if table.unit is None else str(table.unit.value)
        mappings.remember(process.backend().home, dataset_type, table.raw.filename, table.mapping, unit)


def _forget(dataset_type: str, table: RawTable) -> None:
    key = editor_key(dataset_type, table)
    mappings.forget(process.backend().home, dataset_type, table.frame.columns)
    for store in (Key.OWN_SAVED, Key.OWN_BEGUN, Key.OWN_CHOSEN):
        st.session_state[store] = {k: v for k, v in st.session_state.get(store, {}).items() if k != key}
    st.session_state.pop(key, None)


def _digest(dataset_type: str, table: RawTable) -> str:
    return mappings.digest_of(dataset_type, map(str, table.frame.columns))


def _begun() -> dict[str, list[str]]:
    return dict(st.session_state.get(Key.OWN_BEGUN, {}))


def _chosen() -> dict[str, dict[str, str]]:
    return dict(st.session_state.get(Key.OWN_CHOSEN, {}))
