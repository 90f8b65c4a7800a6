"""Sending events to a sandbox user and asking for the list after each: a replay made of real calls, once, and kept.

A replay makes a copy of a user: a new user id that gets the user's own past by PutEvents. Then one event is sent
at a time, and the campaign is asked after each. Nothing is computed here: every list is an answer. The user's own
record is never touched. On AWS what was sent stays, and the next version trains on it; the embedded engine can forget
a user's live events, and a replay that is finished has its copy forgotten at once.
"""

import logging
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services import audit
from services.backend import Backend
from services.errors import ServiceError, service_errors
from services.personalize.asking import item_ids, recommend
from services.personalize.calls import ApiCall, timed
from services.personalize.recipe_names import FOR_AN_ITEM
from services.sandbox import sandboxes, tracker
from services.sandbox.script import LiveEvent, put_events_requests
from services.sandbox.states import LENGTH, Answered, Plan, ReplayState

_log = logging.getLogger(__name__)

PATIENCE_S = 10.0
"""How long to wait for a changed list on AWS, where an event shows after one or two seconds."""
LOOK_EVERY_S = 1.0


class Replay:
    """One plan, carried out. States are appended and never changed; any thread may read them meanwhile."""

    sends = True
    """Whether events are sent by PutEvents; InMemoryReplay computes what would follow."""

    def __init__(self, backend: Backend, plan: Plan) -> None:
        self.plan = plan
        self.user_id = f"sandbox-{secrets.token_hex(6)}"
        self._backend = backend
        self._lock = threading.Lock()
        self._steps: tuple[ReplayState, ...] = ()
        self._error: ServiceError | None = None
        self._original: tuple[str, ...] | None = None
        self._copy_calls: tuple[ApiCall, ...] = ()
        self._tracking_id: str | None = None
        self._sent = 0
        self._forgotten = False
        self._closed = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @property
    def steps(self) -> tuple[ReplayState, ...]:
        """The states so far; the first one is the copy before any event."""
        return self._steps

    @property
    def error(self) -> ServiceError | None:
        """The error that stopped it, or None. Events sent before stay."""
        return self._error

    @property
    def n_events(self) -> int:
        """How many events the plan sends after the past."""
        return len(self.plan.events)

    @property
    def done(self) -> bool:
        """Whether every event was sent and answered."""
        return len(self._steps) == self.n_events + 1

    @property
    def running(self) -> bool:
        """Whether it works in the background now."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def forgotten(self) -> bool:
        """Whether the copy's events have been taken out of the data again."""
        return self._forgotten

    @property
    def same_as_original(self) -> int | None:
        """How many places of the copy's first list the original's list has too, None where that was not asked."""
        if self._original is None or not self._steps:
            return None
        return len(set(self._original) & set(self._steps[0].answer.ids))

    @property
    def copy_calls(self) -> tuple[ApiCall, ...]:
        """The calls that made the copy."""
        return self._copy_calls

    def start(self) -> None:
        """Carry it out in the background, unless it is running or done."""
        if self.done or self.running:
            return
        self._error = None
        self._thread = threading.Thread(target=audit.in_the_same_name(self._run), name="live-replay", daemon=True)
        self._thread.start()

    def advance(self, to: int | None = None) -> None:
        """Send and ask up to this step, all when None. An error is kept in `error`; call again to continue."""
        last = self.n_events if to is None else min(to, self.n_events)
        with self._lock:
            self._error = None
            try:
                while len(self._steps) <= last and not self._closed:
                    self._append(self._begin() if not self._steps else self._next())
            except ServiceError as error:
                self._error = error
            finally:
                if self.done:
                    self._forget()
                with self._changed:
                    self._changed.notify_all()

    def wait(self, step: int, timeout_s: float) -> bool:
        """Wait until this step is there, an error stopped it, or the time is over; return whether the step is there."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._steps) > step or self._error is not None, timeout_s)
        return len(self._steps) > step

    def close(self) -> None:
        """Stop, and remove the copy's events where the engine can."""
        self._closed = True
        with self._lock:
            self._forget()

    def _run(self) -> None:
        """Carry it out in its own thread. Unexpected errors are logged and shown as a generic message."""
        try:
            self.advance()
        except Exception:
            _log.exception("replay stopped user=%s", self.user_id)
            self._error = ServiceError("InternalFailure", "Something unexpected happened.", "The log has the details.")
            with self._changed:
                self._changed.notify_all()

    def _append(self, step: ReplayState) -> None:
        self._steps = (*self._steps, step)
        with self._changed:
            self._changed.notify_all()

    def _begin(self) -> ReplayState:
        plan = self.plan
        self._check_original()
        calls = []
        if plan.before:
            sandboxes.sweep(self._backend)
            for request in put_events_requests(plan.before, self._tracker(), self.user_id):
                calls.append(self._put(request))
        self._copy_calls = tuple(calls)
        if plan.before and self._backend.capabilities is None:
            return self._look(None, None, None)
        return ReplayState(0, None, None, self._ask(), self._controls())

    def _check_original(self) -> None:
        """Ask for the list of the user that the copy is to be like, where there is one."""
        plan = self.plan
        if plan.original is not None:
            ids = item_ids(recommend(self._backend, plan.campaign, plan.original, LENGTH))
            self._original = tuple(dict.fromkeys(ids))

    def _next(self) -> ReplayState:
        number = len(self._steps)
        event = self.plan.events[number - 1]
        first = len(self.plan.before) + number - 1
        before = self._steps[-1].answer
        place = before.place_of(event.item_id)
        led = None if place is None else before.recommendation_id
        [request] = put_events_requests((event,), self._tracker(), self.user_id, first, led)
        put = self._put(request)
        if self._backend.capabilities is None:
            return replace(self._look(event, put, before.ids), shown_at=place)
        return ReplayState(number, event, put, self._ask(), self._controls(), shown_at=place)

    def _look(self, event: LiveEvent | None, put: ApiCall | None, before: tuple[str, ...] | None) -> ReplayState:
        """Ask until the list differs from the one before, for PATIENCE_S at most."""
        started = time.monotonic()
        answer = self._ask()
        before = answer.ids if before is None else before
        while answer.ids == before and time.monotonic() - started < PATIENCE_S:
            time.sleep(LOOK_EVERY_S)
            answer = self._ask()
        waited = time.monotonic() - started if answer.ids == before else None
        return ReplayState(len(self._steps), event, put, answer, self._controls(), waited)

    def _ask(self) -> Answered:
        plan = self.plan
        more = None if plan.filter is None else plan.filter.members
        return Answered(recommend(self._backend, plan.campaign, self.user_id, plan.n_places, more=more))

    def _controls(self) -> dict[str, tuple[str, ...]]:
        lists = {}
        for campaign in self.plan.controls:
            request: dict[str, Any] = {**campaign.asked, "userId": self.user_id, "numResults": LENGTH}
            if campaign.recipe in FOR_AN_ITEM:
                if self.plan.anchor is None:
                    continue
                request["itemId"] = self.plan.anchor
            with service_errors():
                call = timed(self._backend.runtime, "get_recommendations", **request)
            lists[campaign.recipe] = tuple(item_ids(call))
        return lists

    def _put(self, request: Mapping[str, Any]) -> ApiCall:
        if not self._sent and tracker.can_forget(self._backend):
            sandboxes.note(self._backend.home, self.plan.group, self.user_id)
        with service_errors():
            call = timed(self._backend.events, "put_events", **request)
        self._sent += len(request["eventList"])
        self._forgotten = False
        return call

    def _tracker(self) -> str:
        if self._tracking_id is None:
            self._tracking_id = tracker.tracking_id(self._backend, self.plan.group)
        return self._tracking_id

    def _forget(self) -> None:
        if self._sent and not self._forgotten:
            self._forgotten = tracker.forget(self._backend, self.plan.group, self.user_id)
            sandboxes.done(self._backend.home, self.user_id)
