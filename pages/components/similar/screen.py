"""The Similar screen under its controls: ask for both causes, figures, evidence, walk, discount, table, drawers."""

import streamlit as st

from pages.components import drawers, missing, panels, process
from pages.components.keys import Widget
from pages.components.similar import cache, walk
from pages.components.similar import discount as similar_discount
from pages.components.similar import parts as similar_parts
from pages.components.similar.controls import Chosen
from services.errors import ServiceError
from services.personalize import asking
from services.personalize.calls import ApiCall
from services.screens.similar import neighbours, sentences
from services.screens.similar.neighbours import Cause

HOW = """
**The lists** are the campaign's own answers to GetRecommendations for an itemId, in their order; aws-sims gives no
scores. **Evidence** is counted here, from the loaded data: people with an event{event} on both. **By chance**: people
who had the one, times people who had the other, over everybody who had anything ({n_active:,}). **Lift** is people with
both over that. Fewer than {thin} people in common is thin evidence. **Agreement**: neighbours with at least one {noun}
in common with the cause; by chance, any of the {nouns} that the recipe may list (its percentiles keep the rarest and
the most frequent out).
**Over the whole catalogue**: {whole}.
**Discount**: people with both / (people with the neighbour) ^ discount, this engine's formula (Deshpande and Karypis
2004), over the same histories and with the campaign's other settings. AWS does not publish its own.
"""


def show(chosen: Chosen) -> None:
    """Ask the campaign for each cause and draw what it answers; a refusal stays with its cause."""
    place = chosen.together.evidence
    categories = cache.categories(chosen.opened, chosen.column)
    causes: list[Cause | ServiceError] = []
    calls: list[ApiCall] = []
    for item_id in (chosen.item_id, chosen.other_id):
        if item_id is None:
            continue
        try:
            call = asking.similar(process.backend(), chosen.campaign, item_id, chosen.count)
        except ServiceError as error:
            causes.append(error)
            continue
        calls.append(call)
        causes.append(place.cause(item_id, asking.item_ids(call), categories))
    good = [cause for cause in causes if isinstance(cause, Cause)]
    _head(chosen, good)
    missing.watch()
    discount = similar_discount.view_of(chosen)
    similar_discount.other_model(chosen, discount)
    if not good:
        _refused(next(error for error in causes if isinstance(error, ServiceError)), Widget.ASK_AGAIN)
        return
    whole_place = similar_parts.figures(chosen, good)
    similar_parts.evidence(chosen, causes, _refused)
    left, right = st.columns(2, gap="medium")
    with left:
        walk.draw(chosen, good[0], place)
    with right:
        similar_discount.draw(chosen, discount)
    similar_parts.tables(chosen, good)
    whole = cache.whole_agreement(chosen.opened, chosen.settings, chosen.column, chosen.count)
    similar_parts.whole_figure(whole_place, chosen, whole)
    drawers.drawers(
        key=Widget.SIMILAR,
        how=HOW.format(
            event=f' "{chosen.settings.event_type}"' if chosen.settings.event_type else "",
            n_active=place.n_active,
            thin=neighbours.THIN,
            noun=chosen.noun,
            nouns=chosen.opened.data.words.nouns,
            whole=similar_parts.whole_words(whole, chosen),
        ),
        calls=calls,
        download=neighbours.both_tables(good, chosen.noun),
        file_name=f"similar-{chosen.item_id}.csv",
    )


def _head(chosen: Chosen, causes: list[Cause]) -> None:
    other = causes[1] if len(causes) > 1 else None
    sentence = (
        sentences.headline(causes[0], other, chosen.opened.data.words) if causes else "The campaign did not answer."
    )
    with chosen.headline:
        panels.head("Similar", sentence, chosen.source_line(chosen.campaign))


def _refused(error: ServiceError, key: str) -> None:
    with panels.failed(str(error), title="The campaign did not answer"):
        st.button("Ask again", key=key)
