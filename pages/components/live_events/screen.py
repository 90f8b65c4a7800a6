"""The Live events screen under its controls: plan, send in the background, head, transport, figures, pictures, list."""

import streamlit as st

from pages.components import answers, drawers, panels, process
from pages.components.keys import Key, Widget
from pages.components.live_events import attribution, by_hand, parts, pictures, state, transport
from pages.components.live_events.controls import REPLAY, Chosen
from pages.components.live_events.view import ReplayView
from pages.components.markdown import escaped, filled
from services.errors import ServiceError
from services.library.people import People
from services.lists.sample import ListSample
from services.personalize.asking import item_ids, recommend
from services.sandbox import script, tracker
from services.sandbox.states import LENGTH
from services.screens.live_events import figures, plans, presets, sentences
from services.screens.live_events.plans import MAX_EVENTS, Script

PATIENCE_S = 20.0
"""How long a run waits for its step; a copy takes tenths of a second."""
HOW = """
**The copy**: {copy}
{other_how}
**Shared** counts the first 25 places of both lists. **At most**: {other}'s list without what {who} had, where
the recipe hides that. **A third person**: the same number of that person's latest events, sent to another copy.
**Similar items and bestsellers** are asked at the same moments; they do not change until they are trained again.
**Nearest person now**: whose list, among the sampled people, holds most of this one.
**What the list is made of**: the share of each category in the list after each event; an item with k categories counts
1/k to each. **Listens to**: places with a category of the events sent that is no taste of the past, and places with a
taste of the past that the events do not touch; an item can be both.
{kept}
"""


def show(chosen: Chosen) -> None:
    """Plan, send, and draw what came back."""
    if chosen.mode == REPLAY:
        _replay(chosen)
    else:
        by_hand.show(chosen)


def _replay(chosen: Chosen) -> None:
    """Plan and draw a replay, or draw what keeps it from being sent."""
    copied, sender = chosen.copied, chosen.sender
    if copied is None or sender is None:
        _two_needed(chosen)
        return
    data, people = chosen.opened.data, chosen.opened.people
    sent = plans.script_of(data, copied, sender, chosen.n_events)
    if not sent.events:
        _nothing_to_send(chosen, people.short(sender))
        return
    try:
        target = tuple(item_ids(recommend(process.backend(), chosen.campaign, sender, LENGTH)))
    except ServiceError as error:
        parts.head(chosen, "The campaign did not answer.")
        with panels.failed(str(error), title=f"No list for {people.short(sender)}"):
            pass
        return
    if not state.agreed(len(sent.before), people.short(copied)):
        parts.head(chosen, f"What would {people.short(sender)}'s events do to {people.short(copied)}'s list?")
        return
    view = _send(chosen, sent, target, copied, sender)
    if view is not None:
        _draw(view, plans.n_not_sent(data, copied, sender, chosen.n_events, len(sent.events)))


def _send(chosen: Chosen, sent: Script, target: tuple[str, ...], copied: str, sender: str) -> ReplayView | None:
    """Send up to the chosen step and return what came back; None where the copy could not be made, which is drawn."""
    backend, data, people, campaign = process.backend(), chosen.opened.data, chosen.opened.people, chosen.campaign
    n = len(sent.events)
    usual = answers.usual(chosen.opened, campaign, LENGTH)
    original = None if copied == sender else copied
    step = state.step(n)
    replay = answers.replay(plans.plan_of(backend, chosen.group, campaign, data, sent, original))
    third_id = None if usual is None or original is None else _third(people, copied, sender, usual.sample, n)
    third = None
    if third_id is not None:
        third = answers.replay(plans.third_plan(chosen.group, campaign, data, sent, third_id))
    transport.send(replay, step, PATIENCE_S)
    if third is not None and backend.capabilities is not None:
        transport.send(third, step, PATIENCE_S)
    states = replay.steps
    if not states:
        parts.head(chosen, "The copy could not be made.")
        transport.failed(replay)
        return None
    had = [event.item_id for event in script.counting(data, sent.before)]
    return ReplayView(
        chosen=chosen,
        replay=replay,
        states=states,
        step=min(step, len(states) - 1),
        wanted=step,
        n_requested=n,
        target=target,
        target_name=f"{people.short(copied)} today" if original is None else people.short(sender),
        sender=people.short(sender),
        who=sentences.then(people.short(copied)) if original is None else people.short(copied),
        ceiling=figures.ceiling(target, had, states[0].answer.ids),
        sample=None if usual is None else usual.sample,
        third=third,
        third_states=() if third is None else third.steps,
        third_who="" if third_id is None else people.short(third_id),
    )


def _draw(view: ReplayView, n_not_sent: int) -> None:
    chosen, replay = view.chosen, view.replay
    cut = f"the latest {MAX_EVENTS} events; {n_not_sent:,} older ones are not sent" if n_not_sent > 0 else ""
    parts.head(chosen, _headline(view), chosen.source_line(chosen.campaign, cut))
    state.offer_to_send(replay)
    parts.figures(view)
    if replay.error is not None:
        transport.failed(replay)
    with panels.subject():
        transport.draw(view)
        pictures.pictures(view)
    parts.table(view)
    attribution.draw(view)
    _drawers(view)
    state.ticker(view.step, view.n_requested)
    transport.follow(view)


def _two_needed(chosen: Chosen) -> None:
    """Draw the screen while A or B is missing."""
    alone = chosen.copied or chosen.sender
    who = chosen.opened.people.short(alone) if alone else "Nobody"
    parts.head(chosen, f"Choose a second person, whose events {who} gets.")
    with panels.empty("Two people are needed."):
        st.caption("One person twice works too: it removes that person's latest events and sends them back.")


def _nothing_to_send(chosen: Chosen, sender: str) -> None:
    """Draw the screen for a B without events that count."""
    event_type = chosen.opened.data.event_type
    parts.head(chosen, f"{sender} has no event that counts, so there is nothing to send.")
    with panels.empty("Choose a person with a history as B."):
        st.caption(escaped(f'Only events of the type "{event_type}" count.') if event_type else "")


def _third(people: People, copied: str, sender: str, sample: ListSample, n: int) -> str | None:
    """Return the user whose events are the control: the address's, else one that fits."""
    given = st.query_params.get(Key.THIRD) or st.session_state.get(Key.THIRD)
    if given in people and given not in (copied, sender):
        return str(given)
    return presets.third_person(copied, sender, people, sample, n)


def _headline(view: ReplayView) -> str:
    words, n = view.chosen.opened.data.words, view.replay.n_events
    if view.chosen.copied == view.chosen.sender:
        return sentences.then_headline(view.sender, view.shared, view.step, n, words)
    n_kept = figures.kept_from_start(view.states, view.step, view.target)
    return sentences.headline(
        view.who, view.target_name, view.shared, view.step, n, view.ceiling, view.third_now, n_kept, words
    )


def _drawers(view: ReplayView) -> None:
    replay = view.replay
    entry = view.states[view.step]
    calls = [*replay.copy_calls[-1:]] if view.step == 0 else []
    calls += [call for call in (entry.put, entry.answer.call) if call is not None and replay.sends]
    other, catalog = view.sender, view.chosen.opened.catalog
    drawers.drawers(
        key=Widget.LIVE,
        how=filled(
            HOW,
            copy=sentences.how_line(view.who, sends=replay.sends),
            who=view.who,
            other=other,
            nouns=view.chosen.opened.data.words.nouns,
            other_how=sentences.their_events_line(other, view.who),
            kept=sentences.kept_line(replay, can_forget=tracker.can_forget(process.backend())),
        ),
        calls=calls,
        download=None if state.playing() else figures.matrix(replay, catalog, view.target),
        file_name=f"live-{view.chosen.copied}-{view.chosen.sender}.csv",
    )
