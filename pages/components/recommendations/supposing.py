"""What the address supposes about one user: lists of values that are dropped when another user is chosen.

They are in the address, so that a copied link shows the same, and in the session, so that they survive a visit to
another screen.
"""

from collections.abc import Sequence

import streamlit as st


def values(key: str, owner: str) -> tuple[str, ...]:
    """Return the list under this parameter if it is about this user."""
    kept_for, kept = st.session_state.get(f"{key}_kept", (owner, ()))
    given = tuple(st.query_params.get_all(key))
    current = given or (kept if kept_for == owner else ())
    if kept_for != owner and given == kept:
        current = ()  # left over from the user before
    put(key, owner, current)
    return current


def put(key: str, owner: str, new: Sequence[str]) -> None:
    """Keep this list for a user, in the address and in the session."""
    st.session_state[f"{key}_kept"] = (owner, tuple(new))
    if tuple(st.query_params.get_all(key)) == tuple(new):
        return
    if new:
        st.query_params[key] = list(new)
    else:
        st.query_params.pop(key, None)


def forget(key: str, owner: str) -> None:
    """Drop the list."""
    put(key, owner, ())
