"""The Ranking screen under its controls: ask for each user, figures, slope chart, table, drawers."""

import streamlit as st

from pages.components import drawers, panels, process
from pages.components.filters import effect
from pages.components.keys import Widget
from pages.components.markdown import escaped, filled
from pages.components.ranking import cache, controls, parts
from pages.components.ranking.controls import Chosen
from services.errors import ServiceError
from services.filters.effects import ranked_effect
from services.lists import item_lists
from services.personalize import asking
from services.personalize.calls import ApiCall
from services.screens.ranking import orders, sentences
from services.screens.ranking.orders import Ranking

SUGGESTED = 3

HOW = """
**Before** is the list's own order: {order}. **After** is the campaign's answer to GetPersonalizedRanking for the
person and this list; its **scores** are the person's interest within the list and sum to 1. A **move** is the place
before minus the place after, within the list; {far} places or more count. **Like the given order** is Spearman's rank
correlation of the two orders: strong from 0.7, some from 0.3, none around 0, reversed from -0.5 down. Ids that
training did not know follow last, in the order of the input and without a score, as AWS returns them. AWS ranks at
most {limit} items in one request; an id that is given twice is ranked once.
"""


def show(chosen: Chosen) -> None:
    """Ask the campaign for each user's order and draw the answers; an error stays with its user."""
    if problem := chosen.items.problem:
        _nothing_to_rank(chosen, problem)
        return
    names = _names(chosen)
    answered = [_ask(chosen, user_id) for user_id in chosen.user_ids]
    calls = [answer for answer in answered if isinstance(answer, ApiCall)]
    left = orders.left(calls, chosen.items.item_ids)
    answers: list[Ranking | ServiceError] = []
    for user_id, who, answer in zip(chosen.user_ids, names, answered, strict=True):
        if isinstance(answer, ServiceError):
            answers.append(answer)
            continue
        new_here = chosen.opened.people.n_events(user_id) == 0
        answers.append(orders.ranking(answer, left, who, chosen.opened.catalog, new_here=new_here))
    if calls and not left:
        _nothing_left(chosen, calls)
        return
    good = [answer for answer in answers if isinstance(answer, Ranking)]
    sentence = "The campaign did not answer."
    if good:
        second = good[1] if len(good) > 1 else None
        sentence = sentences.headline(orders.shortened(chosen.items, left), good[0], second, chosen.opened.catalog)
    with chosen.headline:
        panels.head("Ranking", sentence, chosen.source_line(chosen.campaign))
    for who, outcome in zip(names, answers, strict=True):
        if isinstance(outcome, ServiceError):
            with panels.failed(str(outcome), title=f"No order for {who}"):
                st.button("Ask again", key=f"{Widget.ASK_AGAIN}_{who}")
    if not good:
        return
    _effects(chosen, good)
    parts.figures(good, chosen.opened.catalog)
    with panels.subject():
        parts.picture(chosen.items, good, chosen.opened.catalog)
    parts.notes(chosen.items.n_repeated, good[0])
    parts.table(good, chosen.opened.catalog)
    drawers.drawers(
        key=Widget.RANKING,
        how=filled(HOW, order=chosen.items.order, far=orders.FAR, limit=item_lists.LIMIT),
        calls=calls,
        download=orders.table_frame(good),
        file_name="ranking.csv",
    )


def _ask(chosen: Chosen, user_id: str) -> ApiCall | ServiceError:
    more = chosen.narrowing.members
    try:
        return asking.rank(process.backend(), chosen.campaign, user_id, chosen.items.item_ids, more)
    except ServiceError as error:
        return error


def _nothing_left(chosen: Chosen, calls: list[ApiCall]) -> None:
    """Draw the screen of a list that a filter has emptied."""
    with chosen.headline:
        panels.head("Ranking", "Nothing is left to put into order.", chosen.source_line(chosen.campaign))
    with panels.empty(f"The filter takes all {len(chosen.items.item_ids)} {chosen.opened.data.words.nouns} away."):
        drawers.drawers(key=Widget.RANKING, calls=calls)


def _effects(chosen: Chosen, good: list[Ranking]) -> None:
    """Draw what the filter took away from each user's list."""
    if not chosen.narrowing:
        return
    for one in good:
        taken = ranked_effect(chosen.items.item_ids, [str(item_id) for item_id in one.frame["item_id"]])
        effect.draw(taken, chosen.opened, who=one.who)


def _names(chosen: Chosen) -> list[str]:
    """Return each user's name; the ids where the names are the same."""
    names = [chosen.opened.people.short(user_id) for user_id in chosen.user_ids]
    return names if len(set(names)) == len(names) else list(chosen.user_ids)


def _nothing_to_rank(chosen: Chosen, problem: str) -> None:
    words = chosen.opened.data.words
    with chosen.headline:
        sentence = f"Choose {words.nouns} to put into order." if not chosen.items.item_ids else problem
        panels.head("Ranking", sentence, chosen.source_line(chosen.campaign))
    with panels.empty(problem, detail="For example, the most wanted of a category:"), st.container(horizontal=True):
        options = cache.list_categories(chosen.opened)
        for category in options[:SUGGESTED]:
            st.button(
                escaped(category),
                key=f"{Widget.SUGGEST}_{category}",
                on_click=controls.show_category,
                args=(category,),
                icon=":material/format_list_numbered:",
            )
        if not options:
            st.caption("Search by title or paste ids above.")
