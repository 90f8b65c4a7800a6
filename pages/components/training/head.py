"""Headline of the Training screen, live while something trains, and its empty and failed states."""

import time

import streamlit as st

from pages.components import changing, navigation, panels, process
from pages.components.keys import Widget
from pages.components.markdown import escaped
from pages.components.training.state import TrainingState, basis_of
from services.language.phrases import cut
from services.money.sentences import before_training
from services.personalize import training, versions
from services.personalize.recipe_names import HRNN
from services.personalize.versions import VersionView
from services.screens.training import sentences
from services.screens.training.preflight import preflight


def draw(state: TrainingState) -> None:
    """Draw title, headline and source line."""
    if not state.running:
        panels.head("Training", _headline(state), _source(state))
        return
    arn = state.running[0].arn

    def body() -> bool:
        version = versions.version(process.backend(), arn)
        sentence = sentences.running_headline(version) if version and version.running else "Just finished."
        panels.head("Training", sentence, _source(state))
        return version is not None and version.running

    panels.auto_refresh(True, body, key=Widget.TRAINING_HEAD)


def no_data() -> None:
    """Draw the empty state with a link to Data."""
    with panels.empty(
        "There is nothing to train on yet.", detail="The film demo takes ten seconds.", key=Widget.TRAINING_EMPTY
    ):
        navigation.link("data", "Load data")


def failure(state: TrainingState) -> None:
    """Draw a card when the newest training failed: the reason, how far it got, and the buttons."""
    newest = state.versions[0] if state.versions else None
    if newest is None or not newest.failed:
        return
    reason = newest.failure_reason or "No reason was given."
    with panels.failed(
        f"{reason} {sentences.how_far(newest)}",
        title=f"{newest.recipe_words} failed",
        detail="\n".join(newest.job.log) if newest.job is not None else None,
        key=Widget.TRAINING_FAILED,
    ):
        changing.costs(before_training(process.backend(), newest.recipe))
        with st.container(horizontal=True):
            changing.button("Try again", type="primary", key=Widget.RETRY_NEWEST, on_click=again, args=(newest, None))
            smaller = smaller_settings(state, newest)
            if smaller:
                words = ", ".join(f"{name} {value}" for name, value in smaller.items())
                changing.button(
                    "Try again, smaller",
                    key=Widget.RETRY_SMALLER,
                    help=escaped(words),
                    on_click=again,
                    args=(newest, smaller),
                )


def again(version: VersionView, hyperparameters: dict[str, str] | None) -> None:
    """Train a version again; an error is shown in a toast."""
    with panels.toast_errors():
        training.retry(process.backend(), version.arn, hyperparameters)


def smaller_settings(state: TrainingState, version: VersionView) -> dict[str, str]:
    """Return the version's settings with the smallest hidden dimension, where the recipe has one and it is larger.

    None of them where the data is what the recipe refuses: a smaller model cannot help there.
    """
    if state.data is not None:
        counts = basis_of(state.data, version.event_type)
        settings, kind = version.hyperparameters, version.event_type
        if preflight(state.data, counts, version.recipe, settings, kind, time.time()).problems:
            return {}
    card = state.card(version.recipe)
    sizes = [parameter for parameter in card.parameters if parameter.name == "hidden_dimension"] if card else []
    if not sizes or sizes[0].low is None:
        return {}
    lowest = str(int(sizes[0].low))
    current = version.hyperparameters.get("hidden_dimension", sizes[0].default)
    return {} if current == lowest else {**version.hyperparameters, "hidden_dimension": lowest}


def _headline(state: TrainingState) -> str:
    if state.group is None:
        return "Nothing to train on yet: load data first."
    hrnn = state.card(HRNN)
    expected = hrnn.expected_seconds if hrnn is not None else None
    return cut(sentences.headline(state.versions, state.rates, state.words, expected), 140)


def _source(state: TrainingState) -> str:
    if state.group is None:
        return ""
    note = state.data.note if state.data is not None else ""
    n_repeats = state.data.n_repeats if state.data is not None else 0
    return sentences.source_line(state.group.name, state.versions, note, time.time(), n_repeats=n_repeats)
