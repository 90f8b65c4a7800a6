"""The Live events screen under its controls: plan, send in the background, head, transport, figures, pictures, list."""

import time

import streamlit as st

from pages.components import answers, drawers, panels, process
from pages.components.keys import Key, Widget
from pages.components.live_events import by_hand, pictures, state, transport
from pages.components.live_events import controls as live_choose
from pages.components.live_events import parts as live_parts
from pages.components.live_events.controls import Chosen
from pages.components.live_events.parts import Shown
from services.errors import ServiceError
from services.language.phrases import age
from services.personalize import campaigns, recipe_names
from services.personalize.asking import item_ids, recommend
from services.screens.live_events import figures, presets, script, sentences, tracker
from services.screens.live_events.replay import LENGTH, Plan, Replay
from services.screens.live_events.script import LiveEvent

MOST_EVENTS = 200
"""Of somebody else's history; nothing new is seen after that many."""
PATIENCE_S = 20.0
"""How long a run waits for its step; a copy takes tenths of a second."""
HOW = """
**The copy**: a new user id gets {who}'s past by PutEvents, with its own time stamps, ten events a call; then one event
a call, and GetRecommendations with 100 places after each. Nothing is computed in between: every list is an answer.
{other_how}
**Shared** counts the first 25 places of both lists. **Ceiling**: {other}'s list without what {who} had, where
the recipe hides that. **A third person**: the same number of that person's latest events, sent to another copy.
**Until retrained**: similar items and popularity, asked at the same moments; they learn in training only.
**Nearest person now**: whose list, among the sampled people, holds most of this one.
**Colours**: five {nouns} of {other}'s list with the best rank now; three of the first list that fell furthest.
{kept}
"""


def show(chosen: Chosen) -> None:
    """Plan, send, and draw what came back."""
    if chosen.mode == live_choose.REPLAY:
        _replay(chosen)
    else:
        by_hand.show(chosen)


def _replay(chosen: Chosen) -> None:
    people, one, other = chosen.opened.people, chosen.one, chosen.other
    if one is None or other is None:
        who = people.short(one or other) if one or other else "Nobody"
        live_parts.head(chosen, f"{who} alone: choose whose list is A and whose events are B.")
        with panels.empty("Two people are needed."):
            st.caption("One person twice is allowed too: the own latest events, taken away and given back.")
        return
    data = chosen.opened.data
    before, events, target_name = _script(chosen, one, other)
    if not events:
        live_parts.head(chosen, f"{people.short(other)} has no event that counts, so there is nothing to send.")
        with panels.empty("Choose somebody with a history as B."):
            st.caption(f'Only events of the type "{data.event_type}" count.' if data.event_type else "")
        return
    try:
        target = tuple(item_ids(recommend(process.backend(), chosen.campaign, other, LENGTH)))
    except ServiceError as error:
        live_parts.head(chosen, "The campaign did not answer.")
        with panels.failed(str(error), title=f"No list for {people.short(other)}"):
            pass
        return
    if not state.agreed(len(before), people.short(one)):
        live_parts.head(chosen, f"What would {people.short(other)}'s events do to {people.short(one)}'s list?")
        return
    usual = answers.usual(chosen.opened, chosen.campaign, LENGTH)
    plan = _plan(chosen, before, events, None if one == other else one)
    third = None
    third_id = None if usual is None or one == other else _third(chosen, one, other, usual, len(events))
    n, step = len(events), state.step(len(events))
    replay = state.replay(plan)
    if third_id is not None:
        theirs = script.latest(data, third_id, len(events))
        moved = script.after(before, theirs, data.last_timestamp)
        third = state.replay(Plan(chosen.group, chosen.campaign, before, moved))
    transport.send(replay, step, PATIENCE_S)
    if third is not None and process.backend().capabilities is not None:
        transport.send(third, step, PATIENCE_S)
    if not replay.steps:
        live_parts.head(chosen, "The copy could not be made.")
        transport.failed(replay)
        return
    step = min(step, len(replay.steps) - 1)
    had = tuple(event.item_id for event in script.counting(data, before))
    shown = Shown(
        chosen,
        replay,
        step,
        target,
        target_name,
        people.short(other),
        who=sentences.then(people.short(one)) if one == other else people.short(one),
        ceiling=figures.ceiling(target, had, replay.steps[0].answer.ids),
        sample=None if usual is None else usual.sample,
        third=third,
        third_who="" if third_id is None else people.short(third_id),
        n_requested=n,
    )
    left = presets.n_counting(data, other) - n if chosen.n_events is None and one != other else 0
    live_parts.head(chosen, _headline(shown, one, other), _source(chosen, left))
    transport.draw(chosen, shown)
    live_parts.figures(shown)
    if replay.error is not None:
        transport.failed(replay)
    pictures.pictures(shown)
    live_parts.table(shown)
    _drawers(shown)
    state.ticker(step, n)
    transport.follow(replay, third)


def _script(chosen: Chosen, one: str, other: str) -> tuple[tuple[LiveEvent, ...], tuple[LiveEvent, ...], str]:
    """Return the past of the copy, what is sent after it, and what B is called."""
    data, people = chosen.opened.data, chosen.opened.people
    past = script.past(data, one)
    if one == other:
        half = min(MOST_EVENTS, len(script.counting(data, past)) // 2)
        before, events = script.split(past, data, chosen.n_events or half)
        return before, events, f"{people.short(one)} today"
    theirs = script.latest(data, other, chosen.n_events or MOST_EVENTS)
    return past, script.after(past, theirs, data.last_timestamp), people.short(other)


def _plan(chosen: Chosen, before: tuple[LiveEvent, ...], events: tuple[LiveEvent, ...], original: str | None) -> Plan:
    controls = campaigns.for_recipes(process.backend(), chosen.group, recipe_names.NOT_PERSONAL)
    by_recipe = {campaign.recipe: campaign for campaign in reversed(controls)}
    own = script.counting(chosen.opened.data, before)
    return Plan(
        chosen.group,
        chosen.campaign,
        before,
        events,
        original if before else None,
        tuple(by_recipe.values()),
        own[-1].item_id if own else None,
    )


def _third(chosen: Chosen, one: str, other: str, usual: answers.Usual, n: int) -> str | None:
    said = st.query_params.get(Key.THIRD) or st.session_state.get(Key.THIRD)
    if said in chosen.opened.people and said not in (one, other):
        return str(said)
    return presets.third_person(one, other, chosen.opened.people, usual.sample, n)


def _headline(shown: Shown, one: str, other: str) -> str:
    words = shown.chosen.opened.data.words
    n = shown.replay.n_events
    if one == other:
        who = shown.chosen.opened.people.short(one)
        return sentences.then_headline(who, shown.shared, shown.step, n, words)
    kept = figures.kept_from_start(shown.replay.steps, shown.step, shown.target)
    return sentences.headline(
        shown.who, shown.target_name, shown.shared, shown.step, n, shown.ceiling, shown.third_now, kept, words
    )


def _source(chosen: Chosen, n_left: int) -> str:
    data, campaign = chosen.opened.data, chosen.campaign
    on = f" on {campaign.n_events:,} events" if campaign.n_events else ""
    cut = f"the latest {MOST_EVENTS} events; {n_left:,} older ones are not sent" if n_left > 0 else ""
    parts = [chosen.group, campaign.recipe_words, f"trained {age(campaign.trained, time.time())}{on}", data.note, cut]
    return " · ".join(part for part in parts if part)


def _drawers(shown: Shown) -> None:
    replay: Replay = shown.replay
    entry = replay.steps[shown.step]
    calls = [*replay.copy_calls[-1:]] if shown.step == 0 else []
    calls += [call for call in (entry.put, entry.answer.call) if call is not None]
    other, catalog = shown.sender, shown.chosen.opened.catalog
    drawers.drawers(
        key=Widget.LIVE,
        how=HOW.format(
            who=shown.who,
            other=other,
            nouns=shown.chosen.opened.data.words.nouns,
            other_how=f"What is sent are {other}'s latest events, moved to begin a day after {shown.who}'s last, "
            "with the pauses that they had.",
            kept=sentences.kept_line(replay, can_forget=tracker.can_forget(process.backend())),
        ),
        calls=calls,
        download=None if state.playing() else figures.matrix(replay, catalog, shown.target),
        file_name=f"live-{shown.chosen.one}-{shown.chosen.other}.csv",
    )
