"""What a replay is to send: a copy's past and the events after it, of another user or the user's own latest ones."""

from dataclasses import dataclass

from services.backend import Backend
from services.library.store import LoadedData
from services.personalize import campaigns, recipe_names
from services.personalize.campaigns import Campaign
from services.sandbox import script
from services.sandbox.script import LiveEvent
from services.sandbox.states import Plan

MAX_EVENTS = 200
"""Of another user's history; more events change little."""


@dataclass(frozen=True)
class Script:
    """The past of the copy, and what is sent after it."""

    before: tuple[LiveEvent, ...]
    events: tuple[LiveEvent, ...]


def script_of(data: LoadedData, copied: str, sender: str, n_events: int | None) -> Script:
    """Return what is sent: the sender's latest n events after the past of the user who is copied.

    Of one user twice these are that user's own latest events, which the past then lacks. None means as many as make
    sense: MAX_EVENTS, and at most half of a user's own history.
    """
    past = script.past(data, copied)
    if copied == sender:
        half = min(MAX_EVENTS, len(script.counting(data, past)) // 2)
        return Script(*script.split(past, data, n_events or half))
    latest = script.latest(data, sender, n_events or MAX_EVENTS)
    return Script(past, script.after(past, latest, data.last_timestamp))


def plan_of(
    backend: Backend, group: str, campaign: Campaign, data: LoadedData, sent: Script, original: str | None
) -> Plan:
    """Return the plan of a replay, with one campaign of each recipe that does not listen beside it.

    original is the user whose list the copy's first list is checked against, None where it is to differ.
    """
    controls = campaigns.for_recipes(backend, group, recipe_names.NOT_PERSONAL)
    by_recipe = {control.recipe: control for control in reversed(controls)}
    own = script.counting(data, sent.before)
    return Plan(
        group,
        campaign,
        sent.before,
        sent.events,
        original if sent.before else None,
        tuple(by_recipe.values()),
        own[-1].item_id if own else None,
    )


def third_plan(group: str, campaign: Campaign, data: LoadedData, sent: Script, third: str) -> Plan:
    """Return the plan that sends as many events of a third user to another copy, as the control."""
    latest = script.latest(data, third, len(sent.events))
    return Plan(group, campaign, sent.before, script.after(sent.before, latest, data.last_timestamp))


def n_not_sent(data: LoadedData, copied: str, sender: str, n_events: int | None, n_sent: int) -> int:
    """Return how many older events of the sender the limit keeps back; 0 where a number was asked for."""
    if n_events is not None or copied == sender:
        return 0
    return len(data.counted_history(sender)) - n_sent
