"""The address: the data set group, and the choices of widgets that are bound to it."""

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.components.keys import Key
from pages.components.markdown import escaped
from pages.components.process import backend
from services.personalize import datasets


def dataset_group() -> str | None:
    """Return the name of the data set group chosen in the sidebar, None when there is none."""
    value = st.session_state.get(Key.GROUP)
    return str(value) if value else None


def choose_group(name: str) -> None:
    """Show this data set group from the next run on; call it from anywhere, before a rerun or a page switch."""
    st.session_state[Key.GROUP_NEXT] = name


def carry(query: Mapping[str, str]) -> None:
    """Set parameters of another screen's address; they are in the address once that screen has been drawn.

    It goes through the session because Streamlit 1.67 refuses an address with a parameter that is bound to a widget.
    """
    for key, value in query.items():
        if key == Key.GROUP:
            choose_group(value)
        else:
            st.session_state[key] = value


def group_select() -> None:
    """Draw the data set group's select; the newest group is chosen first."""
    names = datasets.group_names(backend())
    if not names:
        st.caption("No data yet.")
        return
    name = st.session_state.pop(Key.GROUP_NEXT, None)
    if name in names:
        st.session_state[Key.GROUP] = name
    default_choice(Key.GROUP, names, names[0])
    bound_select("Data set group", names, Key.GROUP)


def bound_select(label: str, options: Sequence[str], key: str) -> str | None:
    """Draw a select whose choice is in the address and cannot be cleared; call default_choice first.

    The label is drawn by hand, since Streamlit appends "(required)" to it.
    """
    with st.container(gap="xxsmall"):
        st.markdown(f":small[{escaped(label)}]")
        return st.selectbox(
            label, options, index=None, required=True, key=key, bind="query-params", label_visibility="collapsed"
        )


def default_choice(key: str, options: Sequence[str], fallback: str | None) -> None:
    """Set a bound widget without a valid choice to the fallback, in the session and in the address.

    Streamlit drops a value from the address when it equals the widget's own default, so bound widgets here have no
    default (index=None) and get their first value here: an address copied at once is complete.
    """
    chosen = st.session_state.get(key) or st.query_params.get(key)
    if chosen not in options:
        if fallback is None:
            return
        chosen = fallback
    elif key in st.query_params:
        return
    st.session_state[key] = chosen
    if key not in st.query_params:
        set_address(key, str(chosen))


def set_address(key: str, value: str) -> None:
    """Write a parameter into the address before its widget is drawn for the first time."""
    try:
        st.query_params[key] = value
    except st.errors.StreamlitAPIException:
        # the widget has been drawn before: it writes its own value into the address
        return
