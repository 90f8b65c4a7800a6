"""The Recommendations screen under its controls: ask, head, figures, history and list, other campaigns, drawers."""

import time
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd
import streamlit as st

from pages.components import address, drawers, navigation, panels, process
from pages.components.filters import effect
from pages.components.keys import Key, Widget
from pages.components.loaded import OpenData
from pages.components.markdown import escaped, filled
from pages.components.recommendations import asking, cache, history, parts
from pages.components.recommendations.asking import ShownList
from pages.components.recommendations.controls import Chosen
from pages.components.recommendations.reasons_view import reasons_view
from services.errors import ServiceError
from services.language.phrases import age, possessive
from services.library.columns import ITEM_ID
from services.library.tastes import FORMULA
from services.personalize.asking import item_ids, recommend
from services.personalize.calls import ApiCall
from services.personalize.recipe_names import EXPLORING
from services.screens.recommendations import sentences
from services.screens.recommendations.view import ListView, list_view, side_by_side, table_frame

HOW = """
**The list** is the campaign's own answer to GetRecommendations, in its order. **Fit** is the item's score against
the average of all items: a probability over a whole catalogue always looks tiny; the table has it raw.
**Taste**: categories over-represented in the history, {formula}
spread by overall shares; an item with k categories counts 1/k to each. Fewer than five events: no clear taste.
**In taste** counts items with at least one of these categories; beside it, what as many items drawn from everybody's
events would give. **Bestsellers** are {popularity}. **Typical** is the list's middle item by the number of people.
**Why** names what an item shares with the history, in the data's own columns, among the events that carry its place.
Each item of the latest 50 events is left out once with all its events, and so is each evening; then up to three items
that share a series, a maker, a person or categories with the recommended one are left out together. Named are those
that cost it places, first where the loss and what is shared say most; one cause explains at most three places. Where no
part of the history decides, it says what the whole history leans to. What was left out stays hidden itself, so that
both ranks count the same items; "Why?" has the exact ranks. AWS gives no reasons: there, people who had both items
stand in, counted in the loaded data. **What if** and **somebody made up** replay a history that nobody has in the
embedded engine; the API has no call for that. The picks of somebody made up are one evening, two hours apart.
"""


def no_data() -> None:
    """Draw the screen for a workspace without data."""
    panels.head("Recommendations", "No data yet: load some first.")
    with panels.empty("No data yet. The film demo takes about a minute."):
        navigation.link("home", "Load the film demo")


def show(chosen: Chosen) -> None:
    """Ask the campaign and draw the answer; when it refuses, the last list of this user stays, dated."""
    try:
        shown = asking.ask(chosen)
        st.session_state[Key.LAST_LIST] = (chosen.user_id, chosen.campaign.arn, time.time(), shown)
    except ServiceError as error:
        with panels.failed(str(error), title="The campaign did not answer"):
            st.button("Ask again", key=Widget.ASK_AGAIN)
        last = st.session_state.get(Key.LAST_LIST)
        if last is None or last[:2] != (chosen.user_id, chosen.campaign.arn):
            return
        shown = last[3]
        st.caption(f"The last answer, {age(last[2], time.time())}:")
    _draw(chosen, shown)


def _draw(chosen: Chosen, shown: ShownList) -> None:
    opened = chosen.opened
    events = asking.history(chosen, shown)
    if shown.effect is not None and not item_ids(shown.call):
        _nothing_left(chosen, shown)
        return
    popularity = _popularity(chosen)
    view = _view(opened, shown.call, popularity.item_ids, events)
    with chosen.headline:
        panels.head("Recommendations", _headline(chosen, shown, view), chosen.source_line(chosen.campaign))
    effect.draw(shown.effect, opened, explores=chosen.campaign.recipe in EXPLORING)
    _personal_instead(chosen)
    panels.kpi_row(parts.figures(view, shown.call, opened.data.words))
    reasons = reasons_view(chosen, shown, view, events)
    with panels.subject():
        left, right = st.columns([5, 7], gap="medium")
        with left:
            history.draw(events, view.tastes, chosen, shown, reasons)
        with right, panels.lead():
            parts.recommended(view, chosen, shown, reasons)
    calls = [*shown.calls, *([popularity.call] if popularity.call is not None else []), *_others(chosen, view)]
    by_campaign = {_asked(entry.request): entry for entry in reversed(calls)}
    drawers.drawers(
        key=Widget.RECOMMENDATIONS,
        how=filled(HOW, popularity=popularity.source, formula=FORMULA),
        calls=list(reversed(by_campaign.values())),
        download=table_frame(view, reasons.reasons, chosen.who, opened.catalog, opened.data.words),
        file_name=f"recommendations-{'made-up' if chosen.picks else chosen.user_id}.csv",
    )


def _asked(request: Mapping[str, object]) -> object:
    return request.get("campaignArn") or request.get("recommenderArn")


def _nothing_left(chosen: Chosen, shown: ShownList) -> None:
    """Draw the screen of a list that a filter has emptied."""
    with chosen.headline:
        panels.head("Recommendations", f"Nothing is left for {chosen.who}.", chosen.source_line(chosen.campaign))
    with panels.empty(f"The filter allows no {chosen.opened.data.words.noun} that this campaign would recommend."):
        effect.draw(shown.effect, chosen.opened)
    drawers.drawers(key=Widget.RECOMMENDATIONS, calls=shown.calls)


def _view(opened: OpenData, call: ApiCall, popular: list[str], events: pd.DataFrame) -> ListView:
    """Read the list against the taste of a history and against popularity's list."""
    known = [str(item_id) for item_id in opened.data.counting(events)[ITEM_ID]]
    taste = opened.tastes.top(known)
    return list_view(
        call,
        popular=popular,
        known=known,
        taste=taste,
        everybody=cache.share_in_taste(opened, taste),
        catalog=opened.catalog,
        tastes=opened.tastes,
        n_users=opened.people.n_users,
    )


def _headline(chosen: Chosen, shown: ShownList, view: ListView) -> str:
    words = chosen.opened.data.words
    return asking.headline(chosen, shown) or sentences.headline(
        view, chosen.who, chosen.campaign, words, known=view.n_known > 0, effect=shown.effect
    )


def _personal_instead(chosen: Chosen) -> None:
    """Offer the personal list beside popularity's."""
    personal = next((entry for entry in chosen.all_campaigns if entry.personal), None)
    if chosen.campaign.personal or personal is None or chosen.picks:
        return
    st.button(
        escaped(f"See {possessive(chosen.who)} personal recommendations"),
        key=Key.PERSONAL,
        icon=":material/arrow_forward:",
        on_click=address.carry,
        args=({Key.CAMPAIGN: personal.name},),
    )


class Popularity(NamedTuple):
    """Popularity's list, the call where one was made, and what the list is."""

    item_ids: list[str]
    call: ApiCall | None
    source: str


def _popularity(chosen: Chosen) -> Popularity:
    """Return popularity's list: from its campaign where there is one, else counted from the loaded data."""
    campaign = next((entry for entry in chosen.all_campaigns if not entry.personal), None)
    if campaign is not None:
        try:
            call = recommend(process.backend(), campaign, chosen.user_id, chosen.count)
            return Popularity(item_ids(call), call, f"the answer of the campaign {campaign.name}")
        except ServiceError:
            pass  # the count below says nearly the same, and the drawer says which of the two it was
    counted = chosen.opened.catalog.most_popular(chosen.count)
    return Popularity(counted, None, "the items that most people had in the loaded data")


def _others(chosen: Chosen, view: ListView) -> list[ApiCall]:
    """Draw other campaigns' lists of the same user, and return the calls."""
    if not chosen.others:
        return []
    lists: dict[str, list[str]] = {}
    calls: list[ApiCall] = []
    for campaign in chosen.all_campaigns:
        if campaign.name not in chosen.others:
            continue
        with panels.guard(campaign.name):
            lists[campaign.name], call = asking.other_list(chosen, campaign)
            calls += [] if call is None else [call]
    if lists:
        frame = side_by_side(list(view.frame["item_id"]), lists, chosen.opened.catalog)
        parts.beside(frame, chosen.campaign.name)
    return calls
