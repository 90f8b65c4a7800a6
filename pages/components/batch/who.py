"""Who is it for: an item or a taste, and the people who will most probably want it."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from pages.components import changing, navigation, panels, process
from pages.components.batch.state import BatchState
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.errors import ServiceError
from services.money.sentences import before_segments
from services.personalize.batch_versions import PEOPLE
from services.screens.batch import input, segment_jobs, sentences
from services.screens.batch.segment_jobs import SegmentVersion

MAX_ITEMS = 300
"""Items to choose from, the most popular ones."""
DEFAULT_PEOPLE, MAX_PEOPLE = 25, 10_000


def draw(state: BatchState) -> None:
    """Draw the question and, once it was asked, its answer; a link to Training where nothing can answer."""
    if state.opened is None:
        return
    st.subheader("Who is it for?", anchor=False)
    versions = segment_jobs.versions(process.backend(), state.group)
    if not versions:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(sentences.NOBODY_ANSWERS_WHO)
            navigation.link("training", "Train")
        return
    _question(state, versions)
    arn = st.session_state.get(Key.BATCH_WHO_JOB)
    if arn is not None:
        _answer(state, str(arn))


def _question(state: BatchState, versions: list[SegmentVersion]) -> None:
    opened = state.opened
    assert opened is not None
    named = {sentences.who_kind(version.by_taste, state.words): version for version in versions}
    which, what, most, ask = st.columns([4, 8, 4, 4], vertical_alignment="bottom")
    with which:
        kind = st.selectbox("For", list(named), key=Widget.BATCH_WHO_KIND)
    version = named[kind]
    roles = opened.data.roles
    if version.by_taste:
        options = [name for name in state.ranked_lists(1) if name != input.MOST_POPULAR]
    else:
        options = list(opened.catalog.most_popular(MAX_ITEMS))
    label: Callable[[str], str] = str if version.by_taste else opened.catalog.label
    with what:
        chosen = st.selectbox("What", options, format_func=label, key=f"{Widget.BATCH_WHO_WHAT}_{version.by_taste}")
    with most:
        n_people = int(st.number_input("People", 1, MAX_PEOPLE, DEFAULT_PEOPLE, key=Widget.BATCH_WHO_MOST))
    pressed = changing.button("Ask", place=ask, icon=":material/group:", key=Widget.BATCH_WHO_ASK, width="stretch")
    changing.costs(before_segments(process.backend()))
    if not pressed or chosen is None:
        return
    question = (
        segment_jobs.taste_question(roles.categories[0], chosen)
        if version.by_taste and roles.categories
        else segment_jobs.item_question(chosen)
    )
    try:
        arn = segment_jobs.start(process.backend(), state.group, version.arn, question, n_people)
    except ServiceError as error:
        with panels.failed(str(error), title="The question was not asked", key=Widget.BATCH_WHO_REFUSED):
            return
    st.session_state[Key.BATCH_WHO_JOB] = arn
    st.session_state[Key.BATCH_WHO_ASKED] = label(chosen)


def _answer(state: BatchState, arn: str) -> None:
    asked = str(st.session_state.get(Key.BATCH_WHO_ASKED, ""))

    def body() -> bool:
        job = segment_jobs.job(process.backend(), arn)
        if job.running:
            st.caption(escaped(sentences.asking_who(asked)))
            return True
        if not job.done:
            with panels.failed(job.failure_reason or "No reason was given.", title=f"{asked}: nobody was found"):
                pass
            return False
        people = segment_jobs.people(process.backend(), job)
        st.markdown(f"**{escaped(sentences.found_who(asked, len(people)))}**")
        labels = [state.names.label(PEOPLE, user_id) for user_id in people]
        rows = pd.DataFrame({"#": range(1, len(people) + 1), "person": labels})
        narrow = {"#": st.column_config.NumberColumn("#", width=40)}
        st.dataframe(rows, hide_index=True, key=Widget.BATCH_WHO_PEOPLE, column_config=narrow)
        return False

    running = segment_jobs.job(process.backend(), arn).running
    panels.auto_refresh(running, body, key=Widget.BATCH_WHO_LIVE, seconds=1.0)
