"""What was picked: in the address, and in this browser's session after a click on the menu; nowhere else."""

from collections.abc import Container, Sequence

import streamlit as st

from pages.components import address
from pages.components.keys import Key
from services.screens.try_it import picks


def picked(catalog: Container[str]) -> tuple[str, ...]:
    """Return the picks, and keep them in the address."""
    given = st.query_params.get_all(Key.TRY_PICKS) or list(st.session_state.get(Key.TRY_PICKS, []))
    usable = picks.usable(given, catalog)
    _keep(usable)
    return usable


def toggle(now: Sequence[str], item_id: str) -> None:
    """Pick an item from the next run on, or take it back; a search has then done its work."""
    address.act()
    st.session_state[Key.TRY_SEARCH] = ""
    _keep(picks.toggled(now, item_id))


def start_over() -> None:
    """Forget all picks."""
    st.session_state[Key.TRY_SEARCH] = ""
    _keep(())


def _keep(usable: Sequence[str]) -> None:
    st.session_state[Key.TRY_PICKS] = list(usable)
    if usable and st.query_params.get_all(Key.TRY_PICKS) != list(usable):
        st.query_params[Key.TRY_PICKS] = list(usable)
    elif not usable:
        st.query_params.pop(Key.TRY_PICKS, None)
