"""The Similar screen under its controls: ask for both seed items, figures, evidence, walk, discount, table, drawers."""

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components import changing, drawers, missing, panels, process
from pages.components.filters import effect
from pages.components.keys import Widget
from pages.components.markdown import filled
from pages.components.similar import cache, discount, parts, walk
from pages.components.similar.controls import Chosen
from services.errors import ServiceError
from services.filters.effects import Effect, Narrowed, narrowed
from services.personalize import asking
from services.personalize.calls import ApiCall
from services.screens.similar import neighbours, sentences
from services.screens.similar.neighbours import SeedItem

HOW = """
**The lists** are the campaign's own answers to GetRecommendations for an itemId, in their order; they have no
scores. **Evidence** is counted here, from the loaded data: people with an event{event} on both. **By chance**: people
who had the one, times people who had the other, over everybody who had anything ({n_active:,}). **Lift** is people with
both over that. Fewer than {thin} people in common is thin evidence. **Agreement**: neighbours with at least one {noun}
in common with the cause; by chance, any of the {nouns} that the recipe may list.
"""


def show(chosen: Chosen) -> None:
    """Ask the campaign for each seed item and draw the answers; an error stays with its item."""
    place = chosen.together.evidence
    categories = cache.categories(chosen.opened, chosen.column)
    seeds: list[SeedItem | ServiceError] = []
    calls: list[ApiCall] = []
    effects: list[tuple[str, Effect | None]] = []
    for item_id in (chosen.item_id, chosen.other_id):
        if item_id is None:
            continue
        try:
            answer = _ask(chosen, item_id)
        except ServiceError as error:
            seeds.append(error)
            continue
        calls.append(answer.call)
        seeds.append(place.seed(item_id, asking.item_ids(answer.call), categories))
        effects.append((chosen.opened.catalog.title(item_id), answer.effect))
    good = [seed for seed in seeds if isinstance(seed, SeedItem)]
    _head(chosen, good)
    missing.watch()
    discounts = discount.view_of(chosen) if chosen.by_formula else None
    discount.other_model(chosen, discounts)
    if not good:
        _refused(next(error for error in seeds if isinstance(error, ServiceError)), Widget.ASK_AGAIN)
        return
    for title, found in effects:
        effect.draw(found, chosen.opened, who=f"Next to {title}")
    whole_place = parts.figures(chosen, good)
    parts.evidence(chosen, seeds, _refused)
    with panels.subject():
        if chosen.by_formula:
            left, right = st.columns(2, gap="medium")
            with left:
                walk.draw(chosen, good[0], place)
            with right:
                discount.draw(chosen, discounts)
        else:
            walk.draw(chosen, good[0], place)
    if chosen.by_formula:
        _hidden(chosen)
    parts.tables(chosen, good)
    about_whole = _whole(chosen, whole_place) if chosen.by_formula else ""
    how = HOW + sentences.how(chosen.campaign)
    drawers.drawers(
        key=Widget.SIMILAR,
        how=filled(
            how,
            event=f' "{chosen.settings.event_type}"' if chosen.settings.event_type else "",
            n_active=place.n_active,
            thin=neighbours.THIN,
            noun=chosen.noun,
            nouns=chosen.opened.data.words.nouns,
            **({"whole": about_whole} if chosen.by_formula else {"recipe": chosen.campaign.recipe_words}),
        ),
        calls=calls,
        download=neighbours.both_tables(good, chosen.noun),
        file_name=f"similar-{chosen.item_id}.csv",
    )


def _whole(chosen: Chosen, place: DeltaGenerator | None) -> str:
    """Draw the figure over the whole catalogue into its place; return the sentence about it."""
    whole = cache.whole_agreement(chosen.opened, chosen.settings, chosen.column, chosen.count)
    about = sentences.whole_words(whole, chosen.column, chosen.count, chosen.opened.data.words)
    parts.whole_figure(place, chosen.noun, whole, about)
    return about


def _hidden(chosen: Chosen) -> None:
    """Say what the percentiles keep out of the lists, and offer a training that keeps nothing out."""
    if hidden := sentences.hidden_note(chosen.together.formula.hidden, chosen.opened.data.words):
        changing.every_item(
            hidden,
            discount.costs(),
            key=Widget.LIFT_SIMILAR,
            on_click=discount.lift,
            args=(chosen.group, chosen.settings),
            help="Deploys it beside the present campaign; choose it under More.",
        )


def _ask(chosen: Chosen, item_id: str) -> Narrowed:
    def ask(more: Mapping[str, object]) -> ApiCall:
        return asking.similar(process.backend(), chosen.campaign, item_id, chosen.count, more)

    return narrowed(ask, chosen.narrowing, chosen.count)


def _head(chosen: Chosen, seeds: list[SeedItem]) -> None:
    other = seeds[1] if len(seeds) > 1 else None
    sentence = "The campaign did not answer."
    if seeds:
        sentence = sentences.headline(seeds[0], other, chosen.noun, chosen.opened.data.words)
    with chosen.headline:
        panels.head("Similar", sentence, chosen.source_line(chosen.campaign))


def _refused(error: ServiceError, key: str) -> None:
    with panels.failed(str(error), title="The campaign did not answer"):
        st.button("Ask again", key=key)
