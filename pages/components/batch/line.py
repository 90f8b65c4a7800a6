"""One whole list of a batch job in a dialog, beside its user's history."""

import pandas as pd
import streamlit as st

from pages.components import navigation, panels, process, tiles
from pages.components.batch.state import BatchState
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.library import evenings
from services.personalize.batch_versions import ITEMS, LISTS
from services.screens.batch import results, views
from services.screens.batch.results import Lists

HEIGHT = 460
ROW = 36


def open_from_address(state: BatchState, lists: Lists) -> None:
    """Open the dialog of the line in the address, if the job has one."""
    key = st.query_params.get(Key.BATCH_LINE)
    rows = lists.rows_of([key]) if key else []
    if rows and key is not None:
        title = state.names.label(state.kind, key)
        st.dialog(escaped(title), width="large", on_dismiss=close)(_body)(state, lists, rows[0])


def close() -> None:
    """Remove the open line from the address and the table's selection."""
    st.query_params.pop(Key.BATCH_LINE, None)
    st.session_state[Key.BATCH_SHOWN] = st.session_state.get(Key.BATCH_SHOWN, 0) + 1


def _body(state: BatchState, lists: Lists, row: int) -> None:
    key = lists.keys[row]
    with panels.guard(key):
        line = results.read_lines(process.backend(), lists, [row])["output"].iloc[0]
        whole = views.whole_frame(line, state.names.catalog)
        beside, listed = st.columns([5, 7], gap="medium")
        with beside:
            if state.kind == ITEMS:
                _item(state, key)
            else:
                _history(state, key)
        with listed:
            _whole(state, whole, state.names.short(state.kind, key))


def _item(state: BatchState, item_id: str) -> None:
    frame = state.names.catalog.frame([item_id]).iloc[0]
    st.markdown(f"**{escaped(frame['label'])}**")
    st.image(tiles.pictures(pd.DataFrame([frame]), large=True)[0], width=110)
    about = f"{frame['n_people']:,} people · {', '.join(frame['categories'])}"
    st.caption(escaped(about.strip(" ·")))


def _history(state: BatchState, user_id: str) -> None:
    opened = state.opened
    events = opened.data.history(user_id) if opened is not None else pd.DataFrame()
    st.markdown(f"**History** · {len(events):,} events")
    if opened is None or events.empty:
        st.caption(escaped(f"The loaded data has no event of {user_id}."))
        return
    frame = evenings.history_frame(events, opened.catalog, opened.data.words)
    frame.insert(0, "picture", tiles.pictures(frame))
    panels.table(
        frame[["picture", "label", "events"]],
        alt=f"The latest {len(frame)} in the history of {state.names.short(state.kind, user_id)}, newest first.",
        key=Widget.BATCH_HISTORY,
        height=HEIGHT,
        row_height=ROW,
        column_config={
            "picture": st.column_config.ImageColumn("", width=34),
            "label": st.column_config.TextColumn("Title", width=150),
            "events": st.column_config.ListColumn("Events", width=96),
        },
    )
    navigation.link("recommendations", "Open in Recommendations", **{Key.USER: user_id})


def _whole(state: BatchState, whole: pd.DataFrame, who: str) -> None:
    ranked = state.kind == LISTS
    st.markdown(f"**{'Ranked' if ranked else 'Recommended'}** · {len(whole)} {escaped(state.words.nouns)}")
    frame = whole.assign(picture=tiles.pictures(whole))
    frame["categories"] = frame["categories"].map(lambda names: list(names)[:3])
    columns = ["rank", "picture", "label", "score", "categories"]
    if ranked:
        frame["move"] = views.moved(whole)
        columns.insert(1, "move")
    if frame["score"].isna().all():
        columns.remove("score")
    panels.table(
        frame[columns],
        alt=f"The whole list for {who}: first {', '.join(whole['label'].head(3))}.",
        key=Widget.BATCH_WHOLE,
        height=HEIGHT,
        row_height=ROW,
        column_config={
            "rank": st.column_config.NumberColumn("#", width=28),
            "move": st.column_config.TextColumn("Move", width=54, help="Compared with the place in the given list."),
            "picture": st.column_config.ImageColumn("", width=34),
            "label": st.column_config.TextColumn("Title", width=170),
            "score": st.column_config.NumberColumn("Score", width=70, format="%.4f"),
            "categories": st.column_config.ListColumn("Categories", width=150),
        },
    )
