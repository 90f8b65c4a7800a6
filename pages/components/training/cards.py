"""The recipes, one card open: its question and needs, Train with the expected time, hyperparameters for experts.

One card at a time leaves room for the learning curve and the metrics in the first window.
"""

import time
from collections.abc import Mapping

import streamlit as st

from pages.components import address, changing, process
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from pages.components.training import search
from pages.components.training.state import TrainingState, basis_of, event_types
from services.errors import TrainingError
from services.language.phrases import in_seconds
from services.money.sentences import before_training
from services.personalize import training
from services.personalize.datasets import GroupView
from services.personalize.recipe_names import USER_PERSONALIZATION_V2
from services.personalize.recipes import Need, Parameter, RecipeCard
from services.screens.training import sentences
from services.screens.training.preflight import NO_LIMITS, Preflight, preflight

ALL_EVENTS = "all events"
LIFT_HELP = "Sets the lower item percentile to 0 and the upper one to 1, so that every item may be listed."


def draw(state: TrainingState) -> None:
    """Draw the recipes to choose from and the card of the chosen one; the choice is in the address."""
    by_title = {card.title: card for card in state.cards}
    titles = [card.title for card in state.cards if not card.legacy]
    legacy = [card.title for card in state.cards if card.legacy]
    asked = st.session_state.get(Key.RECIPE) or st.query_params.get(Key.RECIPE)
    above = st.container()
    if (legacy and st.toggle("Show legacy recipes", asked in legacy, key=Widget.LEGACY_RECIPES)) or asked in legacy:
        titles += legacy
    first = next((card.title for card in state.cards if card.name == USER_PERSONALIZATION_V2), titles[0])
    with above:
        address.default_choice(Key.RECIPE, titles, first)
        title = address.segments("Recipe", titles, key=Key.RECIPE, label_visibility="collapsed")
    with st.container(border=True, gap="xsmall"):
        _card(state, by_title[title or first], event_types(state))


def _card(state: TrainingState, card: RecipeCard, types: list[str]) -> None:
    legacy = " :gray-badge[legacy at AWS]" if card.legacy else ""
    st.markdown(f"**{card.title}** :gray[{card.name}]{legacy} &nbsp; :small[{card.answers}]")
    seconds = search.expected_seconds(card)
    expected = f" · about {in_seconds(seconds)}" if seconds is not None else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        place = st.container(width="content")  # whether it can be pressed depends on the form
        with st.popover("Expert", icon=":material/tune:", type="tertiary", disabled=not card.available):
            event_type = _event_type(card, types, state.data.event_type if state.data is not None else None)
            above = st.container()  # the switch is drawn above the form, and its text depends on the form
            values = _form(card)
            with above:
                search_trials = search.switch(card, values)
        known = _known(state, card, event_type, values)
        with place:
            pressed = changing.button(
                f"Train{expected}",
                type="primary",
                icon=":material/play_arrow:",
                disabled=not card.available or bool(known and known.problems),
                key=f"{Widget.TRAIN}_{card.name}",
            )
        st.markdown(" &nbsp; ".join(need_words(need) for need in card.needs))
    changing.costs(before_training(process.backend(), card.name, search_trials or 0))
    if known is not None and card.available:
        lifted = _preflight(known)
        if lifted and state.group is not None:
            start(state.group, card, event_type, {**values, **NO_LIMITS}, search_trials)
    if pressed and state.group is not None:
        start(state.group, card, event_type, values, search_trials)


def _known(
    state: TrainingState, card: RecipeCard, event_type: str | None, values: Mapping[str, str]
) -> Preflight | None:
    """Return what is known of the training before its start; None where the data was not loaded here."""
    if state.data is None or not card.available:
        return None
    return preflight(state.data, basis_of(state.data, event_type), card.name, values, event_type, time.time())


def _preflight(known: Preflight) -> bool:
    """Draw what is known before the start; return whether a training without limits was asked for."""
    for problem in known.problems:
        st.markdown(f":red[:material/block:] {escaped(problem)}")
    st.caption(escaped(" ".join(known.notes)))
    if known.hidden is None or not known.hidden.n_items:
        return False
    return changing.button(
        changing.EVERY_ITEM, key=Widget.LIFT_NEW, type="tertiary", icon=changing.EVERY_ITEM_ICON, help=LIFT_HELP
    )


def start(
    group: GroupView,
    card: RecipeCard,
    event_type: str | None,
    values: Mapping[str, str],
    search_trials: int | None = None,
) -> None:
    """Start a training and show it; an error is shown under the button."""
    try:
        training.train_next(
            process.backend(),
            group,
            card.name,
            event_type=event_type,
            hyperparameters=values or None,
            search_trials=search_trials,
        )
    except TrainingError as error:
        st.error(escaped(str(error)))
    else:
        st.rerun()


def need_words(need: Need) -> str:
    """Return a need with a tick, or with the missing part."""
    if need.met:
        return f":green[:material/check:] {escaped(need.words)}"
    return f":red[:material/close:] needs {escaped(need.words)}: {escaped(need.why)}"


def changed(card: RecipeCard, values: Mapping[str, str]) -> dict[str, str]:
    """Return the hyperparameters that differ from their defaults, as strings."""
    defaults = {parameter.name: parameter.default for parameter in card.parameters}
    return {name: value for name, value in values.items() if value != "" and not _same(value, defaults[name])}


def _same(first: str, second: str) -> bool:
    try:
        return float(first) == float(second)
    except ValueError:
        return first.lower() == second.lower()


def _event_type(card: RecipeCard, types: list[str], proposed: str | None) -> str | None:
    """Draw the choice of event type; the data's own proposal is the default."""
    if not types:
        return None
    options = [ALL_EVENTS, *types]
    chosen = st.selectbox(
        "Events that count (eventType)",
        options,
        index=options.index(proposed) if proposed in options else 0,
        key=f"{Key.HYPERPARAMETER}_{card.name}_event_type",
    )
    return None if chosen == ALL_EVENTS else chosen


def _form(card: RecipeCard) -> dict[str, str]:
    """Draw a field for each hyperparameter; return what differs from the defaults."""
    if not card.parameters:
        st.caption("This recipe has no hyperparameters.")
    return changed(card, {parameter.name: _field(card.name, parameter) for parameter in card.parameters})


def _field(recipe: str, parameter: Parameter) -> str:
    key = f"{Key.HYPERPARAMETER}_{recipe}_{parameter.name}"
    label = f"{parameter.name} :gray[(this engine only)]" if parameter.engine_only else parameter.name
    words = f"{parameter.words} {sentences.range_words(parameter)}".strip()
    if parameter.kind == "boolean":
        on = st.toggle(label, value=parameter.default.lower() == "true", key=key, help=words)
        return "true" if on else "false"
    if parameter.choices:
        options = list(parameter.choices)
        index = options.index(parameter.default) if parameter.default in options else None
        return st.selectbox(label, options, index=index, key=key, help=words) or ""
    if parameter.kind == "integer":
        value = st.number_input(
            label,
            min_value=None if parameter.low is None else int(parameter.low),
            max_value=None if parameter.high is None else int(parameter.high),
            value=int(parameter.default) if parameter.default else None,
            step=1,
            key=key,
            help=words,
            placeholder="by the size of the data",
        )
        return "" if value is None else str(value)
    if parameter.kind == "float":
        number = st.number_input(
            label,
            min_value=parameter.low,
            max_value=parameter.high,
            value=float(parameter.default) if parameter.default else None,
            format="%.3f",
            step=0.01,
            key=key,
            help=words,
            placeholder="by the size of the data",
        )
        return "" if number is None else f"{number:g}"
    return st.text_input(label, value=parameter.default, key=key, help=words)
