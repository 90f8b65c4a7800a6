"""Wait for a resource, or stop its job: the one polling loop, and functions that wait for a state.

Amazon Personalize has no waiters in boto3; every program polls Describe. Screens do not wait: they show the state.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from services.backend import Backend
from services.errors import DataError
from services.personalize.states import Status

ENDED_OTHERWISE = (Status.CREATE_FAILED, Status.CREATE_STOPPED, Status.DELETE_FAILED, Status.INACTIVE)
MAX_DELETION_S = 600.0

Seen = TypeVar("Seen")


class WaitFailed(Exception):
    """The resource will never be ready; the text holds the failure reason."""

    def __init__(self, message: str, status: str) -> None:
        super().__init__(message)
        self.status = status


class WaitTimeout(Exception):
    """The resource is still not ready; it may be later."""


def poll_seconds(backend: Backend) -> float:
    """Return the polling interval: short for the local engine, long on AWS, which throttles Describe calls."""
    return 5.0 if backend.kind == "aws" else 0.1


def stop_job(backend: Backend, arn: str) -> bool:
    """Ask for a job of any kind to be stopped; return whether it was unfinished and the backend can."""
    return backend.capabilities is not None and backend.capabilities.stop(arn)


def polled(look: Callable[[], Seen], *, interval_s: float, timeout_s: float = math.inf) -> Iterator[Seen]:
    """Yield what look() returns, at least once, with a pause between two calls; end after timeout_s."""
    deadline = time.monotonic() + timeout_s
    while True:
        yield look()
        if time.monotonic() >= deadline:
            return
        time.sleep(interval_s)


def wait_until(
    look: Callable[[], Seen],
    ended: Callable[[Seen], bool],
    *,
    interval_s: float,
    timeout_s: float = math.inf,
    on_poll: Callable[[Seen], None] | None = None,
) -> Seen:
    """Call look() until what it returns has ended, and return that; on_poll gets everything before it.

    Raises WaitTimeout after timeout_s, and what on_poll raises.
    """
    for seen in polled(look, interval_s=interval_s, timeout_s=timeout_s):
        if ended(seen):
            return seen
        if on_poll is not None:
            on_poll(seen)
    raise WaitTimeout(f"It has not ended within {timeout_s:g} s.")


def wait_until_active(
    describe: Callable[[], Mapping[str, Any]],
    *,
    timeout_s: float,
    interval_s: float = 0.25,
    on_poll: Callable[[Mapping[str, Any]], None] | None = None,
) -> Mapping[str, Any]:
    """Poll until the described resource is ACTIVE and return its last description.

    describe makes one Describe call; its answer may wrap the resource in one member, as boto3 answers do. on_poll sees
    every description, for example to show progress. Raises WaitFailed with the failureReason, WaitTimeout after
    timeout_s.
    """
    resource: Mapping[str, Any] = {}
    for answer in polled(describe, interval_s=interval_s, timeout_s=timeout_s):
        resource = _unwrapped(answer)
        if on_poll is not None:
            on_poll(resource)
        status = str(resource.get("status", ""))
        if status == Status.ACTIVE:
            return resource
        if status in ENDED_OTHERWISE:
            reason = resource.get("failureReason") or "No reason was given."
            raise WaitFailed(f"{_arn(resource)} is {status}: {reason}", status)
    status = resource.get("status") or "without a status"
    raise WaitTimeout(f"{_arn(resource)} is still {status} after {timeout_s:g} s.")


def wait_until_gone(backend: Backend, describe: Callable[[], Any]) -> None:
    """Poll until describe() answers ResourceNotFoundException. Raises DataError after MAX_DELETION_S."""

    def gone() -> bool:
        try:
            describe()
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return True
            raise
        return False

    if not any(polled(gone, interval_s=poll_seconds(backend), timeout_s=MAX_DELETION_S)):
        raise DataError(f"Deleting has not ended within {MAX_DELETION_S:.0f} s. Look again later.")


def _unwrapped(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    if "status" in answer:
        return answer
    wrapped = [value for key, value in answer.items() if key != "ResponseMetadata" and isinstance(value, Mapping)]
    return wrapped[0] if wrapped else answer


def _arn(resource: Mapping[str, Any]) -> str:
    arns = (value for key, value in resource.items() if key.endswith("Arn") and isinstance(value, str))
    return next(arns, "The resource")
