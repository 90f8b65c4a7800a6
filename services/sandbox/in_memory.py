"""A replay that sends nothing: every list is computed for the events so far.

It serves the read-only mode, and addresses that were only opened: a link alone changes nothing. The engine answers what
the list of a new user would be after these events (WhatIf.list_after_events), which is the list that PutEvents
leads to. The events exist in this object only, so a visitor never meets another's.
"""

import time
from collections.abc import Sequence

from services.backend import Backend, HypotheticalEvent, engine_errors
from services.changes import may_change
from services.errors import ReadOnlyError
from services.filters import leaving
from services.personalize.calls import ApiCall
from services.sandbox.pace import Pace
from services.sandbox.replay import Replay
from services.sandbox.script import LiveEvent
from services.sandbox.states import Answered, Plan, ReplayState

NOT_ON_AWS = (
    "Amazon Personalize answers only for events that were sent, and a read-only demo sends none. Live events works in "
    "a read-only demo with the embedded engine."
)


def replay_of(backend: Backend, plan: Plan, pace: Pace | None = None, *, sends: bool = True) -> Replay:
    """Return a replay of a plan, which sends its events where that is wanted and allowed.

    The pace limits one that computes.
    """
    return Replay(backend, plan) if sends and may_change() else InMemoryReplay(backend, plan, pace)


class InMemoryReplay(Replay):
    """One plan, computed without sending anything."""

    sends = False

    def __init__(self, backend: Backend, plan: Plan, pace: Pace | None) -> None:
        super().__init__(backend, plan)
        self._pace = pace

    def _begin(self) -> ReplayState:
        self._check_original()
        return self._state(0, None)

    def _next(self) -> ReplayState:
        number = len(self._steps)
        return self._state(number, self.plan.events[number - 1])

    def _state(self, number: int, event: LiveEvent | None) -> ReplayState:
        if self._pace is not None:
            self._pace.take()
        events = (*self.plan.before, *self.plan.events[:number])
        place = None if event is None else self._steps[-1].answer.place_of(event.item_id)
        return ReplayState(number, event, None, self._computed(events), self._controls(), shown_at=place)

    def _computed(self, events: tuple[LiveEvent, ...]) -> Answered:
        """Return the list after these events in the form of an answer of GetRecommendations."""
        capabilities = self._backend.capabilities
        if capabilities is None:
            raise ReadOnlyError(NOT_ON_AWS)
        asked = [HypotheticalEvent(e.item_id, e.timestamp, e.event_type, e.value) for e in events]
        started = time.perf_counter()
        with engine_errors():
            found = capabilities.what_if.list_after_events(self.plan.campaign.arn, asked, self.plan.n_places)
        milliseconds = 1000 * (time.perf_counter() - started)
        scores = dict(zip(found.item_ids, found.scores or (None,) * len(found.item_ids), strict=True))
        ids: Sequence[str] = found.item_ids
        if self.plan.filter is not None:
            happened = [(event.item_id, event.event_type) for event in events]
            ids = leaving.kept(self._backend, self.plan.group, self.plan.filter, ids, happened)
        items = [{"itemId": i} | ({} if scores[i] is None else {"score": scores[i]}) for i in ids]
        request = {**self.plan.campaign.asked, "userId": self.user_id, "numResults": self.plan.n_places}
        response = {"itemList": items}
        return Answered(
            ApiCall("personalize-runtime", "GetRecommendations", "get_recommendations", request, response, milliseconds)
        )
