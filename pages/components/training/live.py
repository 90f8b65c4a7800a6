"""A running training: stages as a bar, the trials of a search, the learning curve against popularity, Stop."""

import streamlit as st

from pages.components import changing, panels, process
from pages.components.charts.curve import curve_alt, learning_curve
from pages.components.charts.training import stage_bar
from pages.components.keys import Widget
from pages.components.markdown import escaped
from pages.components.training import search
from services.backend import JobView
from services.language.phrases import in_seconds, percent
from services.personalize import training, versions
from services.personalize.states import Status
from services.personalize.versions import VersionView
from services.screens.training import sentences, tables

CURVE_HEIGHT = 240


def draw(version: VersionView) -> None:
    """Draw the running version; redraws itself until the training ends."""

    def body() -> bool:
        now = versions.version(process.backend(), version.arn)
        if now is None or not now.running:
            return False
        _progress(now)
        return True

    with st.container(border=True):
        panels.auto_refresh(True, body, key=Widget.TRAINING_LIVE)


def waiting(version: VersionView) -> None:
    """Draw one line for a version that waits for its turn."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{escaped(version.recipe_words)}** waits for its turn", width="stretch")
        _stop_button(version)


def _progress(version: VersionView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{escaped(version.recipe_words)}** · {sentences.VERSION_STATES[version.status]}", width="stretch"
        )
        _stop_button(version)
    if version.job is None:
        st.caption(
            "AWS shows only the state. A training there usually takes about 40 minutes. You may close this page."
        )
        return
    _stages(version.job)
    if version.job.trials and not version.job.curve:
        search.trials(version.job, version.search_trials, key=Widget.TRAINING_TRIALS)
    else:
        _curve(version.job, version.recipe_words)


def _stages(job: JobView) -> None:
    rows = tables.stage_rows(job)
    if rows.empty:
        st.progress(0.0, text="waiting for the worker")
        return
    left = "" if job.seconds_left is None else f", about {in_seconds(job.seconds_left)} left"
    words = f"{percent(job.fraction)} done{left}: {sentences.stage_words(job)}."
    panels.show(stage_bar(rows), alt=words, key=Widget.STAGE_BAR)


def _curve(job: JobView, recipe: str) -> None:
    points = tables.curve_rows(job)
    if points.empty:
        st.skeleton(CURVE_HEIGHT)
        return
    baseline = tables.curve_baseline(job)
    st.markdown(f"**{escaped(sentences.curve_title(job))}**")
    panels.show(
        learning_curve(points, baseline, CURVE_HEIGHT),
        alt=curve_alt(points, baseline, recipe),
        key=Widget.TRAINING_CURVE,
    )


def _stop_button(version: VersionView) -> None:
    changing.button(
        "Stop",
        icon=":material/stop_circle:",
        key=f"{Widget.STOP}_{version.arn}",
        disabled=version.status == Status.CREATE_STOPPING,
        on_click=_stop,
        args=(version.arn,),
    )


def _stop(version_arn: str) -> None:
    with panels.toast_errors():
        training.stop(process.backend(), version_arn)
