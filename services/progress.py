"""The steps of a long task, reported while it works through them.

The task calls start(), update() and done(); its report function gets the whole list as immutable values each time, so
that a page in another thread may draw it at any moment.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

Report = Callable[[tuple["Step", ...]], None]


class StepState(StrEnum):
    """How far a step is; runs and drafts store these words."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Step:
    """One line of a step list."""

    key: str
    label: str
    state: str = StepState.WAITING
    """A StepState."""
    note: str = ""
    """What it has counted so far, or why it failed."""
    fraction: float | None = None
    """0 to 1 while running, None where nothing can be counted."""
    seconds: float | None = None
    """How long the step took, None until it ends."""


class StepList:
    """The steps of one task. Only the values that it reports may be shared between threads."""

    def __init__(self, steps: Sequence[Step], report: Report | None = None) -> None:
        self._steps = {step.key: step for step in steps}
        self._started: dict[str, float] = {}
        self._report = report

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps as they are now."""
        return tuple(self._steps.values())

    def start(self, key: str, note: str = "") -> None:
        """Report that a step begins."""
        self._started[key] = time.monotonic()
        self._set(key, state=StepState.RUNNING, note=note, fraction=None)

    def update(self, key: str, fraction: float | None, note: str = "") -> None:
        """Report how far a step is."""
        self._set(key, fraction=fraction, note=note)

    def done(self, key: str, note: str = "") -> None:
        """Report that a step succeeded."""
        self._set(key, state=StepState.DONE, note=note, fraction=1.0, seconds=self._seconds(key))

    def fail(self, key: str, reason: str) -> None:
        """Report that a step failed, and why."""
        self._set(key, state=StepState.FAILED, note=reason, seconds=self._seconds(key))

    def fail_running(self, reason: str) -> None:
        """Report that the running steps failed, with this reason."""
        for key, step in self._steps.items():
            if step.state == StepState.RUNNING:
                self.fail(key, reason)

    def take(self, steps: Sequence[Step]) -> None:
        """Replace steps by those that another task reports, by key."""
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
