"""The two questions that Recommendations answers about its rows: "Why?", and "What if this item were gone?"."""

from collections.abc import Sequence

import streamlit as st

from pages.components import process
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from pages.components.recommendations import supposing
from pages.components.recommendations.asking import ShownList
from pages.components.recommendations.controls import Chosen
from pages.components.recommendations.reasons_view import ReasonsView
from services.backend import HistoryEvent
from services.language.phrases import capital, cut, day, with_article
from services.lists import sentences as reason_sentences
from services.lists import supposed
from services.lists.reasons import Cause, Reason
from services.screens.recommendations import what_if

HOW = (
    "Each item of the latest 50 events is left out of the history once, with all its events, and the list is computed "
    "again: this gives the rank without it. Nothing is estimated. The model listens most to what came last."
)


def buttons(chosen: Chosen, view: ReasonsView) -> None:
    """Draw the two buttons over the history; each is enabled when there is something to ask about."""
    opened, past_id, why_not = chosen.opened, view.past_id, why_nothing(chosen)
    noun = opened.data.words.noun
    asleep = None if view.reason else f"Select {with_article(noun)} of the list first, by a click or the arrow keys."
    if st.button(
        "Why?",
        icon=":material/help:",
        type="tertiary",
        key=Widget.WHY,
        disabled=asleep is not None,
        help=escaped(asleep or "") or None,
    ):
        _why(chosen, view)
    if not why_not and past_id is None:
        why_not = f"Select {with_article(noun)} of the history first, by a click or the arrow keys."
        if view.past_unknown:
            why_not = f"This {noun} is already removed, or the model was trained without it."
    label = "Remove it" if past_id is None else f"Remove {cut(opened.catalog.title(past_id), 14)}"
    st.button(
        escaped(label),
        icon=":material/event_busy:",
        type="tertiary",
        key=Widget.WHAT_IF,
        disabled=bool(why_not),
        help=escaped(why_not) or f"What would the list be without this {noun} and all its events?",
        on_click=remove,
        args=(chosen.owner, past_id),
    )


def why_nothing(chosen: Chosen) -> str:
    """Return why nothing can be removed, "" where something can."""
    if chosen.picks:
        return "Remove it from the made-up person's items under More."
    possible = supposed.possible(process.backend(), chosen.campaign)
    return "" if possible else supposed.why_not(process.backend(), chosen.campaign)


def remove(owner: str, item_id: str | None) -> None:
    """Leave an item out, beside those that are left out already."""
    if item_id is not None:
        gone = supposing.values(Key.WITHOUT, owner)
        supposing.put(Key.WITHOUT, owner, list(dict.fromkeys([*gone, item_id])))


def undo(owner: str, item_id: str, known: Sequence[HistoryEvent]) -> None:
    """Put an item back."""
    gone = supposing.values(Key.WITHOUT, owner)
    supposing.put(Key.WITHOUT, owner, [value for value in gone if item_id not in what_if.from_address([value], known)])


def chips(chosen: Chosen, shown: ShownList) -> None:
    """Draw a button for each supposition that takes it back."""
    title = chosen.opened.catalog.title
    if chosen.picks:
        label = escaped(f"Back to {chosen.opened.people.short(chosen.user_id)}")
        st.button(
            label,
            icon=":material/close:",
            key=Widget.UNDO_MADE,
            on_click=supposing.forget,
            args=(Key.MADE, chosen.owner),
        )
    for item_id in shown.removed:
        st.button(
            escaped(f"Without {cut(title(item_id), 24)}"),
            icon=":material/close:",
            key=f"{Widget.UNDO}_{item_id}",
            help="Put it back",
            on_click=undo,
            args=(chosen.owner, item_id, shown.known),
        )


@st.dialog("Why?", width="medium")
def _why(chosen: Chosen, view: ReasonsView) -> None:
    reason, opened = view.reason, chosen.opened
    if reason is None:
        return
    words = opened.data.words
    label = escaped(opened.catalog.label(reason.item_id))
    st.markdown(f"**{label}**: {escaped(reason_sentences.sentence(reason, chosen.who, opened.catalog, words))}")
    exact = []
    if reason.thread is not None and reason.thread.events:
        exact.append(reason_sentences.loss_words(reason.thread, reason))
    if reason.evening is not None:
        exact.append(reason_sentences.evening_words(reason.evening, reason, words))
    if exact:
        st.markdown(f":gray[{escaped(capital('; '.join(exact)))}.]")
    if reason.because:
        st.markdown(f"**One {escaped(words.noun)} at a time**")
    for cause in reason.because:
        _line(cause, reason, chosen, view)
    if reason.despite:
        st.markdown("**Despite**")
        for cause in reason.despite:
            _line(cause, reason, chosen, view)
    st.caption(escaped(view.note) if view.note else HOW)


def _line(cause: Cause, reason: Reason, chosen: Chosen, view: ReasonsView) -> None:
    opened = chosen.opened
    when = "" if cause.timestamp is None else f" · {day(cause.timestamp)}"
    text, action = st.columns([5, 2], vertical_alignment="center")
    text.markdown(
        f"{reason_sentences.dots(cause.dots)} **{escaped(opened.catalog.label(cause.item_id))}**{when}  \n"
        f":gray[{escaped(reason_sentences.evidence_words(cause, reason, opened.data.words))}]"
    )
    if why_nothing(chosen) or all(event.item_id != cause.item_id for event in view.known):
        return
    if action.button("Remove it", key=f"{Widget.GONE}_{cause.item_id}", type="tertiary"):
        remove(chosen.owner, cause.item_id)
        st.rerun()
