"""Editing the rows of the storefront: a table whose changes are in the address until they are saved."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from pages.components import changing, panels, process
from pages.components.keys import Key, Widget
from services.screens.storefront import rows as storefront_rows
from services.screens.storefront.rows import KINDS, MAX_CAUSES, MAX_ITEMS, MAX_TITLE, Row

AS_CHOSEN = "as chosen"
"""For the campaign that the screen's control chooses; no campaign's name has a space."""


def popover(group: str, rows: Sequence[Row], sources: Mapping[str, str], *, changed: bool) -> None:
    """Draw the table in a popover; its rows are in the address from the next run on.

    sources are names of campaigns, uploaded lists and segments, with what people read for each.
    """
    with st.popover("Rows", icon=":material/view_agenda:", width="stretch"):
        st.caption(
            "One line a row, in this order. {who} stands for the name; {item}, {maker}, {segment} and {past} for words."
        )
        column = st.column_config
        records = pd.DataFrame(storefront_rows.to_records(rows)).replace({"campaign": {"": AS_CHOSEN}})
        edited = st.data_editor(
            records,
            key=Widget.STORE_EDIT,
            hide_index=True,
            num_rows="dynamic",
            column_config={
                "show": column.SelectboxColumn("Shows", options=KINDS, required=True),
                "title": column.TextColumn("Title", max_chars=MAX_TITLE),
                "items": column.NumberColumn("Items", min_value=1, max_value=MAX_ITEMS, step=1, default=12),
                "rows": column.NumberColumn("Causes", min_value=1, max_value=MAX_CAUSES, step=1, default=1),
                "campaign": column.SelectboxColumn(
                    "Campaign or segment",
                    options=[AS_CHOSEN, *sources],
                    default=AS_CHOSEN,
                    format_func=lambda name: sources.get(str(name), str(name)),
                ),
            },
        )
        after = storefront_rows.from_records(edited.replace({"campaign": {AS_CHOSEN: ""}}).to_dict("records"))
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Show", key=Widget.STORE_SHOW, disabled=not after or after == tuple(rows), on_click=_show, args=(after,)
            )
            changing.button(
                "Save", key=Widget.STORE_SAVE, type="primary", disabled=not after, on_click=_save, args=(group, after)
            )
            st.button("Drop changes", key=Widget.STORE_DROP, disabled=not changed, on_click=_show, args=((),))


def _show(rows: Sequence[Row]) -> None:
    """Put rows into the address; the table begins anew with them."""
    st.session_state.pop(Widget.STORE_EDIT, None)
    if rows:
        st.query_params[Key.STORE_ROWS] = storefront_rows.to_address(rows)
    else:
        st.query_params.pop(Key.STORE_ROWS, None)


def _save(group: str, rows: Sequence[Row]) -> None:
    with panels.toast_errors():
        storefront_rows.write(process.backend().home, group, rows)
        _show(())
