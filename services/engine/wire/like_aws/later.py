"""Changes that take effect later: each is tried at once and undone, and made when its time has come.

A deletion, an update of a campaign and an event are answered as if they were done, because trying them finds every
error. Until its time has come nobody sees the change. What has not been made when the process is killed is not made.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from services.engine.context import EngineContext
from services.engine.wire.dispatch import Answer, Dispatcher, failure

logger = logging.getLogger(__name__)

VERBS = {"Delete": "DELETE", "Stop": "STOP", "Start": "START", "Update": "UPDATE"}
DELAYED = ("UpdateCampaign", "UpdateDataset", "StartRecommender", "StopRecommender")
PUTS = ("PutEvents", "PutItems", "PutUsers")


def is_delayed(operation: str) -> bool:
    """Return whether an operation takes effect later; schemas have no states, so theirs do at once."""
    return operation in (*DELAYED, *PUTS) or (operation.startswith("Delete") and operation != "DeleteSchema")


@dataclass(frozen=True)
class Change:
    """One change that is to be made."""

    service: str
    operation: str
    request: Mapping[str, Any]
    arn: str
    """Of the resource that changes; "" for what was put."""
    verb: str
    """"DELETE", "UPDATE", "START", "STOP" or "PUT"."""
    since: float
    due: float


class QuietContext(EngineContext):
    """A context that starts no worker and settles no jobs."""

    def start_worker(self) -> None:
        """Do nothing."""

    def settle_jobs(self) -> None:
        """Do nothing."""


def quiet(context: EngineContext, **settings: Any) -> QuietContext:
    """Return the context with the same stores that starts no worker; settings replace those of the engine."""
    members = {field.name: getattr(context, field.name) for field in fields(EngineContext)}
    return QuietContext(**members | {"settings": replace(context.settings, **settings)})


class _Undone(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class Later:
    """The changes that are to be made, and how they are tried."""

    def __init__(self, context: EngineContext, clock: Callable[[], float]) -> None:
        self._database = context.database
        # What a deletion removes from the disk is removed only when it is made.
        self._rehearsal = Dispatcher(quiet(context, home=context.settings.scratch_path / "no-such-home"))
        self._dispatcher = Dispatcher(context)
        self._clock = clock
        self._changes: list[Change] = []
        self._lock = threading.RLock()

    def tried(self, service: str, operation: str, request: Mapping[str, Any]) -> Answer:
        """Return the answer that a change would get now, without making it."""
        try:
            with self._database.atomic():
                raise _Undone(self._rehearsal.call(service, operation, request))
        except _Undone as undone:
            return undone.answer
        except sqlite3.OperationalError:
            return failure(service, "ServiceUnavailable", "The engine's database is busy. Try again.", 503)

    def add(self, change: Change) -> None:
        """Keep a change until its time has come."""
        with self._lock:
            self._changes.append(change)

    def of(self, arn: str) -> Change | None:
        """Return the change that a resource is in the middle of, or None."""
        with self._lock:
            return next((change for change in self._changes if change.arn == arn), None)

    def make_due(self, *, every: bool = False) -> None:
        """Make the changes whose time has come, in their order; at the end of the process every one."""
        with self._lock:
            moment = self._clock()
            due = sorted((c for c in self._changes if every or c.due <= moment), key=lambda change: change.due)
            for change in due:
                answer = self._dispatcher.call(change.service, change.operation, change.request)
                if answer.status != 200:
                    logger.warning("change not made operation=%s arn=%s: %s", change.operation, change.arn, answer.body)
                self._changes.remove(change)
