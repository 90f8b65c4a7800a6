"""Headline of the Training screen, live while something trains, and its empty and failed states."""

import time

import streamlit as st

from pages.components import navigation, panels, session
from pages.components.training.state import TrainingState
from services.language.phrases import age, counted, cut
from services.personalize import training
from services.personalize.training import VersionView
from services.screens.training import sentences


def draw(state: TrainingState) -> None:
    """Draw title, headline and source line."""
    if not state.running:
        panels.head("Training", _headline(state), _source(state))
        return
    arn = state.running[0].arn

    def body() -> bool:
        version = training.version(session.backend(), arn)
        sentence = sentences.running_headline(version) if version and version.running else "Just finished."
        panels.head("Training", sentence, _source(state))
        return version is not None and version.running

    panels.auto_refresh(True, body, key="training_head")


def no_data() -> None:
    """Say that there is nothing to train on, and where to get it."""
    with panels.empty(
        "There is nothing to train on yet.", detail="The film demo takes ten seconds.", key="training_empty"
    ):
        navigation.link("data", "Load data")


def failure(state: TrainingState) -> None:
    """Draw a card when the newest training failed: the reason, how far it got, and the ways out."""
    newest = state.versions[0] if state.versions else None
    if newest is None or not newest.failed:
        return
    reason = newest.failure_reason or "No reason was given."
    with (
        panels.failed(
            f"{reason} {sentences.how_far(newest)}",
            title=f"{newest.recipe_words} failed",
            detail="\n".join(newest.job.log) if newest.job is not None else None,
            key="training_failed",
        ),
        st.container(horizontal=True),
    ):
        st.button("Try again", type="primary", key="retry_newest", on_click=again, args=(newest, None))
        smaller = smaller_settings(state, newest)
        if smaller:
            words = ", ".join(f"{name} {value}" for name, value in smaller.items())
            st.button("Try again, smaller", key="retry_smaller", help=words, on_click=again, args=(newest, smaller))


def again(version: VersionView, hyperparameters: dict[str, str] | None) -> None:
    """Train a version again; a refusal is said in a toast."""
    try:
        training.retry(session.backend(), version.arn, hyperparameters)
    except training.TrainingError as error:
        st.toast(str(error), icon=":material/error:", duration="long")


def smaller_settings(state: TrainingState, version: VersionView) -> dict[str, str]:
    """Return the version's settings with the smallest hidden dimension, where the recipe has one and it is larger."""
    card = state.card(version.recipe)
    sizes = [parameter for parameter in card.parameters if parameter.name == "hidden_dimension"] if card else []
    if not sizes or sizes[0].low is None:
        return {}
    lowest = str(int(sizes[0].low))
    present = version.hyperparameters.get("hidden_dimension", sizes[0].default)
    return {} if present == lowest else {**version.hyperparameters, "hidden_dimension": lowest}


def _headline(state: TrainingState) -> str:
    if state.group is None:
        return "Nothing to train on yet: load data first."
    hrnn = state.card("aws-hrnn")
    expected = hrnn.expected_seconds if hrnn is not None else None
    return cut(sentences.headline(state.versions, state.words, expected), 140)


def _source(state: TrainingState) -> str:
    if state.group is None:
        return ""
    parts = [state.group.name]
    top = sentences.best(state.versions)
    if top is not None:
        trained = f"trained {age(top.updated, time.time())}"
        if top.size is not None:
            trained += f" on {counted(top.size['n_events'], 'event', 'events')}"
        parts += [top.recipe_words, trained]
    if state.shelf is not None and state.shelf.note:
        parts.append(state.shelf.note)
    return " · ".join(parts)
