"""Wait for a resource, or stop its job: the one polling loop, and functions that wait for a state.

Amazon Personalize has no waiters in boto3; every program polls Describe. Screens do not wait: they show the state.
A wait may last hours. What passes by itself does not end it: throttling, a network that is away while a laptop is
closed, credentials that expired and will be renewed. The next look then comes later, and later by chance, so that many
programs do not come back at the same moment. Every look reads the state from the resource, so nothing is lost.
"""

import logging
import math
import random
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from services.backend import EXPIRED, Backend
from services.errors import DataError, ServiceError, to_service_error
from services.personalize.states import Status

logger = logging.getLogger(__name__)

ENDED_OTHERWISE = (Status.CREATE_FAILED, Status.CREATE_STOPPED, Status.DELETE_FAILED, Status.INACTIVE)
MAX_DELETION_S = 600.0
MAX_CREATION_S = 600.0
"""Of a solution, an event tracker or a filter: minutes at AWS, nothing here."""
THROTTLED = frozenset(
    {"ThrottlingException", "TooManyRequestsException", "Throttling", "RequestLimitExceeded", "ServiceUnavailable"}
)
UNREACHABLE = frozenset(
    {"Connection", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError", "HTTPClientError"}
)
WITHOUT_CREDENTIALS = EXPIRED | {
    *("Credentials", "CredentialRetrievalError", "TokenRetrievalError", "UnauthorizedSSOTokenError"),
    *("SSOTokenLoadError", "NoAuthTokenError", "PartialCredentialsError"),
}
LONGEST_PAUSE_S = 60.0
"""Between two looks while something is in the way."""
CALM_S, CALMER = 30.0, 1.2
"""On AWS the pause between two looks grows by this factor, to at most this: a training takes an hour."""

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
    return backend.poll_s


def stop_job(backend: Backend, arn: str) -> bool:
    """Ask for a job of any kind to be stopped; return whether it was unfinished and the backend can."""
    return backend.capabilities is not None and backend.capabilities.stop(arn)


def in_the_way(error: Exception) -> str | None:
    """Return a sentence about what keeps a look from succeeding now and passes; None for every other error."""
    code = to_service_error(error).code
    if code in THROTTLED:
        return "AWS answers no more requests for the moment. Waiting goes on by itself."
    if code in WITHOUT_CREDENTIALS:
        return "The AWS credentials have expired. Renew them, for example by signing in again; waiting then goes on."
    if code in UNREACHABLE:
        return "AWS cannot be reached. Waiting goes on when the network is back."
    return None


def polled(
    look: Callable[[], Seen],
    *,
    interval_s: float,
    timeout_s: float = math.inf,
    on_trouble: Callable[[str], None] | None = None,
) -> Iterator[Seen]:
    """Yield what look() returns, at least once, with a pause between two calls; end after timeout_s.

    on_trouble gets a sentence whenever a look failed for a reason that passes; what it raises ends the wait. Another
    error of look() is raised, and that of the last look.
    """
    deadline = time.monotonic() + timeout_s
    n_failed = n_seen = 0
    while True:
        try:
            seen = look()
        except (ClientError, BotoCoreError, ServiceError) as error:
            sentence = in_the_way(error)
            if sentence is None or time.monotonic() >= deadline:
                raise
            n_failed += 1
            logger.warning("waiting goes on failed_looks=%d: %s", n_failed, to_service_error(error))
            if on_trouble is not None:
                on_trouble(sentence)
            pause(longer(interval_s, n_failed))
            continue
        n_failed, n_seen = 0, n_seen + 1
        yield seen
        if time.monotonic() >= deadline:
            return
        pause(calmer(interval_s, n_seen))


def pause(seconds: float) -> None:
    """Sleep; tests replace it."""
    time.sleep(seconds)


def longer(interval_s: float, n_failed: int) -> float:
    """Return the pause after n looks in a row that failed: doubled each time, and any part of it by chance."""
    ceiling = min(LONGEST_PAUSE_S, interval_s * 2.0 ** min(n_failed, 20))
    return random.uniform(interval_s, max(interval_s, ceiling))


def calmer(interval_s: float, n_seen: int) -> float:
    """Return the pause after n looks: as asked for the engine in this process, slowly longer for AWS."""
    if interval_s < 1:
        return interval_s
    return min(max(CALM_S, interval_s), interval_s * CALMER ** min(n_seen - 1, 100)) * random.uniform(0.9, 1.1)


def wait_until(
    look: Callable[[], Seen],
    ended: Callable[[Seen], bool],
    *,
    interval_s: float,
    timeout_s: float = math.inf,
    on_poll: Callable[[Seen], None] | None = None,
    on_trouble: Callable[[str], None] | None = None,
) -> Seen:
    """Call look() until what it returns has ended, and return that; on_poll gets everything before it.

    on_trouble gets what is in the way, as in polled(). Raises WaitTimeout after timeout_s, and what both raise.
    """
    for seen in polled(look, interval_s=interval_s, timeout_s=timeout_s, on_trouble=on_trouble):
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
    timeout_s. One that somebody deletes meanwhile is a WaitFailed too.
    """
    resource: Mapping[str, Any] = {}

    def look() -> Mapping[str, Any]:
        try:
            return describe()
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException" or not resource:
                raise
            raise WaitFailed(f"{_named(resource)} was deleted by somebody else meanwhile.", "DELETED") from error

    for answer in polled(look, interval_s=interval_s, timeout_s=timeout_s):
        resource = _unwrapped(answer)
        if on_poll is not None:
            on_poll(resource)
        status = str(resource.get("status", ""))
        if status == Status.ACTIVE:
            return resource
        if status in ENDED_OTHERWISE:
            reason = resource.get("failureReason") or "No reason was given."
            raise WaitFailed(f"{_named(resource)} is {status}: {reason}", status)
    status = resource.get("status") or "without a status"
    raise WaitTimeout(f"{_named(resource)} is still {status} after {timeout_s:g} s.")


def wait_until_ready(backend: Backend, describe: Callable[[], Mapping[str, Any]]) -> None:
    """Poll until what was just made is ACTIVE, because AWS refuses its use before. Raises DataError with the reason."""
    try:
        wait_until_active(describe, timeout_s=MAX_CREATION_S, interval_s=poll_seconds(backend))
    except (WaitFailed, WaitTimeout) as error:
        raise DataError(str(error)) from error


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


def _named(resource: Mapping[str, Any]) -> str:
    """Return a resource as a sentence begins with it: 'The campaign "films"'."""
    arns = (value for key, value in resource.items() if key.endswith("Arn") and isinstance(value, str))
    kind, _, name = next(arns, "").rpartition(":")[2].partition("/")
    return f'The {kind.replace("-", " ")} "{name}"' if name else "The resource"
