"""The film demo's runner: works through services/demo/steps.py in a thread until every step is done.

The thread belongs to the app's process, so it survives page switches and reloads; the request is kept on disk, so it is
resumed after a restart; import jobs and trainings run in the worker process. `python -m services.demo.runner`
runs the same list in a terminal (`make demo`).
"""

import fcntl
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pandas as pd

from services import audit
from services.backend import Backend, open_backend
from services.changes import changing_home, may_change
from services.demo import time_left
from services.demo.context import DemoCancelled, DemoContext, DemoStep
from services.demo.memory import DemoMemory
from services.demo.state import DemoState
from services.demo.steps import FIRST_PERSONA, GROUP, HRNN_SOLUTION, STEPS, newest_version
from services.errors import PlainError, service_errors
from services.language.phrases import in_seconds
from services.library.store import Library
from services.progress import Step, StepList, StepState

logger = logging.getLogger(__name__)

UNEXPECTED = "Something unexpected happened; the log has the details. What is finished is kept."


class DemoRunner:
    """Prepares the demo, once per process. All methods may be called from any thread."""

    def __init__(self, backend: Backend, steps: Sequence[DemoStep] = STEPS) -> None:
        self._backend = backend
        self._list = tuple(steps)
        self._memory = DemoMemory(backend.home)
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._context = DemoContext(backend, self._memory)
        self._shown: tuple[Step, ...] = ()

    def start(self) -> None:
        """Start or resume the preparation and retry failed steps; does nothing while it is running."""
        changing_home(self._backend.home, "PrepareDemo")
        self._start(again=True)

    def resume(self) -> None:
        """Resume a preparation that was not finished when the app ended."""
        if may_change() and self._memory.requested:
            self._start(again=False)

    def cancel(self) -> None:
        """Stop the preparation; finished steps are kept."""
        changing_home(self._backend.home, "CancelDemo")
        self._memory.requested = False
        self._context.cancelled.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the preparation to end and return whether it has."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout_s)
        return not self._working()

    def state(self) -> DemoState:
        """Return the state of the demo: of this process's preparation, else of the resources."""
        active = self._working()
        failure = None if active else self._memory.failure
        shown = self._shown if active else self._from_resources()
        background = {step.key for step in self._list if step.background}
        steps = tuple(step for step in shown if step.key not in background)
        later = tuple(step for step in shown if step.key in background)
        by_key = {step.key: step for step in self._list}
        later_s = time_left.later_seconds(self._backend, by_key, later) if active else {}
        return DemoState(
            steps=steps,
            active=active,
            failed_step=None if failure is None else failure[0],
            reason=None if failure is None else failure[1],
            seconds_left=time_left.seconds_left(self._backend, steps) if active else None,
            n_events=time_left.n_events(self._backend) if active else None,
            later=tuple(time_left.with_time(step, later_s.get(step.key)) for step in later),
            later_seconds_left=sum(later_s.values()) or None,
        )

    def curve(self) -> tuple[pd.DataFrame, float | None]:
        """Return HRNN's learning curve [minutes, value] and popularity's value on the same users."""
        version = newest_version(self._backend, HRNN_SOLUTION)
        points = version.job.curve if version is not None and version.job is not None else ()
        frame = pd.DataFrame(
            {"minutes": [point.seconds / 60 for point in points], "value": [point.value for point in points]},
            columns=["minutes", "value"],
            dtype=float,
        )
        return frame, points[-1].baseline if points else None

    def advance(self, report: Callable[[tuple[Step, ...]], None] | None = None) -> bool:
        """Run the first step that is neither done nor given up; return whether there was one."""
        context, given_up = self._context, self._memory.given_up
        following = next((step for step in self._list if step.key not in given_up and not step.done(context)), None)
        if following is None:
            return False
        context.check_cancelled()
        steps = StepList(self._from_resources(until=following.key), report)
        started = time.monotonic()
        steps.start(following.key)
        try:
            with service_errors():
                note = following.run(context, lambda fraction, words: steps.update(following.key, fraction, words))
        except Exception as error:
            if not following.background or isinstance(error, DemoCancelled):
                raise
            reason = self._reason(error)
            self._memory.give_up(following.key, reason)
            steps.fail(following.key, reason)
            return True
        self._memory.count(following.key, note, time.monotonic() - started)
        steps.done(following.key, note)
        return True

    def run(self, report: Callable[[tuple[Step, ...]], None] | None = None) -> None:
        """Advance until everything is done, one process at a time. Raises the error of a step, which is kept.

        When a background step fails, its error is kept and the next step runs.
        """
        with self._locked():
            try:
                with service_errors():
                    while self.advance(report):
                        pass
            except PlainError as error:
                self._failed(str(error))
                raise
        self._memory.requested = False

    def _start(self, *, again: bool) -> None:
        with self._guard:
            if self._working():
                return
            if again:
                self._memory.forget_failure()
            self._memory.requested = True
            self._context = DemoContext(self._backend, self._memory)
            self._shown = self._from_resources()
            self._thread = threading.Thread(target=audit.in_the_same_name(self._work), name="demo", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        try:
            self.run(self._show)
        except DemoCancelled:
            logger.info("demo cancelled")
        except PlainError as error:
            logger.warning("demo stopped reason=%s", error)
        except Exception:
            logger.exception("demo stopped unexpectedly")
            self._failed(UNEXPECTED)

    def _reason(self, error: Exception) -> str:
        """Return why a step failed, as a sentence for the screen; an unexpected error is logged with its traceback."""
        if isinstance(error, PlainError):
            return str(error)
        logger.error("a step of the demo failed unexpectedly", exc_info=error)
        return UNEXPECTED

    def _show(self, steps: tuple[Step, ...]) -> None:
        self._shown = steps

    def _failed(self, reason: str) -> None:
        foreground = [step for step in self._list if not step.background]
        step = next((step.key for step in foreground if not step.done(self._context)), foreground[-1].key)
        self._memory.fail(step, reason)

    def _working(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _from_resources(self, until: str | None = None) -> tuple[Step, ...]:
        """Return the steps by the state of the resources; `until` and all steps after it are waiting.

        Background steps do not wait for each other.
        """
        steps: list[Step] = []
        failed = self._memory.given_up | dict([self._memory.failure] if self._memory.failure else [])
        waiting = False
        for step in self._list:
            missing = waiting or step.key == until or not step.done(self._context)
            waiting = waiting or (missing and not step.background)
            note, seconds = ("", None) if missing else self._memory.counted(step.key)
            state = StepState.WAITING if missing else StepState.DONE
            if missing and step.key in failed:
                state, note = StepState.FAILED, failed[step.key]
            steps.append(Step(step.key, step.label, state, note, seconds=seconds))
        return tuple(steps)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the home's demo lock; wait while another process prepares the demo there."""
        changing_home(self._backend.home)
        self._backend.home.mkdir(parents=True, exist_ok=True)
        with (self._backend.home / "tour.lock").open("w") as lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if self._context.cancelled.wait(0.5):
                        raise DemoCancelled from None
            yield


def first_persona(backend: Backend) -> str | None:
    """Return the user id of the demo's first persona."""
    data = Library(backend.home).open(GROUP)
    return data.personas[FIRST_PERSONA].user_id if data is not None and data.personas else None


def main(command: str = "make run") -> int:
    """Prepare the demo in the terminal, one line per step; return the exit status.

    command is what starts the explorer afterwards.
    """
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stdout)
    logger.setLevel(logging.INFO)
    try:
        backend = open_backend()
    except PlainError as error:
        logger.error("Stopped: %s", error)
        return 1
    runner = DemoRunner(backend)
    reported: set[str] = set()

    def report(steps: tuple[Step, ...]) -> None:
        for number, step in enumerate(steps, 1):
            if step.state == StepState.DONE and step.key not in reported:
                reported.add(step.key)
                seconds = f" ({in_seconds(step.seconds)})" if step.seconds else ""
                logger.info("%d/%d %s: %s%s", number, len(steps), step.label, step.note or "done", seconds)

    try:
        runner.run(report)
    except PlainError as error:
        logger.error("Stopped: %s", error)
        return 1
    finally:
        backend.close()
    logger.info("The film demo is ready in %s: %s", backend.home, command)
    return 0


if __name__ == "__main__":
    sys.exit(main())
