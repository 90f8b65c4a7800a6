"""Choosing a user or an item. The address holds its id; the select only shows and changes it.

Streamlit writes a select's label into the address, and a user's label changes with the data, so the id is written
here by hand. Typed text that is not an option is looked up among names and ids.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from pages.components import address, panels
from pages.components.keys import Key
from pages.components.markdown import escaped
from services.library.people import People
from services.library.search import ItemSearch
from services.personalize import campaigns
from services.personalize.campaigns import Campaign

MAX_USER_OPTIONS = 300
"""How many users the select offers; the search finds the others."""
MAX_ITEM_OPTIONS = 2000
"""The same for items, whose labels cost less."""
MAX_NEAREST = 2
"""How many of the nearest are named in a label."""
NOTHING = "-"
"""The address's value where an optional choice was emptied on purpose."""
INSTEAD = "\0instead"
"""The option that stands for who is shown instead of a user; no id has such a sign."""


@dataclass(frozen=True)
class Instead:
    """Somebody who is in no data, shown in place of the chosen user."""

    label: str
    leave: Callable[[], None]
    """What another choice does first."""


def chosen_person(people: People) -> str | None:
    """Return what person() will return, before it is drawn."""
    return st.query_params.get(Key.USER) or st.session_state.get(Key.USER) or _first(people)


def person(people: People, instead: Instead | None = None) -> str | None:
    """Draw the select with its dice and return the chosen user's id; the select names who is shown instead."""
    chosen = chosen_person(people)
    if chosen is None:
        return None
    choose(Key.USER, chosen)
    typed, hits = _typed(people, Key.USER)
    st.session_state[Key.USER_PICK] = chosen if instead is None else INSTEAD
    select, dice = st.columns([6, 1], vertical_alignment="bottom")
    select.selectbox(
        escaped(typed or f"Person · search {people.n_users:,} by name or id"),
        list(dict.fromkeys([*([INSTEAD] if instead else []), *hits, *people.suggested(MAX_USER_OPTIONS), chosen])),
        key=Key.USER_PICK,
        format_func=lambda user_id: instead.label if instead and user_id == INSTEAD else _label(people, user_id),
        accept_new_options=True,
        on_change=_picked,
        args=(people, instead),
    )
    panels.icon_button(
        "Somebody else",
        ":material/casino:",
        place=dice,
        key=Key.DICE,
        on_click=_roll,
        args=(people, instead),
        width="stretch",
    )
    return chosen


def campaign(available: Sequence[Campaign], key: str) -> Campaign:
    """Draw the select of a screen's campaigns and return the chosen one; the first where none is chosen yet."""
    named = campaigns.called(available)
    address.check_choice(key, named)
    chosen = chosen_campaign(available, key)
    st.session_state.pop(key, None)
    st.session_state[f"{key}_pick"] = chosen.name
    if st.query_params.get(key) != chosen.name:
        st.query_params[key] = chosen.name
    label = "Served by" if any(entry.use_case for entry in available) else "Campaign"
    st.selectbox(label, list(named), key=f"{key}_pick", format_func=named.__getitem__)
    return chosen


def chosen_campaign(available: Sequence[Campaign], key: str) -> Campaign:
    """Return what campaign() will return, before it is drawn: what a link carries here, was picked, or is addressed."""
    given = (st.session_state.get(key), st.session_state.get(f"{key}_pick"), st.query_params.get(key))
    by_name = {entry.name: entry for entry in available}
    return next((by_name[name] for name in given if name in by_name), available[0])


def several_campaigns(
    label: str, available: Sequence[Campaign], key: str, most: int, first: Sequence[str] = ()
) -> list[Campaign]:
    """Draw a select of up to `most` campaigns and return the chosen ones; first are chosen until others are."""
    named = campaigns.called(available)
    address.check_choice(key, named)
    pick = f"{key}_pick"
    emptied = st.session_state.get(pick) == []
    given = st.session_state.get(pick) or st.query_params.get_all(key)
    chosen = [] if emptied else [name for name in given if name in named][:most] or list(first)
    st.session_state[pick] = chosen
    if st.query_params.get_all(key) != chosen:
        st.query_params[key] = chosen
    st.multiselect(
        label,
        list(named),
        key=pick,
        format_func=named.__getitem__,
        max_selections=most,
    )
    return [entry for name in chosen for entry in available if entry.name == name]


def other_person(people: People, key: str, label: str, first: str | None = None) -> str | None:
    """Draw a select for one more user, which may be empty; return the id, None for no user.

    key is the address's parameter; first is chosen while the address names no user.
    """
    given = st.query_params.get(key) or st.session_state.get(key) or first
    chosen = None if given in (None, NOTHING) else str(given)
    choose(key, chosen)
    typed, hits = _typed(people, key)
    st.session_state[f"{key}_pick"] = chosen
    st.selectbox(
        escaped(typed or label),
        list(dict.fromkeys([*hits, *people.suggested(MAX_USER_OPTIONS), *([chosen] if chosen else [])])),
        index=None,
        key=f"{key}_pick",
        format_func=lambda user_id: _label(people, user_id),
        accept_new_options=True,
        placeholder="Nobody",
        on_change=_picked_other,
        args=(people, key),
    )
    return chosen


def choose(key: str, chosen: str | None) -> None:
    """Make this the choice of a picker, in the session and in the address; None empties it.

    What was typed to find another choice is forgotten.
    """
    value = chosen or NOTHING
    if st.session_state.get(key) not in (None, value):
        for typed in (Key.ITEM_TYPED, Key.PERSON_TYPED):
            st.session_state.pop(f"{typed}_{key}", None)
    st.session_state[key] = value
    if st.query_params.get(key) != value:
        st.query_params[key] = value


def _picked_other(people: People, key: str) -> None:
    typed = st.session_state.get(f"{key}_pick")
    choose(key, found(people, typed) if typed else None)
    _remember(people, key, typed)


def _typed(people: People, key: str) -> tuple[str, list[str]]:
    """Return the label and options for the text typed last; "" and [] where a user was chosen."""
    typed = str(st.session_state.get(f"{Key.PERSON_TYPED}_{key}", ""))
    hits = people.find(typed, MAX_USER_OPTIONS) if typed else []
    if typed and not hits and (near := people.nearest(typed, MAX_USER_OPTIONS)):
        return nearest_words(typed, [people.short(user_id) for user_id in near], who="Nobody"), near
    if len(hits) < 2:
        return "", hits
    n_hits = f"{len(hits)}" if len(hits) < MAX_USER_OPTIONS else f"the first {len(hits)}"
    return f'{n_hits} found for "{typed}"', hits


def _remember(people: People, key: str, typed: object) -> None:
    """Keep typed text, so that its other hits are offered; a user chosen from the list was not typed."""
    text = str(typed or "")
    st.session_state[f"{Key.PERSON_TYPED}_{key}"] = "" if text in people else text


def _first(people: People) -> str | None:
    hits = people.search("", limit=1)
    if len(hits) and bool(hits["persona"].iloc[0]):
        return str(hits["user_id"].iloc[0])
    return people.median_user()


def _label(people: People, user_id: str) -> str:
    """Return the name first, so that a narrow select cuts what follows it."""
    label = people.label(user_id)
    _, *rest = label.split(" · ")
    named = " · ".join([people.short(user_id), *rest]) if people.name(user_id) else label
    return named if user_id in named else f"{named} · {user_id}"


def found(people: People, typed: str) -> str:
    """Return the id for typed text: an exact id, else the first hit of the search, else the text itself."""
    if typed in people:
        return typed
    hits = people.find(typed, limit=1) or people.nearest(typed, limit=1)
    return hits[0] if hits else typed


def nearest_words(typed: str, near: Sequence[str], who: str = "Nothing") -> str:
    """Return the label over what is nearest to a text that nothing, or nobody, is called."""
    more = f" and {len(near) - MAX_NEAREST} more" if len(near) > MAX_NEAREST else ""
    return f'{who} is called "{typed}"; nearest: {", ".join(near[:MAX_NEAREST])}{more}'


def _picked(people: People, instead: Instead | None) -> None:
    typed = st.session_state.get(Key.USER_PICK)
    if typed and typed != INSTEAD:
        _leave(instead)
        choose(Key.USER, found(people, typed))
        _remember(people, Key.USER, typed)


def _leave(instead: Instead | None) -> None:
    if instead is not None:
        instead.leave()


def _roll(people: People, instead: Instead | None) -> None:
    user_id = people.random(seed=time.time_ns() % 2**32)
    if user_id is not None:
        _leave(instead)
        choose(Key.USER, user_id)


def item(
    search: ItemSearch, key: str, label: str, first: str | None = None, *, optional: bool = False, reset: str = ""
) -> str | None:
    """Draw a select of items with its search by title, year, id and people; return the chosen id, None for none.

    key is the address's parameter. first is chosen while the address names nothing; an optional select can be emptied.
    A choice also empties the parameter `reset`.
    """
    given = st.query_params.get(key) or st.session_state.get(key) or first
    chosen = None if given in (None, NOTHING) else str(given)
    choose(key, chosen)
    typed = str(st.session_state.get(f"{Key.ITEM_TYPED}_{key}", ""))
    hits = search.find(typed) if typed else []
    found_label = f'{label} · {len(hits)} found for "{typed}"' if len(hits) > 1 else label
    if typed and not hits and (near := search.nearest(typed)):
        hits, found_label = near, nearest_words(typed, [search.label(item_id) for item_id in near])
    options = list(dict.fromkeys([*hits, *search.most_watched(MAX_ITEM_OPTIONS), *([chosen] if chosen else [])]))
    st.session_state[f"{key}_pick"] = chosen
    st.selectbox(
        escaped(found_label),
        options,
        index=None,
        key=f"{key}_pick",
        format_func=search.label,
        accept_new_options=True,
        placeholder="Title, person or id" if optional else "Choose",
        on_change=_picked_item,
        args=(search, key, optional, reset),
    )
    return chosen


def found_item(search: ItemSearch, typed: str) -> str:
    """Return the id for typed text: an exact id, else the first hit of the search, else the text itself."""
    if typed in search:
        return typed
    hits = search.find(typed, limit=1) or search.nearest(typed, limit=1)
    return hits[0] if hits else typed.strip()


def _picked_item(search: ItemSearch, key: str, optional: bool, reset: str) -> None:
    typed = st.session_state.get(f"{key}_pick")
    if not typed and not optional:
        return
    choose(key, found_item(search, typed) if typed else None)
    st.session_state[f"{Key.ITEM_TYPED}_{key}"] = "" if not typed or typed in search else typed
    if reset:
        st.query_params.pop(reset, None)
