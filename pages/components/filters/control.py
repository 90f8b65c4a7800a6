"""The filter control of a screen: one line while it is folded; a filter is chosen, written or built in it.

Folded it costs nothing: its contents are drawn, and the filters asked for, once it is opened or a filter is chosen.
"""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components import panels, presenting, process
from pages.components.filters import build, choose, promote, state, write
from pages.components.filters.state import FILTER
from pages.components.keys import Key
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.changes import may_change
from services.errors import PlainError, service_errors
from services.filters import named, sentences
from services.filters.named import NamedFilter
from services.filters.request import NOTHING, Narrowing

CHOOSE, BUILD, WRITE, PROMOTE = "Choose", "Build", "Write", "Promote"


@dataclass(frozen=True)
class Asked:
    """What a filter is for on a screen."""

    group: str
    opened: OpenData | None
    """None for data that was not loaded on this machine."""
    for_items: bool = False
    """Whether requests are about an item, not about a user."""
    user_id: str | None = None
    """The user for whom it says what a filter leaves."""
    recipe: str | None = None
    """The recipe that would promote; None where a screen promotes nothing."""


def above(column: DeltaGenerator) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return two places in a column of controls: for the folded line, where others have their label, and below it."""
    box = column.container(gap=None)
    return box.container(), box.container()


def draw(fold: DeltaGenerator, asked: Asked) -> Narrowing:
    """Draw the control and return what the screen's requests carry; fold: where it is while nothing is chosen."""
    opened = bool(st.session_state.get(Key.FILTER_OPEN))
    if not opened and not state.anything_kept():
        if not presenting.presenting():
            with fold:
                _folded("Filter")
        return NOTHING
    filters = _filters(asked)
    narrowing = state.narrowing(filters)
    if not asked.for_items:
        narrowing = narrowing.for_users
    narrowing = narrowing.for_recipe(asked.recipe or "")
    line = sentences.line(narrowing)
    label = f"**Filter** · {escaped(line)}" if line else "Filter"
    with _folded(label):
        if opened:
            with panels.guard("The filter"):
                _contents(asked, filters)
    return narrowing


def _folded(label: str) -> DeltaGenerator:
    return st.expander(label, type="compact", key=Key.FILTER_OPEN, on_change="rerun")


def _filters(asked: Asked) -> list[NamedFilter] | PlainError:
    """Return the filters of the group, or why they are not known."""
    try:
        with service_errors():
            return named.filters_of(process.backend(), asked.group)
    except PlainError as error:
        return error


def _contents(asked: Asked, filters: list[NamedFilter] | PlainError) -> None:
    if isinstance(filters, PlainError):
        st.error(escaped(str(filters)), icon=":material/error:")
        return
    parts = [CHOOSE]
    if may_change():
        parts += [BUILD, WRITE] if asked.opened is not None else [WRITE]
    if asked.recipe is not None:
        parts.append(PROMOTE)
    part: str | None = CHOOSE
    if len(parts) > 1:
        if st.session_state.get(Key.FILTER_PART) not in parts:
            st.session_state[Key.FILTER_PART] = CHOOSE
        part = st.segmented_control("Filter", parts, required=True, key=Key.FILTER_PART, label_visibility="collapsed")
    if part == BUILD and asked.opened is not None:
        build.draw(asked.group, asked.opened)
    elif part == WRITE:
        write.draw(asked.group, asked.opened)
    elif part == PROMOTE and asked.recipe is not None:
        promote.draw(asked.group, asked.opened, asked.recipe, filters)
    else:
        choose.draw(FILTER, asked.group, asked.opened, filters, for_items=asked.for_items)
        choose.about(
            asked.opened, state.chosen(FILTER, filters), asked.group, None if asked.for_items else asked.user_id
        )
