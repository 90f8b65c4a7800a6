"""Reasons on Recommendations: the selection in each of the two tables, and what the other one shows for it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import streamlit as st

from pages.components.keys import Key
from pages.components.recommendations import asking
from pages.components.recommendations.asking import ShownList
from pages.components.recommendations.controls import Chosen
from services.backend import HistoryEvent
from services.library.columns import ITEM_ID
from services.lists.reasons import Reason
from services.screens.recommendations.view import ListView

N_SHOWN = 30
"""Rows of the history that are shown."""


@dataclass(frozen=True)
class ReasonsView:
    """The reasons of a list, and what is selected in it and in the history beside it."""

    reasons: Mapping[str, Reason]
    known: Sequence[HistoryEvent] = ()
    """The events that the model looks at, oldest first."""
    note: str = ""
    """Where the reasons come from, or why there are none."""
    item_id: str | None = None
    """Selected in the list."""
    past_id: str | None = None
    """Selected in the history, where the model knows it."""
    past_unknown: bool = False
    """Whether the item selected in the history is unknown to the model, or already left out."""
    list_key: str = ""
    history_key: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    """Movement marks where the list is a supposed one."""

    @property
    def reason(self) -> Reason | None:
        """The reason of the selected item."""
        return self.reasons.get(self.item_id or "")

    def bars(self, past: Sequence[str]) -> list[float | None] | None:
        """Return for each item of the history the places that the selected one loses without it, None for none.

        None instead of a list where nothing is selected.
        """
        if self.reason is None or not self.reason.places:
            return None
        lost = [self.reason.places.get(item_id, 0) for item_id in past]
        return [float(places) if places > 0 else None for places in lost]

    def places_owed(self, item_ids: Sequence[str]) -> list[str] | None:
        """Return for each item the places that it owes to the selected row: "+7", "-2" where that speaks against it."""
        if self.past_id is None:
            return None
        name = self.past_id
        lost = [(reason.places or {}).get(name, 0) if (reason := self.reasons.get(i)) else 0 for i in item_ids]
        return [f"{places:+d}" if places else "" for places in lost]


def reasons_view(chosen: Chosen, shown: ShownList, view: ListView, history: pd.DataFrame) -> ReasonsView:
    """Ask for the reasons of the list and read what is selected."""
    reasons, note = asking.reasons_of(chosen, shown)
    ids = [str(item_id) for item_id in view.frame["item_id"]]
    owner = f"{chosen.group} {chosen.user_id} {chosen.campaign.arn}"
    past = [str(item_id) for item_id in history[ITEM_ID].drop_duplicates().head(N_SHOWN)]
    list_key, history_key = table_key(Key.LIST_TABLE, ids, owner), table_key(Key.HISTORY_TABLE, past, owner)
    row, past_row = selected_row(list_key, len(ids)), selected_row(history_key, len(past))
    past_id = None if past_row is None else past[past_row]
    known = past_id not in shown.removed and any(event.item_id == past_id for event in shown.known)
    return ReasonsView(
        reasons=reasons,
        known=shown.known,
        note=note,
        item_id=None if row is None else ids[row],
        past_id=past_id if known else None,
        past_unknown=past_id is not None and not known,
        list_key=list_key,
        history_key=history_key,
        marks=shown.marks,
    )


def table_key(prefix: str, ids: Sequence[str], owner: str) -> str:
    """Return the key of a table whose selection must not outlive its rows."""
    return f"{prefix}_{hashlib.sha1('|'.join([owner, *ids]).encode()).hexdigest()[:12]}"


def selected_row(key: str, n_rows: int) -> int | None:
    """Return the row of the selected cell of a table, None without a selection."""
    state = st.session_state.get(key)
    cells = [] if state is None else state["selection"].get("cells", [])
    return int(cells[0][0]) if cells and int(cells[0][0]) < n_rows else None
