"""Live events by hand: single events for a copy of a user, or the first clicks of a new visitor."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.components import address, answers, changing, drawers, loaded, panels, pickers, process
from pages.components.keys import Key, Widget
from pages.components.live_events import attribution, cache, controls, parts, pictures, state, transport
from pages.components.live_events.controls import BY_HAND, Chosen
from pages.components.live_events.view import ReplayView
from pages.components.loaded import OpenData
from pages.components.markdown import escaped, filled
from services.changes import may_change
from services.errors import ServiceError
from services.library.columns import EVENT_TYPE, EVENT_VALUE
from services.money.sentences import before_sending
from services.sandbox import script, tracker
from services.sandbox.replay import Replay
from services.sandbox.script import LiveEvent
from services.sandbox.states import LENGTH, Plan
from services.screens.live_events import figures, sentences
from services.screens.live_events.figures import Ceiling

PATIENCE_S = 20.0
HOW = """
{how} {kept} The address holds the events, so another browser repeats them with a copy of its own.
"""


def show(chosen: Chosen) -> None:
    """Draw the events that the address names, the ways to add one, and what they change."""
    data = chosen.opened.data
    before = script.past(data, chosen.copied) if chosen.copied is not None else ()
    if chosen.mode == BY_HAND and chosen.copied is None:
        parts.head(chosen, "Choose whose copy gets the events.")
        return
    sent = st.query_params.get_all(Key.LIVE_SENT) or list(st.session_state.get(Key.LIVE_SENT, []))
    _keep(sent)
    events = script.from_address(sent, before, data.event_type, data.last_timestamp)
    who = chosen.opened.people.short(chosen.copied) if chosen.copied is not None else "The visitor"
    if not state.agreed(len(before) + len(events), who):
        parts.head(chosen, f"What would {who} get after one more event?")
        return
    replay = _replay(chosen, before, events)
    transport.send(replay, len(events), PATIENCE_S)
    states = replay.steps
    if not states:
        parts.head(chosen, "The copy could not be made.")
        transport.failed(replay)
        return
    usual = answers.usual(chosen.opened, chosen.campaign, LENGTH)
    step = len(states) - 1
    first = set(states[0].answer.ids)
    view = ReplayView(
        chosen=chosen,
        replay=replay,
        states=states,
        step=step,
        wanted=len(events),
        n_requested=len(events),
        target=tuple(item_id for item_id in states[step].answer.ids if item_id not in first),
        target_name="new ones",
        sender=who,
        who=who,
        ceiling=Ceiling(LENGTH, ""),
        sample=None if usual is None else usual.sample,
    )
    _draw(view, sent, events)


def _draw(view: ReplayView, sent: Sequence[str], events: Sequence[LiveEvent]) -> None:
    chosen, replay, step, who = view.chosen, view.replay, view.step, view.who
    words = chosen.opened.data.words
    if chosen.mode == BY_HAND:
        parts.head(chosen, sentences.hand_headline(who, step, len(view.target), words))
    else:
        parts.head(chosen, sentences.visitor_headline(step, len(view.target), words))
    _controls(chosen, sent)
    state.offer_to_send(replay)
    parts.figures(view)
    if replay.error is not None:
        transport.failed(replay)
    pictures.pictures(view)
    _log(view)
    attribution.draw(view)
    if chosen.mode == BY_HAND and chosen.copied is not None and events and may_change():
        _for_real(chosen, chosen.copied, events)
    state_now = view.states[step]
    drawers.drawers(
        key=Widget.LIVE_HAND,
        how=filled(
            HOW,
            how=sentences.how_line(who if replay.plan.before else "", sends=replay.sends),
            kept=sentences.kept_line(replay, can_forget=tracker.can_forget(process.backend())),
        ),
        calls=[call for call in (state_now.put, state_now.answer.call) if call is not None and replay.sends],
        download=figures.matrix(replay, chosen.opened.catalog, view.target),
        file_name="live-by-hand.csv",
    )
    transport.follow(view)


def _replay(chosen: Chosen, before: tuple[LiveEvent, ...], events: tuple[LiveEvent, ...]) -> Replay:
    plan = Plan(chosen.group, chosen.campaign, before, events, chosen.copied if before else None)
    return answers.replay(plan)


def _controls(chosen: Chosen, sent: Sequence[str]) -> None:
    data, opened = chosen.opened.data, chosen.opened
    search = loaded.item_search(opened)
    types = data.values(EVENT_TYPE)
    valued = EVENT_VALUE in data.schemas.get("Interactions", "")
    pick, kind, value, send, undo, clear = panels.controls([8, 3.4, 2.6, 2.2, 2.6, 2.2], "event")
    with pick:
        item_id = pickers.item(search, Key.LIVE_ITEM, f"Which {data.words.noun}?", optional=True)
    with kind:
        first = types.index(data.event_type) if data.event_type in types else 0
        event_type = st.selectbox("Event type", types or [script.PLACEHOLDER], index=first, key=Key.LIVE_TYPE)
    with value:
        number = st.number_input("Value", value=None, key=Key.LIVE_VALUE, disabled=not valued, step=1.0)
    event = (
        ""
        if item_id is None
        else script.to_address(LiveEvent(item_id, 0, str(event_type), None if number is None else float(number)))
    )
    send.button(
        "Send",
        type="primary",
        key=Widget.LIVE_SEND,
        disabled=item_id is None,
        width="stretch",
        on_click=_add,
        args=(sent, event),
    )
    undo.button(
        "Undo last", key=Widget.LIVE_UNDO, disabled=not sent, width="stretch", on_click=_keep, args=(list(sent[:-1]),)
    )
    clear.button("Reset", key=Widget.LIVE_CLEAR, disabled=not sent, width="stretch", on_click=_keep, args=([],))
    if chosen.mode == controls.VISITOR:
        _first_clicks(opened, sent)


def _first_clicks(opened: OpenData, sent: Sequence[str]) -> None:
    """Draw a button for each item that a new visitor is offered."""
    event_type = opened.data.event_type or script.PLACEHOLDER
    with st.container(horizontal=True, gap="small"):
        for place, item_id in enumerate(cache.first_clicks(opened)):
            st.button(
                escaped(opened.catalog.label(item_id)),
                key=f"{Widget.LIVE_CLICK}_{place}",
                icon=":material/add:",
                disabled=any(text == item_id or text.startswith(f"{item_id}@") for text in sent),
                on_click=_add,
                args=(sent, script.to_address(LiveEvent(item_id, 0, event_type))),
            )


def _log(view: ReplayView) -> None:
    """Draw the events that were sent, or would be, newest first."""
    if not view.step:
        return
    catalog = view.chosen.opened.catalog
    rows = [
        (
            entry.number,
            entry.event.event_type,
            catalog.label(entry.event.item_id),
            entry.event.value,
            "not sent" if entry.put is None else "stored",
            None if entry.put is None else entry.put.milliseconds,
            figures.changed(view.states, entry.number),
        )
        for entry in reversed(view.states)
        if entry.event is not None
    ]
    names = ["#", "type", view.chosen.opened.data.words.noun, "value", "answer", "sending, ms", "changed places"]
    frame = pd.DataFrame(rows, columns=names)
    if frame["value"].isna().all():
        frame = frame.drop(columns="value")
    panels.table(
        frame,
        key=Widget.LIVE_LOG,
        alt=f"{len(rows)} events sent by hand, newest first.",
        height="content",
        column_config={"sending, ms": st.column_config.NumberColumn("sending, ms", format="%.1f")},
    )


def _for_real(chosen: Chosen, user_id: str, events: Sequence[LiveEvent]) -> None:
    """Offer to send the same events in the user's own name, after the id has been typed."""
    who = chosen.opened.people.short(user_id)
    with st.popover(escaped(f"Send to {who} instead of the copy")):
        st.markdown(escaped(f"The events stay: {who}'s lists change at once, and the next version trains on them."))
        changing.costs(before_sending(process.backend()))
        typed = st.text_input(escaped(f"Type {user_id} to confirm"), key=Widget.LIVE_REAL_TYPED)
        if st.button("Send for good", key=Widget.LIVE_REAL, disabled=typed.strip() != user_id):
            try:
                calls = tracker.send_for_real(process.backend(), chosen.group, user_id, events)
            except ServiceError as error:
                st.error(escaped(str(error)))
            else:
                n = sum(len(call.request["eventList"]) for call in calls)
                st.toast(escaped(f"{n} sent in {who}'s name."), icon=":material/check_circle:")


def _add(sent: Sequence[str], event: str) -> None:
    address.act()
    _keep([*sent, event])


def _keep(sent: Sequence[str]) -> None:
    st.session_state[Key.LIVE_SENT] = list(sent)
    if st.query_params.get_all(Key.LIVE_SENT) != list(sent):
        if sent:
            st.query_params[Key.LIVE_SENT] = list(sent)
        else:
            st.query_params.pop(Key.LIVE_SENT, None)
