"""Wait for a resource to be ready, for scripts and for work outside a page's own run.

Amazon Personalize has no waiters in boto3; every program polls Describe. Screens do not wait: they show the state.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

READY = "ACTIVE"
ENDED_OTHERWISE = ("CREATE FAILED", "CREATE STOPPED", "DELETE FAILED", "INACTIVE")


class WaitFailed(Exception):
    """What was waited for will not be ready; the text holds the failure reason."""

    def __init__(self, message: str, status: str) -> None:
        super().__init__(message)
        self.status = status


class WaitTimeout(Exception):
    """It is still not ready; it may be later."""


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
    deadline = time.monotonic() + timeout_s
    while True:
        resource = _unwrapped(describe())
        if on_poll is not None:
            on_poll(resource)
        status = str(resource.get("status", ""))
        if status == READY:
            return resource
        if status in ENDED_OTHERWISE:
            reason = resource.get("failureReason") or "No reason was given."
            raise WaitFailed(f"{_arn(resource)} is {status}: {reason}", status)
        if time.monotonic() >= deadline:
            raise WaitTimeout(f"{_arn(resource)} is still {status or 'without a status'} after {timeout_s:g} s.")
        time.sleep(interval_s)


def wait_until_gone(describe: Callable[[], Mapping[str, Any]], *, timeout_s: float, interval_s: float = 0.25) -> None:
    """Poll until describe raises boto3's ResourceNotFoundException. Raises WaitTimeout after timeout_s."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            resource = _unwrapped(describe())
        except Exception as error:
            if type(error).__name__ == "ResourceNotFoundException":
                return
            raise
        if time.monotonic() >= deadline:
            raise WaitTimeout(f"{_arn(resource)} is still there after {timeout_s:g} s.")
        time.sleep(interval_s)


def _unwrapped(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    if "status" in answer:
        return answer
    wrapped = [value for key, value in answer.items() if key != "ResponseMetadata" and isinstance(value, Mapping)]
    return wrapped[0] if wrapped else answer


def _arn(resource: Mapping[str, Any]) -> str:
    arns = (value for key, value in resource.items() if key.endswith("Arn") and isinstance(value, str))
    return next(arns, "The resource")
