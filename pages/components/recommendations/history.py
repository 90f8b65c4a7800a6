"""The left of Recommendations: the taste strip over the whole history, and the latest items evening by evening."""

import pandas as pd
import streamlit as st

from pages.components import panels, tiles
from pages.components.charts import strip, theme
from pages.components.keys import Widget
from pages.components.markdown import escaped
from pages.components.recommendations import why
from pages.components.recommendations.asking import ShownList
from pages.components.recommendations.controls import Chosen
from pages.components.recommendations.reasons_view import N_SHOWN, ReasonsView
from services.language.phrases import capital, cut
from services.library import evenings
from services.library.columns import ITEM_ID
from services.lists import sentences as reason_sentences
from services.lists.reasons import THREE_DOTS
from services.screens.recommendations import sentences

GONE = "removed"
PICTURE_ROW = 36
HEAD = 40
"""Height of the line over history and list, so that nothing jumps when buttons come and go."""


def draw(events: pd.DataFrame, taste: tuple[str, ...], chosen: Chosen, shown: ShownList, view: ReasonsView) -> None:
    """Draw the taste strip and the latest items; with one of the list selected, the places that it owes to each."""
    opened, who = chosen.opened, chosen.who
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", height=HEAD, border=False
    ):
        size = sentences.head_words(events[ITEM_ID].nunique(), len(events), opened.data.words)
        about = f"**{escaped(cut(who, 20))}** · {escaped(size)}"
        if view.reason is not None:
            about = f"**{escaped(sentences.head_owed(cut(opened.catalog.title(view.reason.item_id), 20)))}**"
        st.markdown(about, width="content")
        with st.container(horizontal=True, width="content", gap="small"):
            why.buttons(chosen, view)
    if len(events) == 0:
        with panels.empty("No history yet."):
            st.caption(escaped(f"The data has no event of {who}."))
        return
    ticks = evenings.strip_frame(events, opened.catalog, taste)
    panels.show(
        strip.taste_strip(ticks, taste, evenings.OTHER),
        strip.strip_alt(ticks, taste, who, evenings.OTHER),
        key=Widget.STRIP,
    )
    frame = evenings.history_frame(events, opened.catalog, opened.data.words, limit=N_SHOWN)
    frame["events"] = [
        (GONE,) if i in shown.removed else e for i, e in zip(frame["item_id"], frame["events"], strict=True)
    ]
    session = reason_sentences.session_noun(opened.data.words)
    _table(frame, view.bars(frame["item_id"].tolist()), who, session, view.history_key)


def _table(frame: pd.DataFrame, bars: list[float | None] | None, who: str, session: str, key: str) -> None:
    """Draw the latest items; bars, where there are any, take the place of the events' marks."""
    if bars is None:
        last = st.column_config.ListColumn("Events")
    else:
        frame["events"] = bars
        last = st.column_config.ProgressColumn(
            "Places",
            width=96,
            format="%d",
            min_value=0,
            max_value=max([THREE_DOTS, *filter(None, bars)]),
            help="Places that the selected one loses without this row.",
        )
    frame.insert(1, "picture", tiles.pictures(frame))
    panels.table(
        frame[["evening", "picture", "label", "events"]],
        alt=sentences.history_alt(len(frame), who),
        key=key,
        height=theme.MAIN_HEIGHT - theme.STRIP_HEIGHT,
        row_height=PICTURE_ROW,
        on_select="rerun",
        selection_mode="single-cell",
        column_config={
            "evening": st.column_config.TextColumn(capital(session), width=118),
            "picture": st.column_config.ImageColumn("", width=34),
            "label": st.column_config.TextColumn("Title", width=112),
            "events": last,
        },
    )
