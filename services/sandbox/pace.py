"""How fast a read-only demo computes lists for its visitors: a budget for each, and one for all of them together.

A budget is a token bucket: it is full at first and refills evenly within a minute.
"""

import threading
import time
from collections.abc import Callable

from services.errors import ServiceError

PER_VISITOR = 600
"""Lists a minute; the longest replay with its control needs about 400."""
OF_ALL = 1800
"""Lists a minute of all visitors of this process."""
MINUTE_S = 60.0


class Budget:
    """A number of lists a minute; safe to use from several threads."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute, self._clock = per_minute, clock
        self._left, self._at = float(per_minute), clock()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Take one list; return False when none is left at present."""
        with self._lock:
            now = self._clock()
            self._left = min(self._per_minute, self._left + (now - self._at) * self._per_minute / MINUTE_S)
            self._at = now
            if self._left < 1:
                return False
            self._left -= 1
            return True


class Pace:
    """One visitor's budget beside that of all visitors."""

    def __init__(self, everybody: Budget, own: Budget | None = None) -> None:
        self._everybody, self._own = everybody, own or Budget(PER_VISITOR)

    def take(self) -> None:
        """Take one list. Raises ServiceError when the visitor, or all together, have asked for too many."""
        if not self._own.take():
            raise ServiceError(
                "ThrottlingException",
                f"This demo computes at most {PER_VISITOR} lists a minute for one visitor.",
                "Wait a moment, then continue.",
            )
        if not self._everybody.take():
            raise ServiceError(
                "ThrottlingException", "Many visitors ask this demo for lists.", "Wait a moment, then continue."
            )
