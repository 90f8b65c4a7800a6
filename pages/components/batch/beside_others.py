"""A batch job's lists beside those of other recommenders, and the button that lets Evaluation measure them."""

import streamlit as st

from pages.components import changing, navigation, panels, process
from pages.components.batch.state import BatchState
from pages.components.keys import Widget
from pages.components.markdown import escaped
from services.other_lists import kept
from services.personalize.batch_versions import PEOPLE
from services.screens.batch import beside
from services.screens.batch.results import Lists


def draw(state: BatchState, lists: Lists) -> None:
    """Draw what the job and each other recommender show the same people."""
    job, opened = state.shown, state.opened
    if state.kind != PEOPLE or job is None or opened is None:
        st.caption("Lists of other recommenders are for people, and this job's are not, or its data is not here.")
        return
    home = process.backend().home
    others = [one for one in kept.kept(home, state.group) if one.name != job.name]
    if others:
        frame = beside.beside(lists, others, opened.catalog)
        for row in frame.to_dict("records"):
            st.markdown(f"**{escaped(beside.sentence({str(name): cell for name, cell in row.items()}, state.words))}**")
        number = st.column_config.NumberColumn
        panels.table(
            frame,
            alt=f"{len(frame)} recommenders beside the lists of {job.name}.",
            key=Widget.BATCH_BESIDE,
            height="content",
            column_config={
                "lists": st.column_config.TextColumn("Lists of", width=150),
                "people": number("People in both", width=90),
                "shared": number("Shared", format="percent", width=70),
                "same_first": number("Same first", format="percent", width=80),
                "different": number(f"Different {state.words.nouns}", width=100),
                "of_job": number("Of this job", width=80),
                "most": st.column_config.TextColumn("Most frequent", width=160),
                "most_share": number("In lists", format="percent", width=70),
            },
        )
    else:
        st.caption("No lists of other recommenders yet: upload them on Evaluation, or keep other jobs' lists.")
    with st.container(horizontal=True):
        changing.button(
            "Keep these for comparing",
            icon=":material/playlist_add:",
            key=Widget.BATCH_KEEP,
            help="Evaluation then measures them, and Compare and Storefront show them.",
            on_click=_keep,
            args=(state,),
        )
        navigation.link("evaluation", "Evaluation")


def _keep(state: BatchState) -> None:
    if state.shown is None or state.opened is None:
        return
    with panels.toast_errors(OSError):
        opened = state.opened
        beside.keep(process.backend(), state.group, state.shown, opened.people.ids(), list(opened.catalog.ids))
        st.toast(escaped(f"The lists of {state.shown.name} are kept."))
