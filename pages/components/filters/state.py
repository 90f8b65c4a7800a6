"""The chosen filter and promotion: names and values in the address and in the session, the filters in the engine."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from pages.components import address, parameters
from pages.components.keys import Key
from services.errors import PlainError
from services.filters.named import NamedFilter
from services.filters.request import NOTHING, ChosenFilter, ChosenPromotion, Narrowing

USUAL_SHARE = 20


@dataclass(frozen=True)
class Slot:
    """Where the address holds a filter."""

    name_key: str
    """The parameter with its name."""
    values_key: str
    """The parameter with the values of its placeholders, as JSON."""


FILTER = Slot(Key.FILTER, Key.FILTER_VALUES)
PROMOTION = Slot(Key.PROMOTE, Key.PROMOTE_VALUES)


def kept(key: str) -> str | None:
    """Return a parameter from the address, else from the session, and keep it in both."""
    value = st.query_params.get(key) or st.session_state.get(key)
    keep(key, None if value is None else str(value))
    return None if value is None else str(value)


def keep(key: str, value: str | None) -> None:
    """Keep a parameter in the address and in the session; None removes it."""
    if value:
        st.session_state[key] = value
        if st.query_params.get(key) != value:
            st.query_params[key] = value
        return
    st.session_state.pop(key, None)
    st.query_params.pop(key, None)


def anything_kept() -> bool:
    """Return whether the address or the session names a filter or a promotion."""
    return any(
        st.query_params.get(slot.name_key) or st.session_state.get(slot.name_key) for slot in (FILTER, PROMOTION)
    )


def select(slot: Slot, named: NamedFilter | None, values: Mapping[str, str] | None = None) -> None:
    """Choose a filter, or none, from the next run on."""
    keep(slot.name_key, None if named is None else named.name)
    keep(slot.values_key, json.dumps(dict(values), ensure_ascii=False) if named is not None and values else None)


def values_of(slot: Slot) -> dict[str, str]:
    """Return filterValues by placeholder; nothing where the address has none that can be read."""
    text = kept(slot.values_key)
    try:
        read = json.loads(text) if text else {}
    except ValueError:
        read = None
    if not isinstance(read, dict) or not all(isinstance(value, str) for value in read.values()):
        keep(slot.values_key, None)
        return {}
    return read


def chosen(slot: Slot, filters: Sequence[NamedFilter]) -> ChosenFilter | None:
    """Return the filter that is chosen, None for none and for one that the group does not have."""
    name = kept(slot.name_key)
    found = next((one for one in filters if one.name == name), None)
    if found is None:
        if name is not None:
            st.session_state.pop(slot.name_key, None)  # so that the address's value is noted
            address.check_choice(slot.name_key, [one.name for one in filters])
            select(slot, None)
        return None
    return ChosenFilter(found, values_of(slot))


def narrowing(filters: Sequence[NamedFilter] | PlainError) -> Narrowing:
    """Return what requests carry; a filter whose values are missing is left out."""
    if isinstance(filters, PlainError):
        return NOTHING
    by_filter, promoted = chosen(FILTER, filters), chosen(PROMOTION, filters)
    promotion = None
    if promoted is not None and not promoted.missing:
        promotion = ChosenPromotion(promotion_name(promoted), share(), promoted)
    return Narrowing(None if by_filter is None or by_filter.missing else by_filter, promotion)


def promotion_name(promoted: ChosenFilter) -> str:
    """Return the promotion's name; its filter's while none is typed."""
    return kept(Key.PROMOTE_NAME) or promoted.named.name


def share() -> int:
    """Return the percentage of promoted items."""
    given = kept(Key.PROMOTE_SHARE)
    found = None if given is None else parameters.whole(given, parameters.RANGES[Key.PROMOTE_SHARE])
    return USUAL_SHARE if found is None else found
