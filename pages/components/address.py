"""The address: the data set group, and the choices of widgets that are bound to it.

An address that is only opened changes nothing: a screen that writes asks only_opened() first.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import streamlit as st

from pages.components import parameters
from pages.components.keys import Key
from pages.components.markdown import escaped
from pages.components.parameters import Range
from pages.components.process import backend
from services.personalize import datasets

Option = TypeVar("Option")


def check_numbers(ranges: Mapping[str, Range]) -> None:
    """Begin a run: take the numbers that cannot be used out of the address, and note them."""
    st.session_state[Key.UNUSABLE] = []
    for key, allowed in ranges.items():
        given = st.query_params.get(key)
        if given is None or parameters.number(given, allowed) is not None:
            continue
        _leave_out(key, given, f"is not {allowed.words}")
        with suppress(st.errors.StreamlitAPIException):  # its widget has been drawn before and takes it out itself
            st.query_params.pop(key)


def come_to(page: str) -> None:
    """Note the page of this run: a session that has seen another one came here by a click."""
    if st.session_state.setdefault(Key.FIRST_PAGE, page) != page:
        act()


def only_opened() -> bool:
    """Return whether all that has happened in this session is that its address was opened."""
    return not st.session_state.get(Key.ACTED)


def act() -> None:
    """Note that somebody has clicked here, so that what this screen sends is meant."""
    st.session_state[Key.ACTED] = True


def unusable() -> list[str]:
    """Return what the address asked for in vain, in sentences."""
    return list(st.session_state.get(Key.UNUSABLE, []))


def check_choice(key: str, options: Iterable[object]) -> None:
    """Note values of the address that are none of a control's options; call it before that is drawn."""
    if key in st.session_state:
        return
    known = {str(option) for option in options}
    for given in st.query_params.get_all(key):
        if given not in known:
            _leave_out(key, given, "is not there to choose")


def _leave_out(key: str, given: str, why: str) -> None:
    sentence = f'"{parameters.shown(given)}" for "{key}" in the address {why}; it is left out.'
    notes = st.session_state.setdefault(Key.UNUSABLE, [])
    if sentence not in notes:
        notes.append(sentence)


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
    _check_group(names)
    default_choice(Key.GROUP, names, names[0])
    bound_select("Data set group", names, Key.GROUP)


def _check_group(names: Sequence[str]) -> None:
    """Note a data set group of the address that is not there, and which one is shown instead."""
    given = st.query_params.get(Key.GROUP)
    if Key.GROUP in st.session_state or given is None or given in names:
        return
    sentence = f'There is no data set group "{parameters.shown(given)}" here; this is "{names[0]}".'
    st.session_state.setdefault(Key.UNUSABLE, []).append(sentence)
    st.session_state[Key.GROUP] = names[0]


def bound_select(label: str, options: Sequence[str], key: str) -> str | None:
    """Draw a select whose choice is in the address and cannot be cleared; call default_choice first.

    The label is drawn by hand, since Streamlit appends "(required)" to it.
    """
    with st.container(gap="xxsmall"):
        st.markdown(f":small[{escaped(label)}]")
        return st.selectbox(
            label, options, index=None, required=True, key=key, bind="query-params", label_visibility="collapsed"
        )


def segments(label: str, options: Sequence[Option], *, key: str, **more: Any) -> Option | None:
    """Draw a segmented control whose choice is in the address and cannot be cleared."""
    check_choice(key, options)
    chosen: Option | None = st.segmented_control(label, options, required=True, key=key, bind="query-params", **more)
    return chosen


def whole_number(label: str, value: int, *, key: str) -> int:
    """Draw an input for a whole number that is in the address, with the limits of parameters.RANGES.

    Streamlit 1.67 turns what an address says for an int into one before it looks at the limits, and fails at 1e999;
    a float is checked first.
    """
    allowed = parameters.RANGES[key]
    typed = st.number_input(
        label,
        float(allowed.least),
        float(allowed.most),
        float(value),
        step=1.0,
        format="%.0f",
        key=key,
        bind="query-params",
    )
    return round(typed)


def default_choice(key: str, options: Sequence[str], fallback: str | None) -> None:
    """Set a bound widget without a valid choice to the fallback, in the session and in the address.

    Streamlit drops a value from the address when it equals the widget's own default, so bound widgets here have no
    default (index=None) and get their first value here: an address copied at once is complete.
    """
    check_choice(key, options)
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
