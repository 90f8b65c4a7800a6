"""Parts of the Similar screen: figures, evidence bars of both seed items, table."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components import panels
from pages.components.charts.evidence import evidence_bars
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from pages.components.similar.controls import Chosen
from services.errors import ServiceError
from services.language.phrases import cut, percent, with_article
from services.screens.similar import neighbours, sentences
from services.screens.similar.agreement import Agreement
from services.screens.similar.neighbours import SeedItem

ROLES = ("a", "b")
LABEL = 30
"""Characters of a neighbour's title beside its bar."""


def figures(chosen: Chosen, seeds: Sequence[SeedItem]) -> DeltaGenerator | None:
    """Draw the row of figures; return the place of the one over the whole catalogue, which comes last."""
    seed, words = seeds[0], chosen.opened.data.words
    kpis = []
    chance = seed.chance_agree * seed.n_items
    if chosen.column:
        kpis.append(
            panels.Kpi(
                f"Share {with_article(chosen.noun)}",
                f"{seed.n_agree} of {seed.n_items}",
                f"{seed.n_agree - chance:+.1f}",
                f"by chance {sentences.by_chance(seed)}",
                help=f"{words.nouns.capitalize()} in the list that share {with_article(chosen.noun)} with {seed.label}."
                f" By chance: of as many {words.nouns} drawn at random.",
            )
        )
    if len(seeds) > 1:
        shared = neighbours.shared(seed, seeds[1])
        kpis.append(panels.Kpi("In both lists", f"{shared} of {seed.n_items}", help="Of the lists of A and B."))
    kpis.append(
        panels.Kpi(
            f"{words.past.capitalize()} it",
            f"{seed.n_people:,}",
            help=f"People who {words.past} {seed.label}, of {seed.n_active:,} who {words.past} anything.",
        )
    )
    kpis.append(
        panels.Kpi(
            f"{words.past.capitalize()} both, median",
            f"{seed.median_both:,.4g}",
            help=f"People who {words.past} {seed.label} and one {words.noun} of its list: the median over the list.",
        )
    )
    with_whole = bool(chosen.column) and chosen.by_formula
    columns = st.columns([1.5, 1.7, *[1.0] * (len(kpis) - 1)] if with_whole else len(kpis))
    order = [columns[0], *columns[2:]] if with_whole else columns
    for column, kpi in zip(order, kpis, strict=True):
        with column:
            panels.metric(kpi)
    if not with_whole:
        return None
    place = columns[1].empty()
    with place:
        st.skeleton(88)
    return place


def whole_figure(place: DeltaGenerator | None, noun: str, whole: Agreement | None, about: str) -> None:
    """Draw the figure over the whole catalogue into its place; about explains it."""
    if place is None:
        return
    with place.container(height="stretch"):
        label = f"Share {with_article(noun)}, whole catalogue"
        if whole is None:
            panels.metric(panels.Kpi(label, "–", help=f"No item has both neighbours and {with_article(noun)}."))
            return
        more = 100 * (whole.share_one - whole.chance_share_one)
        panels.metric(
            panels.Kpi(
                label,
                percent(whole.share_one),
                f"{more:+.0f} points",
                f"by chance {percent(whole.chance_share_one)}",
                help=about,
            )
        )


def evidence(
    chosen: Chosen, seeds: Sequence[SeedItem | ServiceError], refused: Callable[[ServiceError, str], None]
) -> None:
    """Draw the evidence of each seed item in its own column; a refusal is shown there."""
    words = chosen.opened.data.words
    for place, (column, seed) in enumerate(zip(st.columns(len(seeds), gap="medium"), seeds, strict=True)):
        with column:
            if isinstance(seed, ServiceError):
                refused(seed, f"ask_again_{place}")
                continue
            st.markdown(f"**{'AB'[place]}: similar to {escaped(cut(seed.label, 44))}**")
            if note := sentences.unknown_note(seed, words):
                st.caption(escaped(note))
            if not seed.n_items:
                st.caption(escaped(f"The campaign returned no {words.nouns}."))
                continue
            panels.show(
                evidence_bars(
                    bars(chosen, seed),
                    ROLES[place],
                    f"people who {words.past} it; solid: {words.past} both",
                    "by chance",
                ),
                sentences.alt_text(seed, chosen.noun, words),
                key=f"{Widget.EVIDENCE}_{place}",
            )


def bars(chosen: Chosen, seed: SeedItem) -> pd.DataFrame:
    """Return the rows of the evidence picture."""
    frame = seed.frame.rename(columns={"label": "title_year"})
    names = [
        f"{common[0]}{f' +{len(common) - 1}' if common[1:] else ''}" if common else "" for common in frame["common"]
    ]
    return frame.assign(
        label=[f"{rank}. {cut(title, LABEL)}" for rank, title in zip(frame["rank"], frame["title_year"], strict=True)],
        words=[
            " · ".join([f"{both:,} of {people:,}", *filter(None, ("" if note == neighbours.POPULAR else name, note))])
            for both, people, name, note in zip(
                frame["both"], frame["with_neighbour"], names, neighbours.notes(seed), strict=True
            )
        ],
        thin=frame["thin"] | frame["filler"],
        sentence=[sentences.neighbour_sentence(seed, place, chosen.opened.data.words) for place in range(len(frame))],
    )[["label", "both", "with_neighbour", "expected", "words", "agrees", "thin", "sentence"]]


def tables(chosen: Chosen, seeds: Sequence[SeedItem]) -> None:
    """Draw the rows of one seed item as a table, with a choice between two."""
    st.markdown("**All figures**")
    shown = seeds[0]
    if len(seeds) > 1:
        labels = {f"{letter}: {cut(seed.label, 40)}": seed for letter, seed in zip("AB", seeds, strict=False)}
        picked = st.segmented_control(
            "Table of",
            list(labels),
            format_func=escaped,
            default=next(iter(labels)),
            required=True,
            key=Key.TABLE_OF,
            label_visibility="collapsed",
        )
        shown = labels.get(str(picked), shown)
    words = chosen.opened.data.words
    people = st.column_config.NumberColumn
    panels.table(
        neighbours.table_frame(shown, chosen.noun),
        alt=sentences.alt_text(shown, chosen.noun, words),
        key=Widget.SIMILAR_TABLE,
        column_config={
            "rank": people("#", width=32),
            "both": people("both", help=escaped(f"People who {words.past} both."), format="localized"),
            "with_cause": people(escaped(f"{words.past} {cut(shown.label, 20)}"), format="localized"),
            "with_neighbour": people(f"{words.past} it", format="localized"),
            "expected": people("by chance", format="%.1f"),
            "lift": people("lift", format="%.1f", help="People with both, divided by what chance would give."),
            f"{chosen.noun}_in_common": st.column_config.ListColumn(f"{chosen.noun} in common"),
        },
    )
