"""Live events, at the right: what was just sent, the list after it, and what left the list."""

import streamlit as st

from pages.components import panels, presenting, tiles
from pages.components.keys import Key, Widget
from pages.components.live_events.controls import REPLAY
from pages.components.live_events.view import ReplayView
from pages.components.markdown import escaped, quiet
from services.language.phrases import day, ordinal
from services.screens.live_events import figures, sentences
from services.screens.live_events.states import LENGTH

LIST_HEIGHT = 496
SHORT = 10
"""Places while presenting."""
MAX_LEFT_OUT = 6


def just_sent(view: ReplayView) -> None:
    """Draw what was sent with this step; at the start, whether the copy can be trusted."""
    entry = view.states[view.step]
    catalog, words = view.chosen.opened.catalog, view.chosen.opened.data.words
    with st.container(border=True, horizontal=True, gap="small", vertical_alignment="center"):
        if entry.event is None:
            user_columns = (
                bool(view.chosen.opened.data.schemas.get("Users")) and "hrnn-meta" in view.chosen.campaign.recipe
            )
            st.markdown(escaped(sentences.check_line(view.replay, view.who, user_columns=user_columns)))
            return
        picture = catalog.frame([entry.event.item_id])
        st.image(tiles.pictures(picture)[0], width=34)
        when = "" if entry.event.happened is None else f" by {view.sender} on {day(entry.event.happened)}"
        about = f"{words.past}{when}" if entry.event.happened is not None else f"{entry.event.event_type}, sent by hand"
        sent = "Just sent" if view.replay.sends else "Would be sent"
        text = f"**{sent}** · {escaped(catalog.label(entry.event.item_id))}  \n{quiet(escaped(about))}"
        st.markdown(text)
    if entry.unchanged_after_s is not None:
        st.caption(escaped(sentences.unchanged_line(entry.unchanged_after_s)))


def the_list(view: ReplayView) -> None:
    """Draw the list after this step; a click on a place draws its line in the picture."""
    catalog = view.chosen.opened.catalog
    length = SHORT if presenting.presenting() else LENGTH
    frame = figures.list_frame(view.states, view.step, view.target, catalog, length)
    badge = view.whose if view.chosen.mode == REPLAY else "new"
    ids = [str(item_id) for item_id in frame["item_id"]]
    frame["badge"] = [badge if theirs else "" for theirs in frame["theirs"]]
    frame["rank"] = range(1, len(frame) + 1)
    key = f"{Widget.LIVE_LIST}_{view.replay.user_id}_{view.step}"

    def pick() -> None:
        cells = st.session_state[key].selection.cells
        st.session_state[Key.LIVE_PICKED] = ids[cells[0][0]] if cells else None

    has_fit = bool(frame["fit"].notna().any())
    moved = view.step > 0
    columns = ["rank", *(["mark"] if moved else []), "label", *(["fit"] if has_fit else []), "badge"]
    panels.table(
        frame[columns],
        alt=f"{view.who}'s list after {view.step} events; first {', '.join(frame['label'].head(3))}.",
        key=key,
        height=LIST_HEIGHT if not presenting.presenting() else "content",
        on_select=pick,
        selection_mode="single-cell",
        column_config={
            "rank": st.column_config.NumberColumn("#", width=28),
            "mark": st.column_config.TextColumn("Move", width=50),
            "label": st.column_config.TextColumn("Title", width=184),
            "fit": st.column_config.ProgressColumn(
                "Fit", width=58, format="%.0f %%", min_value=0, max_value=100, help="Relative to the first place."
            ),
            "badge": st.column_config.TextColumn("In", width=56),
        },
    )


def left_out(view: ReplayView) -> None:
    """Draw what left the list with this step, and why."""
    gone = figures.left_out(view.states, view.step)
    if not gone:
        return
    catalog = view.chosen.opened.catalog
    left = [
        f"{escaped(catalog.title(item_id))} · {escaped(why)}" + (f", now {ordinal(rank)}" if rank is not None else "")
        for item_id, why, rank in gone[:MAX_LEFT_OUT]
    ]
    more = f" and {len(gone) - MAX_LEFT_OUT} more" if len(gone) > MAX_LEFT_OUT else ""
    st.caption("Left with this event: " + "; ".join(left) + more + ".")
