"""The search for the best settings: its switch on a recipe's card, and its trials."""

from collections.abc import Mapping

import streamlit as st

from pages.components import panels
from pages.components.charts.trials import trial_plot
from pages.components.keys import Key
from pages.components.markdown import escaped
from services.backend import JobView
from services.language.metrics import metric_label
from services.personalize.recipes import RecipeCard
from services.personalize.versions import USUAL_TRIALS
from services.screens.training import search, sentences, tables

MAX_TRIALS = 40
"""AWS allows no more."""


def switch(card: RecipeCard, by_hand: Mapping[str, str]) -> int | None:
    """Draw the switch and the number of trials; return that number, None without a search.

    by_hand: the hyperparameters changed on the card, which are not searched.
    """
    if not card.searchable:
        return None
    if not st.toggle(
        "Search the best settings",
        key=_key(card, "search"),
        help=sentences.SEARCH_HELP,
    ):
        return None
    st.session_state.setdefault(_key(card, "trials"), USUAL_TRIALS)
    n_trials = st.number_input("Trials", 2, MAX_TRIALS, step=1, key=_key(card, "trials"))
    st.caption(search.offer_sentence(card.searchable, by_hand, n_trials, card.seconds_with_search(n_trials)))
    return int(n_trials)


def expected_seconds(card: RecipeCard) -> float | None:
    """Return the duration of the training, including the search if it is switched on."""
    if not st.session_state.get(_key(card, "search")):
        return card.expected_seconds
    return card.seconds_with_search(int(st.session_state.get(_key(card, "trials"), USUAL_TRIALS)))


def trials(job: JobView, n_planned: int | None, key: str) -> None:
    """Draw the finished trials, with room for the others; n_planned is None where unknown."""
    sentence = search.search_sentence(job.trials)
    metric = metric_label(job.trials[0].metric)
    st.markdown(f"**{metric} of each trial, on people held out to compare trials**")
    panels.show(trial_plot(tables.trial_rows(job.trials), metric, n_planned or 0), alt=sentence, key=key)
    st.caption(escaped(sentence))


def _key(card: RecipeCard, what: str) -> str:
    return f"{Key.HYPERPARAMETER}_{card.name}_{what}"
