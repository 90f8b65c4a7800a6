"""A list of steps that a long task works through, told to whoever watches.

The task calls start(), update() and done(); the watcher gets the whole list as immutable values each time, so that a
page in another thread may draw it at any moment.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

Report = Callable[[tuple["Step", ...]], None]


@dataclass(frozen=True)
class Step:
    """One line of a step list."""

    key: str
    label: str
    state: str = "waiting"
    """"waiting", "running", "done" or "failed"."""
    note: str = ""
    """What has been counted so far, or why the step failed."""
    fraction: float | None = None
    """0 to 1 while running, None where nothing can be counted."""
    seconds: float | None = None
    """How long the step took, None until it ends."""


class StepList:
    """The steps of one task. Not shared between threads: only the values that it reports are."""

    def __init__(self, steps: Sequence[Step], report: Report | None = None) -> None:
        self._steps = {step.key: step for step in steps}
        self._started: dict[str, float] = {}
        self._report = report

    @property
    def steps(self) -> tuple[Step, ...]:
        """The list as it stands."""
        return tuple(self._steps.values())

    def start(self, key: str, note: str = "") -> None:
        """Say that a step begins."""
        self._started[key] = time.monotonic()
        self._set(key, state="running", note=note, fraction=None)

    def update(self, key: str, fraction: float | None, note: str = "") -> None:
        """Say how far a step is."""
        self._set(key, fraction=fraction, note=note)

    def done(self, key: str, note: str = "") -> None:
        """Say that a step ended well."""
        self._set(key, state="done", note=note, fraction=1.0, seconds=self._seconds(key))

    def fail(self, key: str, reason: str) -> None:
        """Say that a step failed, and why."""
        self._set(key, state="failed", note=reason, seconds=self._seconds(key))

    def fail_running(self, reason: str) -> None:
        """Mark what was running as failed; the reason stands beside it."""
        for key, step in self._steps.items():
            if step.state == "running":
                self.fail(key, reason)

    def take(self, steps: Sequence[Step]) -> None:
        """Take over steps as somebody else reports them, by their keys."""
        self._steps.update({step.key: step for step in steps})
        if self._report is not None:
            self._report(self.steps)

    def _seconds(self, key: str) -> float:
        return time.monotonic() - self._started.get(key, time.monotonic())

    def _set(self, key: str, **changes: object) -> None:
        changed = replace(self._steps[key], **changes)  # type: ignore[arg-type]
        if changed != self._steps[key]:
            self._steps[key] = changed
            if self._report is not None:
                self._report(self.steps)
