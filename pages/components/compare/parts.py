"""Parts of Compare: figures beside chance, pairs worth a look, the matrix, the table, suggestions."""

from collections.abc import Sequence

import streamlit as st

from pages.components import navigation, panels, process
from pages.components.answers import Usual
from pages.components.charts import matrix, theme
from pages.components.compare import controls
from pages.components.compare.controls import Chosen
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.language.phrases import counted, percent, possessive
from services.language.vocabulary import Words
from services.lists import sentences as reason_sentences
from services.lists.overlap import PERSISTENCE, rank_biased_overlap
from services.lists.sample import Chance, taste_agreement
from services.screens.compare import sentences, sides
from services.screens.compare.sides import ReasonsBySide, Side


def figures(chosen: Chosen, good: Sequence[Side], chance: Chance | None) -> None:
    """Draw the row of figures; of more than two campaigns the matrix, of more than two people what each gets alone."""
    if len(good) == 2:
        panels.kpi_row(_two(chosen, good[0], good[1], chance))
    elif len(good) > 2 and chosen.by_campaign:
        left, right = st.columns([5, 6], gap="medium", vertical_alignment="center")
        with left:
            panels.show(
                matrix.shared_matrix(
                    [f"{side.letter} {side.who}" for side in good], sides.shared_counts(good).tolist(), chosen.count
                ),
                sentences.alt_text(good, chosen.opened.tastes),
                key=Widget.SHARED_MATRIX,
            )
        with right:
            panels.kpi_row(_campaigns(chosen, good))
    elif len(good) > 2:
        panels.kpi_row(_people(chosen, good))


def offers(chosen: Chosen, usual: Usual | None) -> None:
    """Draw the pairs worth a look, each with the number of shared items."""
    pairs = () if usual is None else usual.pairs
    for place, pair in enumerate(pairs):
        short = chosen.opened.people.short
        st.button(
            f"{escaped(pair.name)} · {pair.shared}",
            type="tertiary",
            key=f"{Widget.PAIR}_{place}",
            help=escaped(f"{short(pair.one)} and {short(pair.other)} share {pair.shared} of {chosen.count}."),
            on_click=controls.show,
            args=(pair.one, pair.other),
        )
    if not chosen.by_campaign and len(chosen.user_ids) == 2 and chosen.campaigns[0].personal:
        one, other = chosen.user_ids
        query = {Key.USER: one, Key.SECOND: other, Key.LIVE_STEP: "0", Key.CAMPAIGN: chosen.campaigns[0].name}
        navigation.link("live_events", "Send B's events to A", **query)
    if not pairs:
        whose = chosen.opened.people.short(chosen.user_ids[0]) if chosen.by_campaign else "Everybody"
        campaigns = counted(len(chosen.campaigns), "campaign", "campaigns")
        st.markdown(f"**{escaped(whose)}** under {campaigns}", width="content")


def suggestions(chosen: Chosen, side: Side, usual: Usual) -> None:
    """Draw up to four users to put beside one, each with the number of items that the two lists share."""
    people, sample = chosen.opened.people, usual.sample
    segment = dict(zip(sample.user_ids, sample.segments, strict=True)).get(side.user_id, "")
    for place, other in enumerate(sample.suggested(side.user_id, side.ids, chosen.count, segment)):
        st.button(
            escaped(f"{people.label(other.user_id)} · {other.why}: {other.shared} of {chosen.count} shared"),
            key=f"{Widget.SUGGESTED}_{place}",
            icon=":material/person_add:",
            type="tertiary",
            on_click=controls.show,
            args=(side.user_id, other.user_id),
        )


def table(chosen: Chosen, good: Sequence[Side], by_side: ReasonsBySide) -> None:
    """Draw every item of every list with each side's rank and reason, and the users who had it."""
    frame = sides.table_frame(good, by_side, chosen.opened.catalog, chosen.opened.data.words)
    scores = [name for name in frame.columns if name.startswith("score ")]
    ranks = [name for name in frame.columns if name.startswith("rank ")]
    first = ["title", *ranks]
    panels.table(
        frame,
        column_order=[*first, *(name for name in frame.columns if name not in (*first, "item_id")), "item_id"],
        alt=sentences.alt_text(good, chosen.opened.tastes),
        key=Widget.COMPARE_TABLE,
        height=theme.MAIN_HEIGHT,
        column_config={
            "categories": st.column_config.ListColumn("categories"),
            **{name: st.column_config.NumberColumn(name, format="%.4f") for name in scores},
        },
    )


def train_another() -> None:
    """Offer to train a second recipe."""
    navigation.link("training", "Train another recipe")


def reasons_note(good: Sequence[Side], words: Words) -> str:
    """Return where the reasons come from, where the model itself was not asked."""
    notes = [reason_sentences.source_note(process.backend(), side.campaign, words) for side in good]
    return next((note for note in notes if note), "")


def _two(chosen: Chosen, one: Side, other: Side, chance: Chance | None) -> list[panels.Kpi]:
    k, opened = max(len(one.ids), len(other.ids)), chosen.opened
    words, popular = opened.data.words, opened.catalog.most_popular(chosen.count)
    shared = len(sides.in_all([one, other]))
    order = rank_biased_overlap(one.ids, other.ids)
    usual = None if chance is None or not chance.known else f"two random people: {percent(chance.order)}"
    about = f"100 % for equal lists, 0 % for lists that share nothing. Rank-biased overlap, p = {PERSISTENCE:g}."
    kpis = [
        panels.Kpi("Shared in the list", f"{shared} of {k}", below=sentences.chance_words(chance) or None),
        panels.Kpi("Same order", percent(order), below=usual, help=about),
    ]
    if chosen.by_campaign:
        same = sum(a == b for a, b in zip(one.ids, other.ids, strict=False))
        kpis.append(panels.Kpi("At the same place", f"{same} of {k}"))
    else:
        both = sides.shared_history(one, other)
        sizes = f"Of {len(set(one.known)):,} and {len(set(other.known)):,} different {words.nouns}."
        known = chance if chance is not None and chance.known else None
        usual_past = None if known is None else f"two random people: {known.past:.0f}"
        kpis.append(panels.Kpi("Shared in the past", f"{both:,}", below=usual_past, help=sizes))
        agreement = taste_agreement(one.known, other.known, opened.tastes)
        if agreement is not None:
            column = opened.tastes.column.replace("_", " ").lower()
            usual_taste = None if known is None or known.taste is None else f"two random people: {percent(known.taste)}"
            about = f"The part of both histories that is in the same categories ({column})."
            kpis.append(panels.Kpi("Taste in common", percent(agreement), below=usual_taste, help=about))
    values = [sides.also_popular(side, popular) for side in (one, other)]
    kpis.append(
        panels.Kpi(
            "Also bestsellers",
            f"{values[0]} and {values[1]}",
            below=f"of {possessive(one.who)} and {possessive(other.who)} {k}",
            help=sentences.bestsellers_help(k, words),
        )
    )
    return kpis


def _people(chosen: Chosen, good: Sequence[Side]) -> list[panels.Kpi]:
    """Return what each gets that nobody else gets."""
    own, popular = sides.own_items(good), chosen.opened.catalog.most_popular(chosen.count)
    words = chosen.opened.data.words
    return [
        panels.Kpi(
            f"{side.letter} · {side.who}",
            f"{len(own[side.letter])} of {len(side.ids)}",
            below=sentences.own_below(side, popular, good),
            help=f"{words.nouns.capitalize()} that none of the others gets.",
        )
        for side in good
    ]


def _campaigns(chosen: Chosen, good: Sequence[Side]) -> list[panels.Kpi]:
    pairs = sides.pair_counts(good)
    places = sum(len(side.ids) for side in good)
    return [
        panels.Kpi("Different", f"{sides.n_different(good)} of {places}"),
        *(
            panels.Kpi(f"{name} shared", f"{n} of {chosen.count}", below=f"{one.who}, {other.who}")
            for name, (one, other, n) in (("Most", pairs[0]), ("Least", pairs[-1]))
        ),
    ]
