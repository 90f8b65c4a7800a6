"""Live events: which list led to which event, and what a metric attribution counts."""

import streamlit as st

from pages.components import changing, panels, presenting, process
from pages.components.keys import Widget
from pages.components.live_events.controls import Chosen
from pages.components.live_events.view import ReplayView
from pages.components.markdown import escaped
from services.errors import ServiceError
from services.library.columns import EVENT_TYPE
from services.money.sentences import before_counting
from services.screens.live_events import attribution

HELP = "Counts, for each type of event, which campaign's list it came from: a metric attribution of Amazon Personalize."
ONLY_REAL = "Events of copies are removed again and do not count; those sent in somebody's own name do."


def draw(view: ReplayView) -> None:
    """Draw the events with the list that led to each, and the counts of the data set group."""
    if presenting.presenting() or not view.step:
        return
    chosen, states = view.chosen, view.states[: view.step + 1]
    st.markdown("**Which list led to which event**")
    st.caption(escaped(attribution.sentence(states, chosen.opened.data.words.noun)))
    frame = attribution.led(states, chosen.opened.catalog, chosen.campaign.name)
    panels.table(
        frame.rename(columns={"item": chosen.opened.data.words.noun}),
        key=Widget.LIVE_LED,
        alt=f"{len(frame)} events, newest first, each with the list that led to it.",
        height="content" if len(frame) <= 8 else 252,
    )
    if chosen.opened.data.values(EVENT_TYPE):
        _counts(chosen)


def _counts(chosen: Chosen) -> None:
    """Draw what is counted, or offer to begin."""
    backend, group = process.backend(), chosen.group
    if attribution.attribution_arn(backend, group) is None:
        changing.costs(before_counting(backend))
        changing.button(
            "Count it from now on",
            type="tertiary",
            icon=":material/add_chart:",
            key=Widget.LIVE_COUNT,
            help=HELP,
            on_click=_begin,
            args=(chosen,),
        )
        return
    found = attribution.counted(backend, group)
    if found is None:
        st.caption("The counts of its metric attribution are in CloudWatch.")
    elif found.empty:
        st.caption(f"Nothing was counted yet. {ONLY_REAL}")
    else:
        panels.table(found, key=Widget.LIVE_COUNTS, alt="Events by metric and list.", height="content")
        st.caption(ONLY_REAL)


def _begin(chosen: Chosen) -> None:
    try:
        attribution.begin(process.backend(), chosen.group, chosen.opened.data)
    except ServiceError as error:
        st.toast(escaped(str(error)), icon=":material/error:")
    else:
        st.toast("Lists are kept from now on, and events name the one that led to them.")
