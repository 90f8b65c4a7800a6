"""Live events: the head, the row of figures and the table of every step."""

import streamlit as st

from pages.components import panels, presenting
from pages.components.charts import theme
from pages.components.keys import Widget
from pages.components.live_events.controls import BY_HAND, REPLAY, Chosen
from pages.components.live_events.view import NAME, ReplayView
from services.language.phrases import cut
from services.sandbox.states import LENGTH
from services.screens.live_events.figures import changed, matrix, nearest, table_steps

MAX_COLUMNS = 30
"""Steps of the table on the screen."""


def head(chosen: Chosen, sentence: str, source: str = "") -> None:
    """Draw the head above the controls."""
    with chosen.headline:
        panels.head("Live events", sentence, source or chosen.group)


def figures(view: ReplayView) -> None:
    """Draw the row of figures."""
    chosen, states, step = view.chosen, view.states, view.step
    now = states[step]
    sent = "Events sent" if view.replay.sends else "Events, not sent"
    kpis = [panels.Kpi(sent, f"{step} of {view.n_requested}" if chosen.mode == REPLAY else f"{step}")]
    if chosen.mode == REPLAY:
        value = view.shared[step]
        kpis.append(
            panels.Kpi(
                f"Shared with {cut(view.target_name, NAME)}",
                f"{value} of {LENGTH}",
                f"{value - view.shared[0]:+d}" if step else None,
                "since the start" if step else None,
            )
        )
    else:
        new = len(set(now.answer.ids) - set(states[0].answer.ids))
        kpis.append(
            panels.Kpi("New in the list", f"{new} of {LENGTH}", help="Items that were not in the list at the start.")
        )
    kpis.append(
        panels.Kpi(
            "Changed places",
            f"{changed(states, step)}",
            help="Places that have another item than before the last event.",
        )
    )
    if view.sample is not None:
        skip = [chosen.copied] if chosen.mode == BY_HAND and chosen.copied else []
        near = nearest(now.answer.ids, view.sample, skip)
        if near is not None:
            who = cut(chosen.opened.people.short(near[0]), NAME)
            about = (
                f"The person whose list shares most with this one, among {len(view.sample.user_ids):,} sampled people."
            )
            kpis.append(panels.Kpi("Most alike now", who, below=f"{near[1]} of {LENGTH} shared", help=about))
    took = None if now.put is None else f"sending: {now.put.milliseconds:.0f} ms"
    kpis.append(panels.Kpi("Answer time", f"{now.answer.call.milliseconds:.0f} ms", below=took))
    panels.kpi_row(kpis)


def table(view: ReplayView) -> None:
    """Draw the ranks of every item at every step."""
    if presenting.presenting():
        return
    few = view.n_requested <= MAX_COLUMNS
    numbers = None if few else table_steps(view.n_requested, view.step)
    st.markdown("**Every step**" if few else "**Steps** · the download has all of them")
    frame = matrix(view.replay, view.chosen.opened.catalog, view.target, numbers)
    panels.table(
        frame.drop(columns="item_id"),
        key=Widget.LIVE_TABLE,
        height=theme.SMALL_HEIGHT,
        alt=f"Rank of {len(frame)} items at each of {len(view.states)} steps.",
    )
