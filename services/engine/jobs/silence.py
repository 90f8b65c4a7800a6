"""Finds out that a job hangs: its progress stands still although its process is alive.

A heartbeat shows only that the process exists. A job that waits for something that never comes uses no processor time;
a long step of a library that reports nothing uses a lot, so it gets more time.
"""

from collections.abc import Hashable

BUSY_SHARE = 0.1
"""Share of one processor from which on a silent job counts as computing."""
BUSY_FACTOR = 6
"""A computing job may be silent for this many times the limit."""
LONGEST_STEP_S = 5.0
"""A longer time between two observations counts as this: the process or the machine was suspended."""


class Silence:
    """The time since a job's last progress."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._progress: Hashable = None
        self._last_moment: float | None = None
        self._processor_s = 0.0
        self.seconds = 0.0
        """Seconds without progress, without suspended time."""

    def observe(self, progress: Hashable, moment: float, processor_s: float) -> bool:
        """Return whether the job hangs.

        progress is any value that changes with the job's progress, moment a monotonic time, and processor_s the
        processor time that the process has used.
        """
        elapsed = 0.0 if self._last_moment is None else min(moment - self._last_moment, LONGEST_STEP_S)
        self._last_moment = moment
        if progress != self._progress:
            self._progress, self._processor_s, self.seconds = progress, processor_s, 0.0
            return False
        self.seconds += elapsed
        is_computing = processor_s - self._processor_s > BUSY_SHARE * self.seconds
        return self.seconds > self._limit_s * (BUSY_FACTOR if is_computing else 1)
