"""Whose lists a batch job writes: people by how much they have had, by any column of the users, or a saved segment."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components import address, changing, loaded, panels, process
from pages.components.keys import Key, Widget
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.language.phrases import counted
from services.segments import saved
from services.segments.members import HISTORY, Members
from services.segments.saved import Condition, Segment

DEFAULT_MAX = 100
MARK = "★ "
"""Before the name of a saved segment in the select."""


def choose(group: str, opened: OpenData, column: DeltaGenerator) -> list[str]:
    """Draw the choice of a segment and of how many; return the users."""
    members = loaded.members(opened)
    kept = {f"{MARK}{one.name}": one.conditions for one in saved.saved(process.backend().home, group)}
    options = kept | {name: (condition,) for name, condition in members.choices().items()}
    which, most = column.columns([3, 2], vertical_alignment="bottom")
    usual = next(name for name in options if name not in kept)
    address.default_choice(Key.BATCH_GROUP, list(options), usual)
    with which:
        chosen = address.bound_select("Segment", list(options), Key.BATCH_GROUP) or usual
    with most:
        limit = address.whole_number("At most", DEFAULT_MAX, key=Key.BATCH_MOST)
    users = members.users(options.get(chosen, ()))
    below = st.container(horizontal=True, vertical_alignment="center")  # controls take one row, also on a phone
    with below:
        st.caption(escaped(f"{counted(len(users), 'person', 'people')} in this segment."), width="content")
        if changing.allowed("Saved segments", place=below):
            _new(group, members, list(kept))
    return users[:limit]


def _new(group: str, members: Members, kept: list[str]) -> None:
    """Draw the popover in which a segment is made, and saved ones are deleted."""
    with st.popover("Segments", icon=":material/group_add:"):
        st.caption("People who fit all that you choose. Evaluation and Storefront offer saved segments too.")
        conditions = []
        for name in members.columns:
            values = [value for value, _ in members.values(name)]
            label = "How much they have had" if name == HISTORY else name.capitalize()
            picked = st.multiselect(escaped(label), values, key=f"{Key.BATCH_SEGMENT}_{name}")
            conditions.append(Condition(name, tuple(picked)))
        chosen = tuple(one for one in conditions if one.values)
        if chosen:
            st.caption(escaped(f"{counted(len(members.users(chosen)), 'person fits', 'people fit')}."))
        title = st.text_input("Name", key=Key.BATCH_SEGMENT_NAME)
        changing.button(
            "Save",
            type="primary",
            key=Widget.BATCH_SAVE,
            disabled=not chosen or not title,
            on_click=_save,
            args=(group, Segment(title or "", chosen)),
        )
        for name in kept:
            plain = name.removeprefix(MARK)
            changing.button(
                escaped(f"Delete {plain}"),
                icon=":material/delete:",
                key=f"{Widget.BATCH_DELETE}_{plain}",
                on_click=_delete,
                args=(group, plain),
            )


def _save(group: str, segment: Segment) -> None:
    with panels.toast_errors(OSError):
        saved.save(process.backend().home, group, segment)
        st.session_state[Key.BATCH_GROUP] = f"{MARK}{segment.name.strip()}"
        st.session_state[Key.BATCH_SEGMENT_NAME] = ""


def _delete(group: str, name: str) -> None:
    with panels.toast_errors(OSError):
        saved.delete(process.backend().home, group, name)
