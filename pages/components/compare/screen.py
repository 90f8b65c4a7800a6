"""The Compare screen under its controls: ask, head, figures, lists side by side, taste, drawers."""

import streamlit as st

from pages.components import address, answers, drawers, loaded, panels, process
from pages.components.answers import Usual
from pages.components.compare import controls, lists, parts, taste
from pages.components.compare.controls import Chosen
from pages.components.filters import effect
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped, filled
from services.errors import ServiceError
from services.library.tastes import FORMULA
from services.lists.reasons import Reason
from services.lists.sample import Chance
from services.personalize.recipe_names import EXPLORING
from services.screens.compare import sentences, sides
from services.screens.compare.sides import ReasonsBySide, Side

LISTS, HISTORIES, TABLE = "Lists", "Histories", "Table"

HOW = """
**Lists** are the campaigns' own answers to GetRecommendations, in their order. **Shared** counts items that both lists
hold. {chance} **Order** is rank-biased overlap (Webber, Moffat and Zobel 2010, extrapolated,
p = 0.9, so that the first ten places carry 86 % of the weight): shown as per cents.
**Taste in common** is the share of two histories that lies in the same categories, the smaller share of each added up.
**Times everybody's share** of a category, in a history or a list: {formula}
spread by overall shares; an item with k categories counts 1/k to each. The picture shows the ten
categories in which any two of the dots lie furthest apart. **Reasons** name
what an item shares with the events that carry its place, as on Recommendations. **Pairs** are found among the sampled
people with more than five events.
"""


def show(chosen: Chosen) -> None:
    """Ask for every column and draw the answers; an error stays in its column."""
    opened = chosen.opened
    compared = sides.sides(
        process.backend(),
        chosen.wanted,
        chosen.count,
        opened.data,
        opened.people,
        opened.tastes,
        by_campaign=chosen.by_campaign,
        narrowing=chosen.narrowing,
        uploaded=lambda campaign, user_id: loaded.uploaded_list(chosen.group, campaign, user_id),
    )
    if len(compared) < 2:
        _one_alone(chosen, compared)
        return
    good = sides.answered(compared)
    _head(chosen, compared, None)
    for side in good:
        effect.draw(side.effect, opened, who=side.who, explores=side.campaign.recipe in EXPLORING)
    usual = None
    if not chosen.by_campaign and good and good[0].campaign.personal:
        usual = answers.usual(opened, chosen.campaigns[0], chosen.count)
    chance = None if usual is None else usual.chance
    _head(chosen, compared, chance)
    parts.figures(chosen, good, chance)
    tab = _tab(chosen, usual)
    only = taste.only(chosen, compared)
    places = None
    if tab == LISTS:
        # the lists stand while the reasons are asked for, and are drawn over with them
        with panels.subject():
            places = lists.columns(compared)
        lists.draw(places, chosen, compared, {}, only)
    by_side, no_reasons = _reasons(chosen, good)
    if places is not None:
        lists.draw(places, chosen, compared, by_side, only)
    elif tab == HISTORIES:
        lists.histories(chosen, compared)
    else:
        parts.table(chosen, good, by_side)
    about_chance = ""
    if usual is not None:
        about_chance = sentences.chance_note(usual.sample, usual.chance, opened.people.n_users)
    below = sentences.below_titles(good, opened.data.words) if tab == LISTS and any(by_side.values()) else ""
    notes = [below, no_reasons, sentences.exploring_note(good), about_chance]
    st.caption(escaped(" ".join(note for note in notes if note)))
    taste.draw(chosen, compared)
    _drawers(chosen, compared, by_side, about_chance or "asked for people under a personal recipe.")


def _tab(chosen: Chosen, usual: Usual | None) -> str | None:
    """Draw the line over the lists: suggested pairs, number of places, view; return the view."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(width="content"), panels.one_row(Widget.PAIR):
            parts.offers(chosen, usual)
        with st.container(horizontal=True, width="content", gap="small"):
            address.segments(
                "Count",
                controls.COUNTS,
                default=max(controls.COUNTS),
                key=Key.COUNT,
                label_visibility="collapsed",
            )
            return address.segments(
                "Shown as",
                (LISTS, HISTORIES, TABLE),
                default=LISTS,
                key=Key.COMPARED_AS,
                label_visibility="collapsed",
            )


def _head(chosen: Chosen, compared: list[Side], chance: Chance | None) -> None:
    """Draw the head; it is drawn over once chance is known."""
    words = chosen.opened.data.words
    sentence = sentences.headline(compared, chance, words, by_campaign=chosen.by_campaign)
    with chosen.headline.container():
        panels.head("Compare", sentence, _source(chosen))


def _one_alone(chosen: Chosen, compared: list[Side]) -> None:
    """Offer users or campaigns to compare with."""
    people, who = chosen.opened.people, compared[0].who if compared else ""
    if chosen.by_campaign:
        with chosen.headline.container():
            panels.head("Compare", "Choose two campaigns to see what each gives the same person.", _source(chosen))
        with panels.empty("Choose a second campaign to compare."):
            if len(chosen.all_campaigns) > 1:
                names = ", ".join(campaign.name for campaign in chosen.all_campaigns)
                st.caption(escaped(f"Available: {names}."))
            else:
                parts.train_another()
        return
    with chosen.headline.container():
        panels.head("Compare", f"Choose a second person to compare with {who}.", _source(chosen))
    asked = bool(compared) and compared[0].error is None
    usual = answers.usual(chosen.opened, chosen.campaigns[0], chosen.count) if asked else None
    with panels.empty(f"Search {people.n_users:,} people above, by name, id or segment."):
        if usual is None:
            error = compared[0].error if compared else None
            st.caption(escaped(str(error)) if error is not None else "Type a name or an id into the search above.")
            return
        parts.suggestions(chosen, compared[0], usual)


def _reasons(chosen: Chosen, good: list[Side]) -> tuple[dict[str, dict[str, Reason]], str]:
    """Return each side's reasons by its letter, and why some are missing."""
    by_side: dict[str, dict[str, Reason]] = {}
    missing = []
    asked = [side for side in good if side.given is None]
    for side in asked:
        try:
            by_side[side.letter] = answers.reasons_of(chosen.opened, side.campaign, side.user_id, side.ids)
        except ServiceError as error:
            missing.append(f"No reasons for {side.who}: {error}")
    return by_side, " ".join(missing) or parts.reasons_note(asked, chosen.opened.data.words)


def _source(chosen: Chosen) -> str:
    data = chosen.opened.data
    if chosen.by_campaign or not chosen.campaigns:
        user_id = chosen.user_ids[0]
        return " · ".join(part for part in (chosen.group, chosen.opened.people.label(user_id), data.note) if part)
    return chosen.source_line(chosen.campaigns[0])


def _drawers(chosen: Chosen, compared: list[Side], by_side: ReasonsBySide, chance: str) -> None:
    good = sides.answered(compared)
    drawers.drawers(
        key=Widget.COMPARE,
        how=filled(HOW, chance=chance, formula=FORMULA),
        calls=[side.call for side in good if side.call is not None],
        download=sides.table_frame(good, by_side, chosen.opened.catalog, chosen.opened.data.words),
        file_name=f"compare-{'-'.join(chosen.user_ids)}.csv",
    )
