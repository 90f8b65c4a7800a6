"""The Compare screen under its controls: ask, head, figures, lists side by side, taste, drawers."""

import streamlit as st

from pages.components import answers, drawers, panels, presenting, process
from pages.components.compare import controls, lists, taste
from pages.components.compare import parts as compare_parts
from pages.components.compare.controls import Chosen
from pages.components.keys import Key, Widget
from services.errors import ServiceError
from services.library.tastes import FORMULA
from services.lists.reasons import Reason
from services.lists.sample import Chance
from services.screens.compare import sentences, sides
from services.screens.compare.sides import Side

LISTS, HISTORIES, TABLE = "Lists", "Histories", "Table"

NARROW = "Under a title: its fit, and what it owes its place to; dots are places lost without that."
HOW = """
**Lists** are the campaigns' own answers to GetRecommendations, in their order. **Shared** counts items that both lists
hold. **Two random people**: {chance} **Order** is rank-biased overlap (Webber, Moffat and Zobel 2010, extrapolated,
p = 0.9, so that the first ten places carry 86 % of the weight): strong from 0.5, some from 0.2, little from 0.05.
**Taste in common** is the share of two histories that lies in the same categories, the smaller share of each added up.
**Times everybody's share** of a category, in a history or a list: {formula}
spread by overall shares; an item with k categories counts 1/k to each. The picture shows the ten
categories in which any two of the dots lie furthest apart; beyond 8 times a dot stands at the end. **Reasons** leave
each of the latest 50 events out once, as on Recommendations. **Pairs** are found among the sampled people with more
than five events.
"""


def show(chosen: Chosen) -> None:
    """Ask for every column and draw what came back; a refusal stays in its column."""
    opened = chosen.opened
    found = sides.sides(
        process.backend(),
        chosen.wanted,
        chosen.count,
        opened.data,
        opened.people,
        opened.tastes,
        by_campaign=chosen.by_campaign,
    )
    if len(found) < 2:
        _one_alone(chosen, found)
        return
    good = sides.answered(found)
    _head(chosen, found, None)
    usual = None
    if not chosen.by_campaign and good and good[0].campaign.personal:
        usual = answers.usual(opened, chosen.campaigns[0], chosen.count)
    chance = None if usual is None else usual.chance
    _head(chosen, found, chance)
    compare_parts.figures(chosen, good, chance)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(horizontal=True, width="content", gap="small", vertical_alignment="center"):
            compare_parts.offers(chosen, usual)
        with st.container(horizontal=True, width="content", gap="small"):
            st.segmented_control(
                "Count",
                controls.COUNTS,
                default=presenting.default_count(controls.COUNTS),
                required=True,
                key=Key.COUNT,
                bind="query-params",
                label_visibility="collapsed",
            )
            shown = st.segmented_control(
                "Shown as",
                (LISTS, HISTORIES, TABLE),
                default=LISTS,
                required=True,
                key=Key.COMPARED_AS,
                bind="query-params",
                label_visibility="collapsed",
            )
    only = taste.only(chosen, found)
    places = None
    if shown == LISTS:
        places = lists.columns(chosen, found)
        lists.draw(places, chosen, found, {}, only)
    told, no_reasons = _reasons(chosen, good)
    if places is not None:
        lists.draw(places, chosen, found, told, only)
    elif shown == HISTORIES:
        lists.histories(chosen, found)
    else:
        compare_parts.table(chosen, good, told)
    notes = [
        NARROW if shown == LISTS and len(found) > 2 and any(told.values()) else "",
        no_reasons,
        sentences.exploring_note(good),
    ]
    if usual is not None:
        notes.append(sentences.chance_note(usual.sample, usual.chance, opened.people.n_users))
    st.caption(" ".join(note for note in notes if note))
    taste.draw(chosen, found)
    _drawers(chosen, found, told, notes[-1] if chance is not None else "asked for people under a personal recipe.")


def _head(chosen: Chosen, found: list[Side], chance: Chance | None) -> None:
    """Draw the head; again, over itself, once chance is known."""
    words = chosen.opened.data.words
    sentence = sentences.headline(found, chance, words, by_campaign=chosen.by_campaign)
    with chosen.headline.container():
        panels.head("Compare", sentence, _source(chosen))


def _one_alone(chosen: Chosen, found: list[Side]) -> None:
    """Offer whom, or what, to put beside."""
    people, who = chosen.opened.people, found[0].who if found else ""
    if chosen.by_campaign:
        with chosen.headline.container():
            panels.head("Compare", "Choose two campaigns to see what each gives the same person.", _source(chosen))
        with panels.empty("One campaign alone has nothing to be compared with."):
            if len(chosen.all_campaigns) > 1:
                names = ", ".join(campaign.name for campaign in chosen.all_campaigns)
                st.caption(f"There are {names}: choose them above.")
            else:
                compare_parts.train_another()
        return
    with chosen.headline.container():
        panels.head("Compare", f"Pick a second person to put beside {who}.", _source(chosen))
    asked = bool(found) and found[0].error is None
    usual = answers.usual(chosen.opened, chosen.campaigns[0], chosen.count) if asked else None
    with panels.empty(f"Who else? {people.n_users:,} people can be found by name, id or segment above."):
        if usual is None:
            error = found[0].error if found else None
            st.caption(str(error) if error is not None else "Type a name or an id into the search above.")
            return
        compare_parts.suggestions(chosen, found[0], usual)


def _reasons(chosen: Chosen, good: list[Side]) -> tuple[dict[str, dict[str, Reason]], str]:
    """Return each side's reasons by its letter, and why some are missing."""
    told: dict[str, dict[str, Reason]] = {}
    missing = []
    for side in good:
        try:
            told[side.letter] = answers.reasons_of(chosen.opened, side.campaign, side.user_id, side.ids)
        except ServiceError as error:
            missing.append(f"No reasons for {side.who}: {error}")
    return told, " ".join(missing) or compare_parts.reasons_note(good, chosen.opened.data.words)


def _source(chosen: Chosen) -> str:
    data = chosen.opened.data
    if chosen.by_campaign or not chosen.campaigns:
        user_id = chosen.user_ids[0]
        return " · ".join(part for part in (chosen.group, chosen.opened.people.label(user_id), data.note) if part)
    return chosen.source_line(chosen.campaigns[0])


def _drawers(chosen: Chosen, found: list[Side], told: dict[str, dict[str, Reason]], chance: str) -> None:
    good = sides.answered(found)
    drawers.drawers(
        key=Widget.COMPARE,
        how=HOW.format(chance=chance, formula=FORMULA),
        calls=[side.call for side in good if side.call is not None],
        download=sides.table_frame(good, told, chosen.opened.catalog, chosen.opened.data.words),
        file_name=f"compare-{'-'.join(chosen.user_ids)}.csv",
    )
