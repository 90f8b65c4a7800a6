"""Live events, at the right: what was just sent, the list after it, and what left the list."""

import streamlit as st

from pages.components import presenting, tiles
from pages.components.live_events import moving_list
from pages.components.live_events.controls import REPLAY
from pages.components.live_events.view import ReplayView
from pages.components.markdown import escaped, quiet
from services.language.phrases import day, ordinal
from services.sandbox.states import LENGTH
from services.screens.live_events import figures, sentences

LIST_HEIGHT = 496
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
            st.markdown(escaped(sentences.check_line(view.replay, view.who, words, user_columns=user_columns)))
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
    """Draw the list after this step; its rows come from where they were before it."""
    length = presenting.shown_rows(LENGTH)
    frame = figures.list_frame(view.states, view.step, view.target, view.chosen.opened.catalog, length)
    badge = view.whose if view.chosen.mode == REPLAY else "new"
    alt = f"{view.who}'s list after {view.step} events"
    with st.container(height=LIST_HEIGHT if not presenting.presenting() else "content", border=True):
        st.html(moving_list.rows_html(frame, badge, alt))


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
    st.caption("Left the list with this event: " + "; ".join(left) + more + ".")
