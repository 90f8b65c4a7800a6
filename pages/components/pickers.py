"""Choosing a person. The address says who it is; the select only shows and changes it.

Streamlit writes a select's label into the address, and a person's label changes with their data, so the id is written
here by hand. Typed text that is no option is looked up among names and ids.
"""

import time

import streamlit as st

from pages.components.session import Key
from services.people import People

ALL_AS_OPTIONS = 300
"""Up to so many people stand in the select; beyond, it holds suggestions and the search finds the rest."""


def person(people: People) -> str | None:
    """Draw the select with its dice and return the chosen person's id."""
    chosen = st.query_params.get(Key.USER) or st.session_state.get(Key.USER) or _first(people)
    if chosen is None:
        return None
    _choose(chosen)
    options = list(dict.fromkeys([*_suggestions(people), chosen]))
    st.session_state[Key.USER_PICK] = chosen
    select, dice = st.columns([6, 1], vertical_alignment="bottom")
    select.selectbox(
        f"Person · search {people.n_users:,} by name or id",
        options,
        key=Key.USER_PICK,
        format_func=lambda user_id: _label(people, user_id),
        accept_new_options=True,
        on_change=_picked,
        args=(people,),
    )
    dice.button(
        "",
        icon=":material/casino:",
        help="Somebody else",
        key=Key.DICE,
        on_click=_roll,
        args=(people,),
        width="stretch",
    )
    return chosen


def _suggestions(people: People) -> list[str]:
    return [str(user_id) for user_id in people.search("", limit=ALL_AS_OPTIONS)["user_id"]]


def _first(people: People) -> str | None:
    found = people.search("", limit=1)
    if len(found) and bool(found["persona"].iloc[0]):
        return str(found["user_id"].iloc[0])
    return people.median_user()


def _label(people: People, user_id: str) -> str:
    label = people.label(user_id)
    return label if user_id in label else f"{label} · {user_id}"


def found(people: People, typed: str) -> str:
    """Return the id that typed text means: an id, else the first hit of the search, else the text itself."""
    if typed in people:
        return typed
    hits = people.search(typed, limit=1)
    return str(hits["user_id"].iloc[0]) if len(hits) else typed


def _picked(people: People) -> None:
    typed = st.session_state.get(Key.USER_PICK)
    if typed:
        _choose(found(people, typed))


def _roll(people: People) -> None:
    _choose(people.random(seed=time.time_ns() % 2**32))


def _choose(user_id: str) -> None:
    st.session_state[Key.USER] = user_id
    if st.query_params.get(Key.USER) != user_id:
        st.query_params[Key.USER] = user_id
