"""The Recommendations screen in its order: choose person and campaign, ask, show."""

import time

import streamlit as st

from pages.components import (
    address,
    drawers,
    loaded,
    missing,
    navigation,
    panels,
    pickers,
    presenting,
    process,
)
from pages.components.keys import Key, Widget
from pages.components.recommendations import asking, cache, more_controls, reasons
from pages.components.recommendations import parts as person_parts
from pages.components.recommendations.asking import Asked, Chosen
from services.errors import ServiceError
from services.language.phrases import age
from services.library.columns import ITEM_ID
from services.personalize import asking as personalize_asking
from services.personalize import campaigns
from services.personalize.calls import ApiCall
from services.screens.recommendations import view as recommendations
from services.screens.recommendations.view import ListView

COUNTS = (10, 25)

HOW = """
**The list** is the campaign's own answer to GetRecommendations, in its order. **Fit** is the item's score as a share
of the first score: a probability over a whole catalogue always looks tiny; the table has it raw.
**Taste**: categories over-represented in the history, (share + prior) / (share among all events + prior), prior = five
events spread by overall shares; an item with k categories counts 1/k to each. Fewer than five events: no clear taste.
**In taste** counts items with at least one of these categories; beside it, what as many items drawn from everybody's
events would give. **Popularity's list** is {popularity}. **Typical** is the list's middle item by the number of people.
**Because**: each of the latest 50 events is left out once and the history replayed; named is the event that costs the
item most log-score and at least one place, and a second one if it costs at least half as much. Dots are places lost: 1
to 4, 5 to 14, 15 or out of the list. What was left out stays hidden itself, so that both ranks count the same items.
AWS gives no reasons: there, people who had both items stand in, counted in the loaded data, with the dots for 1.5, 3
and 6 times as many as by chance. **What if** and **somebody made up** replay a history that nobody has in the embedded
engine; the API has no call for that. The picks of somebody made up are one evening, two hours apart.
"""


def no_data() -> None:
    """Say that there is nothing to recommend from."""
    panels.head("Recommendations", "No data yet: load some first.")
    with panels.empty("No data yet. The film demo takes about a minute."):
        navigation.link("home", "Load the film demo")


def choose(group: str) -> Chosen | None:
    """Draw the controls and return what they say; None when there is nothing to ask yet, which is then said."""
    headline = st.container()
    opened = loaded.open_data(group)
    available = campaigns.for_people(process.backend(), group)
    if opened is None:
        with headline:
            panels.head("Recommendations", f"The data of {group} was not loaded on this machine.", group)
        with panels.empty("Names and histories are missing.", detail="Amazon Personalize has no call for them."):
            navigation.link("data", "Load the files on Data")
        return None
    if not available:
        with headline:
            missing.for_a_person("Recommendations", "Who is recommended what?", group, opened.data)
        return None
    names = [campaign.name for campaign in available]
    address.default_choice(Key.CAMPAIGN, names, names[0])
    who, which, how_many, more = st.columns([10, 6, 3, 2], vertical_alignment="bottom")
    with who:
        user_id = pickers.person(opened.people)
    with which:
        name = address.bound_select("Campaign", names, Key.CAMPAIGN)
    count = how_many.segmented_control(
        "Count", COUNTS, default=presenting.default_count(COUNTS), required=True, key=Key.COUNT, bind="query-params"
    )
    campaign = next((entry for entry in available if entry.name == name), available[0])
    with more.popover("More", width="stretch"):
        others = more_controls.others([other for other in names if other != name])
        if user_id is None:
            return None
        owner = asking.owner_of(group, user_id)
        picks = more_controls.made_up(opened, campaign, owner)
        context = more_controls.context(opened, campaign, owner)
    return Chosen(
        group,
        opened,
        user_id,
        campaign,
        tuple(available),
        int(count or presenting.usual_count(COUNTS)),
        others,
        headline,
        picks,
        context,
    )


def show(chosen: Chosen) -> None:
    """Ask the campaign and draw the answer; when it refuses, the last list of this person stays, dated."""
    try:
        asked = asking.ask(chosen)
        st.session_state[Key.LAST_LIST] = (chosen.user_id, chosen.campaign.arn, time.time(), asked)
    except ServiceError as error:
        with panels.failed(str(error), title="The campaign did not answer"):
            st.button("Ask again", key=Widget.ASK_AGAIN)
        last = st.session_state.get(Key.LAST_LIST)
        if last is None or last[:2] != (chosen.user_id, chosen.campaign.arn):
            return
        asked = last[3]
        st.caption(f"The last answer, {age(last[2], time.time())}:")
    _draw(chosen, asked)


def _draw(chosen: Chosen, asked: Asked) -> None:
    opened, campaign, call = chosen.opened, chosen.campaign, asked.call
    words, who = opened.data.words, chosen.who
    history = asking.history(chosen, asked)
    known = [str(item_id) for item_id in opened.data.counting(history)[ITEM_ID]]
    taste = opened.tastes.top(known)
    popular, popular_call, popular_words = _popular(chosen)
    view = recommendations.list_view(
        call,
        popular,
        known,
        taste,
        cache.share_in_taste(opened, taste),
        opened.catalog,
        opened.tastes,
        opened.people.n_users,
    )
    with chosen.headline:
        headline = asking.headline(chosen, asked)
        headline = headline or recommendations.headline(view, who, campaign, words, known=bool(known))
        panels.head("Recommendations", headline, _source(chosen))
    _personal_instead(chosen, who)
    panels.kpi_row(person_parts.figures(view, call, words))
    told = reasons.told(chosen, asked, view, history)
    left, right = st.columns([5, 7], gap="medium")
    with left:
        person_parts.history(history, taste, chosen, asked, told)
    with right:
        person_parts.recommended(view, chosen, asked, told)
    calls_made = [*asked.asked, *([popular_call] if popular_call is not None else []), *_others(chosen, view)]
    calls = {entry.request["campaignArn"]: entry for entry in reversed(calls_made)}
    drawers.drawers(
        key=Widget.RECOMMENDATIONS,
        how=HOW.format(popularity=popular_words),
        calls=list(reversed(calls.values())),
        download=recommendations.table_frame(view, told.reasons, opened.catalog, words),
        file_name=f"recommendations-{'made-up' if chosen.picks else chosen.user_id}.csv",
    )


def _personal_instead(chosen: Chosen, who: str) -> None:
    """Offer the personal list to somebody who looks at popularity's."""
    personal = next((entry for entry in chosen.all_campaigns if entry.personal), None)
    if chosen.campaign.personal or personal is None or chosen.picks:
        return
    st.button(
        f"{personal.recipe_words} is ready: see {who}'s own list",
        key=Key.PERSONAL,
        icon=":material/arrow_forward:",
        on_click=address.carry,
        args=({Key.CAMPAIGN: personal.name},),
    )


def _popular(chosen: Chosen) -> tuple[list[str], ApiCall | None, str]:
    """Return popularity's list: from its campaign where there is one, else counted from the loaded data."""
    campaign = next((entry for entry in chosen.all_campaigns if not entry.personal), None)
    if campaign is not None:
        try:
            call = personalize_asking.recommend(process.backend(), campaign, chosen.user_id, chosen.count)
            return personalize_asking.item_ids(call), call, f"the answer of the campaign {campaign.name}"
        except ServiceError:
            pass  # the count below says nearly the same, and the drawer says which of the two it was
    return chosen.opened.catalog.most_popular(chosen.count), None, "the items that most people had in the loaded data"


def _others(chosen: Chosen, view: ListView) -> list[ApiCall]:
    """Draw what other campaigns say of the same person, and return the calls."""
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
        frame = recommendations.side_by_side(list(view.frame["item_id"]), lists, chosen.opened.catalog)
        person_parts.beside(frame, chosen.campaign.name)
    return calls


def _source(chosen: Chosen) -> str:
    campaign, data = chosen.campaign, chosen.opened.data
    on = f" on {campaign.n_events:,} events" if campaign.n_events else ""
    parts = [chosen.group, campaign.recipe_words, f"trained {age(campaign.trained, time.time())}{on}", data.note]
    return " · ".join(part for part in parts if part)
