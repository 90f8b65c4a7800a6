"""The mapping that a file of the same columns had before: proposed for the next one; and the way back to guesses."""

import time
from collections.abc import Mapping

import streamlit as st

from pages.components import process
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.language.phrases import age
from services.screens.data import mappings
from services.screens.data.mappings import SavedMapping
from services.sources.own_files import OwnTable
from services.sources.table_files import RawTable


def saved_roles(dataset_type: str, table: RawTable) -> Mapping[str, str]:
    """Return the roles that columns of these names had in the file before; {} for the first one of its kind."""
    found: dict[str, SavedMapping | None] = st.session_state.setdefault(Key.OWN_SAVED, {})
    key = _digest(dataset_type, table)
    if key not in found:
        found[key] = mappings.recall(process.backend().home, dataset_type, table.frame.columns)
    saved = found[key]
    return {} if saved is None else saved.roles


def offer(dataset_type: str, table: RawTable) -> None:
    """Draw that a kept mapping is used, and a button for the guesses in its place."""
    saved = st.session_state.get(Key.OWN_SAVED, {}).get(_digest(dataset_type, table))
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


def remember(mapped: dict[str, OwnTable]) -> None:
    """Keep the mappings of these files for the next ones with the same columns."""
    for dataset_type, table in mapped.items():
        unit = "" if table.unit is None else str(table.unit.value)
        mappings.remember(process.backend().home, dataset_type, table.raw.filename, table.mapping, unit)


def _forget(dataset_type: str, table: RawTable) -> None:
    mappings.forget(process.backend().home, dataset_type, table.frame.columns)
    st.session_state[Key.OWN_SAVED] = {**st.session_state.get(Key.OWN_SAVED, {}), _digest(dataset_type, table): None}
    st.session_state.pop(f"{Key.OWN_FILES}_roles_{dataset_type}", None)


def _digest(dataset_type: str, table: RawTable) -> str:
    return mappings.digest_of(dataset_type, map(str, table.frame.columns))
