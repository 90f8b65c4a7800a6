"""The clicks of this storefront: in the address as USER~ITEM, oldest first, and sent to a copy of the user.

The user's own record is not changed: the copy gets the past and the clicks by PutEvents, as on Live events.
"""

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.components import address, answers
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.filters.request import ChosenFilter
from services.language.phrases import listed
from services.library.catalog import Catalog
from services.library.store import LoadedData
from services.personalize.campaigns import Campaign
from services.sandbox import script
from services.sandbox.replay import Replay
from services.sandbox.states import Plan
from services.screens.storefront.shop import N_PLACES

MAX_CLICKS = 20
SEPARATOR = "~"
PATIENCE_S = 20.0


def of(user_id: str) -> tuple[str, ...]:
    """Return the items that a user's copy clicked, oldest first."""
    before = f"{user_id}{SEPARATOR}"
    return tuple(text.removeprefix(before) for text in every() if text.startswith(before))


def every() -> list[str]:
    """Return all clicks of the address, or those of this session after a click on the menu."""
    given = st.query_params.get_all(Key.STORE_CLICKED) or list(st.session_state.get(Key.STORE_CLICKED, []))
    return given[:MAX_CLICKS]


def was_last(user_id: str) -> bool:
    """Return whether the last click was this user's."""
    clicked = every()
    return bool(clicked) and clicked[-1].startswith(f"{user_id}{SEPARATOR}")


def add(user_id: str, item_id: str) -> None:
    """Add a click from the next run on."""
    address.act()
    keep([*every(), f"{user_id}{SEPARATOR}{item_id}"][-MAX_CLICKS:])


def keep(clicked: Sequence[str]) -> None:
    """Write the clicks into the session and the address."""
    st.session_state[Key.STORE_CLICKED] = list(clicked)
    if clicked:
        st.query_params[Key.STORE_CLICKED] = list(clicked)
    else:
        st.query_params.pop(Key.STORE_CLICKED, None)


def replay(
    group: str,
    campaign: Campaign,
    data: LoadedData,
    user_id: str,
    clicked: Sequence[str],
    chosen_filter: ChosenFilter | None,
) -> Replay:
    """Return the copy that got these clicks, finished, or stopped by an error that it holds."""
    before = script.past(data, user_id)
    events = script.by_hand(clicked, before, data.event_type, data.last_timestamp)
    made = answers.replay(Plan(group, campaign, before, events, n_places=N_PLACES, filter=chosen_filter))
    made.start()
    made.wait(len(events), PATIENCE_S)
    return made


def buttons(catalog: Catalog, names: Mapping[str, str]) -> None:
    """Draw what was clicked, and the buttons that take it back; nothing before the first click."""
    keep(every())
    said = []
    for user_id, who in names.items():
        titles = [catalog.title(item_id) for item_id in of(user_id)]
        said += [f"{who}'s copy clicked {listed(titles[-3:])}"] if titles else []
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    if not said:  # the line's place stays: else the rows below would be drawn anew, and the focus in them lost
        return
    with line:
        st.caption(escaped(f"{'; '.join(said)}."), width="content")
        st.button("Undo", key=Widget.STORE_UNDO, type="tertiary", icon=":material/undo:", on_click=_undo)
        st.button("Start over", key=Widget.STORE_RESET, type="tertiary", on_click=keep, args=([],))


def _undo() -> None:
    keep(every()[:-1])
