"""What is picked on the map: an item by a click, several by a lasso, an event to suppose; kept in the address."""

from collections.abc import Sequence

import streamlit as st

from pages.components import pickers
from pages.components.keys import Key
from services.library.catalog import Catalog

MAX_MARKED = 100
"""Items of a lasso that an address can carry."""


def supposed(catalog: Catalog) -> str | None:
    """Return the item of the supposed event, None without one."""
    given = _kept(Key.MAP_SUPPOSE)
    return given[0] if given and given[0] in catalog else None


def marked(catalog: Catalog) -> tuple[str, ...]:
    """Return what the lasso holds."""
    return tuple(item_id for item_id in _kept(Key.MAP_MARKED)[:MAX_MARKED] if item_id in catalog)


def suppose(item_id: str | None) -> None:
    """Suppose an event with this item from the next run on; None for none."""
    _keep(Key.MAP_SUPPOSE, [] if item_id is None else [item_id])


def mark(item_ids: Sequence[str]) -> None:
    """Mark these items from the next run on; none unmarks."""
    _keep(Key.MAP_MARKED, item_ids[:MAX_MARKED])


def choose(item_id: str | None) -> None:
    """Choose this item from the next run on, as the select that finds items does."""
    pickers.choose(Key.MAP_ITEM, item_id)


def _kept(key: str) -> list[str]:
    given = st.query_params.get_all(key) or list(st.session_state.get(key, []))
    _keep(key, given)
    return given


def _keep(key: str, values: Sequence[str]) -> None:
    st.session_state[key] = list(values)
    if values:
        if st.query_params.get_all(key) != list(values):
            st.query_params[key] = list(values)
    else:
        st.query_params.pop(key, None)
