"""The timed steps of a run: each is reported while it runs, and ends as done or failed."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from services.laboratory.context import RunContext
from services.progress import Report, Step, StepList, StepState

Update = Callable[[float | None, str], None]
"""Called with the share that is done, None where nothing can be counted, and a note."""


class Stages:
    """The steps of one run."""

    def __init__(self, steps: Sequence[Step], context: RunContext) -> None:
        self._list = StepList(steps, context.report)
        self._context = context
        self.seconds: dict[str, float] = {}
        """How long each step took, by its key; a step that runs several times adds up."""

    @contextmanager
    def stage(self, key: str, part: str = "") -> Iterator[Update]:
        """Run one step; part says which of several times, and precedes every note. Raises RunCancelled after Stop."""
        self._context.check_cancelled()
        began, note = time.monotonic(), part
        self._list.start(key, note)

        def update(fraction: float | None, text: str) -> None:
            nonlocal note
            note = " · ".join(word for word in (part, text) if word)
            self._list.update(key, fraction, note)

        try:
            yield update
        except Exception as error:
            self._list.fail(key, str(error) or note or "stopped")
            raise
        finally:
            self.seconds[key] = self.seconds.get(key, 0.0) + time.monotonic() - began
        self._list.done(key, note)

    def skip_waiting(self, note: str) -> None:
        """Mark the steps that had nothing to do as done."""
        for step in self._list.steps:
            if step.state == StepState.WAITING:
                self._list.done(step.key, note)


def overall(steps: Sequence[Step]) -> tuple[float | None, str]:
    """Return several steps as one bar: the share that is done, None without steps, and the running one's label."""
    running = next((step.label.lower() for step in steps if step.state == StepState.RUNNING), "")
    return (sum(step.state == StepState.DONE for step in steps) / len(steps) if steps else None), running


def one_bar(update: Update, check_cancelled: Callable[[], None]) -> Report:
    """Return what shows the steps of an import as one bar, and ends the import once the run is stopped."""

    def report(steps: tuple[Step, ...]) -> None:
        check_cancelled()
        update(*overall(steps))

    return report
