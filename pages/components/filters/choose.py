"""Choosing a filter that exists or a preset, and giving the values of its placeholders."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.components import changing, navigation, panels, process
from pages.components.filters import cache, state
from pages.components.filters.state import FILTER, Slot
from pages.components.keys import Key, Widget
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.changes import may_change
from services.filters import expressions, leaving, named, sentences
from services.filters.columns import Column
from services.filters.expressions import Placeholder
from services.filters.named import NamedFilter
from services.filters.presets import Preset
from services.filters.request import ChosenFilter

PRESET = "preset: "
"""Begins the options that are no filters yet; no filter's name has a colon."""


def draw(
    slot: Slot, group: str, opened: OpenData | None, filters: Sequence[NamedFilter], *, for_items: bool = False
) -> ChosenFilter | None:
    """Draw the select and the values of the chosen filter's placeholders; return that filter."""
    presets = _presets(opened, filters, for_items)
    usable = [one for one in filters if for_items or not expressions.uses_current_item(one.expression)]
    by_option = {one.name: one.expression for one in usable} | {f"{PRESET}{p.words}": p.expression for p in presets}
    chosen = state.chosen(slot, filters)
    key = f"{Widget.FILTER_PICK}_{slot.name_key}"
    st.session_state[key] = None if chosen is None or chosen.named not in usable else chosen.named.name
    st.selectbox(
        "Items of the promotion" if slot != FILTER else "Filter",
        list(by_option),
        index=None,
        key=key,
        placeholder="None" if by_option else "None yet: build one or write one",
        format_func=lambda option: f"{option.removeprefix(PRESET)} · {by_option.get(option, '')}",
        on_change=_picked,
        args=(slot, key, group, opened, list(filters), presets),
    )
    if chosen is not None:
        st.code(chosen.named.expression, language=None, wrap_lines=True)
        _values(slot, chosen, () if opened is None else cache.columns(opened))
    elif not may_change():
        changing.allowed("Creating filters")
    return chosen


def about(opened: OpenData | None, chosen: ChosenFilter | None, group: str, user_id: str | None) -> None:
    """Draw what a filter leaves of the catalogue, the way to what it costs, and its deletion."""
    if chosen is None:
        return
    if opened is not None and not chosen.missing:
        left = leaving.left(process.backend(), group, chosen, opened.catalog.ids, user_id)
        if left is not None:
            who = opened.people.short(user_id) if user_id and expressions.about_user(chosen.named.expression) else ""
            st.caption(escaped(sentences.left(left, opened.catalog.n_items, opened.data.words, who)))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        query = {Key.EVALUATION_PART: "Filter", Key.FILTER: chosen.named.name}
        navigation.link("evaluation", "What it costs", **query)
        changing.button(
            "Delete the filter",
            icon=":material/delete:",
            type="tertiary",
            key=Widget.FILTER_DELETE,
            on_click=_delete,
            args=(chosen,),
        )


def use(slot: Slot, group: str, name: str, expression: str, columns: Sequence[Column]) -> bool:
    """Choose the filter with this expression, created where there is none; return whether it is chosen."""
    made: list[NamedFilter] = []
    with panels.toast_errors():
        made.append(named.create(process.backend(), group, name, expression))
    for one in made:
        state.select(slot, one, _first_values(one.expression, columns))
    return bool(made)


def _presets(opened: OpenData | None, filters: Sequence[NamedFilter], for_items: bool) -> list[Preset]:
    """Return the presets that are no filters yet."""
    if opened is None or not may_change():
        return []
    return [
        preset
        for preset in cache.presets(opened, for_items)
        if not any(expressions.same(preset.expression, one.expression) for one in filters)
    ]


def _picked(
    slot: Slot,
    key: str,
    group: str,
    opened: OpenData | None,
    filters: Sequence[NamedFilter],
    presets: Sequence[Preset],
) -> None:
    option = st.session_state.get(key)
    columns = () if opened is None else cache.columns(opened)
    existing = next((one for one in filters if one.name == option), None)
    preset = next((one for one in presets if f"{PRESET}{one.words}" == option), None)
    if existing is not None:
        state.select(slot, existing, _first_values(existing.expression, columns))
    elif preset is not None:
        with panels.toast_errors():
            backend = process.backend()
            name = named.free_name(backend, named.proposed_name(group, preset.words))
            use(slot, group, name, preset.expression, columns)
    else:
        state.select(slot, None)


def _first_values(expression: str, columns: Sequence[Column]) -> dict[str, str]:
    """Return a value for each placeholder that a request must have: the most frequent of its column."""
    values = {}
    for placeholder in expressions.placeholders(expression):
        column = _column(placeholder, columns)
        if placeholder.required and column is not None and (column.values or column.high is not None):
            first = column.values[0] if column.values else f"{column.high:.10g}"
            values[placeholder.name] = expressions.filter_value((first,))
    return values


def _values(slot: Slot, chosen: ChosenFilter, columns: Sequence[Column]) -> None:
    """Draw a field for each placeholder."""
    for placeholder in expressions.placeholders(chosen.named.expression):
        column = _column(placeholder, columns)
        key = f"{Widget.FILTER_VALUE}_{slot.name_key}_{placeholder.name}"
        given = expressions.values_of(chosen.values.get(placeholder.name, ""))
        label = escaped(f"${placeholder.name} · {placeholder.field}")
        asked: dict[str, Any] = {"key": key, "on_change": _given, "args": (slot, chosen, placeholder, key)}
        options = list(dict.fromkeys([*(column.values if column is not None else ()), *given]))
        if options and placeholder.several:
            st.session_state[key] = given
            st.multiselect(label, options, accept_new_options=True, **asked)
        elif options:
            st.session_state[key] = given[0] if given else None
            st.selectbox(label, options, index=None, accept_new_options=True, **asked)
        else:
            st.session_state[key] = ", ".join(given)
            st.text_input(label, **asked)
    if missing := chosen.missing:
        st.caption(escaped(f"Not used yet: an INCLUDE needs a value for {', '.join(missing)}."))


def _given(slot: Slot, chosen: ChosenFilter, placeholder: Placeholder, key: str) -> None:
    """Keep what was given for a placeholder."""
    given = st.session_state.get(key)
    listed = given if isinstance(given, list) else [part.strip() for part in str(given or "").split(",")]
    texts = [str(text) for text in listed if str(text).strip()]
    values = {name: value for name, value in chosen.values.items() if name != placeholder.name}
    if texts:
        values[placeholder.name] = expressions.filter_value(texts)
    state.select(slot, chosen.named, values)


def _delete(chosen: ChosenFilter) -> None:
    with panels.toast_errors():
        named.delete(process.backend(), chosen.named.arn)
        state.select(FILTER, None)


def _column(placeholder: Placeholder, columns: Sequence[Column]) -> Column | None:
    return next((one for one in columns if one.field.lower() == placeholder.field.lower()), None)
