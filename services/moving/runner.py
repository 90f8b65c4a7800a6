"""Moves a group step by step in a thread of the app's process; what was confirmed goes on after a restart.

A step that fails for a reason that passes (throttling, a network that is away, expired credentials) is tried again
until it succeeds; its line says what is in the way. Another failure ends the move with its reason; what is done stays
done.
"""

import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from services import audit
from services.backend import Backend, open_local
from services.changes import changing_home, may_change
from services.errors import DataError, PlainError, service_errors
from services.moving import sentences
from services.moving.contents import Contents, contents
from services.moving.memory import TO_AWS, Kept, MovingMemory, Request
from services.moving.plan import Choice, MovingPlan, PlannedStep, planned, target_of
from services.moving.run import Mover
from services.personalize.datasets import group_arn
from services.personalize.waiting import poll_seconds, polled
from services.progress import Step, StepList, StepState

logger = logging.getLogger(__name__)
Done = TypeVar("Done")
CONFIRMATION = "move"
"""What a person types before anything is made that costs."""


class MoveCancelled(Exception):
    """Somebody pressed Stop; what is done stays done."""


@dataclass(frozen=True)
class MoveState:
    """The newest move."""

    kept: Kept
    active: bool

    @property
    def n_done(self) -> int:
        """The steps that are done."""
        return sum(step.state == StepState.DONE for step in self.kept.steps)

    @property
    def ended(self) -> bool:
        """Whether every step is done."""
        return self.n_done == len(self.kept.steps)


class MovingRunner:
    """Moves one group at a time. All methods may be called from any thread."""

    def __init__(self, backend: Backend, local: Callable[[Backend], Backend] = open_local) -> None:
        self._backend, self._open_local = backend, local
        self._memory = MovingMemory(backend.home)
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()

    def close(self) -> None:
        """End the thread and the connections; the move goes on in the next process."""
        self._cancelled.set()
        if self._thread is not None:
            self._thread.join(1)
        if "here" in self.__dict__ and self.here is not self._backend:
            self.here.close()

    @cached_property
    def here(self) -> Backend:
        """The embedded engine of this machine."""
        return self._backend if self._backend.kind == "embedded" else self._open_local(self._backend)

    def sides(self, direction: str) -> tuple[Backend, Backend]:
        """Return (source, target)."""
        return (self.here, self._backend) if direction == TO_AWS else (self._backend, self.here)

    def found(self, direction: str, group: str) -> Contents:
        """Return what a group of the source consists of. Raises PlainError."""
        return contents(self.sides(direction)[0], group)

    def plan(self, request: Request, found: Contents | None = None) -> MovingPlan:
        """Return the plan of a move. Raises PlainError, also where the other side has a group of that name."""
        target = self.sides(request.direction)[1]
        with service_errors():
            if not self.is_again(request) and group_arn(target, request.name) is not None:
                where = "in the account" if request.direction == TO_AWS else "on this machine"
                raise DataError(sentences.taken(request.name, where))
            found = self.found(request.direction, request.group) if found is None else found
            return planned(found, target_of(target), request.choice, request.name)

    def start(self, request: Request) -> None:
        """Begin a move, or go on with it. Raises PlainError, when another one runs or the name is taken."""
        changing_home(self._backend.home, "MoveGroup", request.name)
        with self._guard:
            if self._working():
                raise DataError("A group is being moved already. Wait for its end, or stop it.")
            request = replace(request, account=self._backend.label)
            plan = self.plan(request)
            present = self._memory.read()
            if present is None or present.request != request:
                shutil.rmtree(self._memory.folder, ignore_errors=True)
            self._memory.write(Kept(request, _waiting(plan), wanted=True, failure=""))
            self._run(request)

    def resume(self) -> None:
        """Go on with a move that was not at its end when the app ended; does nothing on another backend."""
        present = self._memory.read()
        if may_change() and present is not None and present.wanted and self._can_go_on(present.request):
            with self._guard:
                if not self._working():
                    self._run(present.request)

    def cancel(self) -> None:
        """Stop after what runs now; what is done stays done."""
        changing_home(self._backend.home, "StopMove")
        present = self._memory.read()
        if present is not None:
            self._memory.write(replace(present, wanted=False))
        self._cancelled.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the end and return whether it has come."""
        if self._thread is not None:
            self._thread.join(timeout_s)
        return not self._working()

    def state(self) -> MoveState | None:
        """Return the newest move, None where there was none."""
        present = self._memory.read()
        return None if present is None else MoveState(present, self._working())

    def is_again(self, request: Request) -> bool:
        """Return whether the move was begun before, so that the group of its name is its own."""
        present = self._memory.read()
        return (
            present is not None
            and _identity(present.request) == _identity(request)
            and any(step.state != StepState.WAITING for step in present.steps)
        )

    def _can_go_on(self, request: Request) -> bool:
        return self._backend.kind == "aws" and request.account == self._backend.label

    def _working(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _run(self, request: Request) -> None:
        self._cancelled = threading.Event()
        work = audit.in_the_same_name(lambda: self._work(request))
        self._thread = threading.Thread(target=work, name="moving", daemon=True)
        self._thread.start()

    def _work(self, request: Request) -> None:
        try:
            self._carry_out(request, *self._patiently(lambda: self._plan_again(request), self._trouble))
        except MoveCancelled:
            logger.info("event=move_stopped group=%s", request.name)
        except PlainError as error:
            self._failed(str(error))
        except Exception:
            logger.exception("event=move_failed group=%s", request.name)
            self._failed("Something unexpected happened; the log has the details. What is done is kept.")

    def _plan_again(self, request: Request) -> tuple[Contents, MovingPlan]:
        with service_errors():
            found = self.found(request.direction, request.group)
            target = target_of(self.sides(request.direction)[1])
            return found, planned(found, target, request.choice, request.name)

    def _carry_out(self, request: Request, found: Contents, plan: MovingPlan) -> None:
        mover = Mover(self.sides(request.direction), found, plan, self._folder(request), self._check)
        steps = StepList(_waiting(plan), self._keep)
        for step in plan.steps:
            self._check()
            self._one(mover, step, steps)
        present = self._memory.read()
        if present is not None:
            self._memory.write(replace(present, wanted=False))
        shutil.rmtree(self._folder(request), ignore_errors=True)

    def _one(self, mover: Mover, step: PlannedStep, steps: StepList) -> None:
        def progress(fraction: float | None, words: str) -> None:
            steps.update(step.key, fraction, words)

        def trouble(sentence: str) -> None:
            self._trouble(sentence)
            progress(None, sentence)

        def attempt() -> str:
            with service_errors():
                return mover.carry_out(step, progress)

        steps.start(step.key)
        try:
            steps.done(step.key, self._patiently(attempt, trouble))
        except PlainError as error:
            steps.fail(step.key, str(error))
            raise

    def _patiently(self, attempt: Callable[[], Done], on_trouble: Callable[[str], None]) -> Done:
        """Return what an attempt returns, after as many as are needed while something is in the way that passes."""
        return next(polled(attempt, interval_s=poll_seconds(self._backend), on_trouble=on_trouble))

    def _trouble(self, sentence: str) -> None:
        self._check()
        logger.info("event=move_waits why=%s", sentence)

    def _folder(self, request: Request) -> Path:
        return self._memory.folder / request.name

    def _check(self) -> None:
        if self._cancelled.is_set():
            raise MoveCancelled

    def _keep(self, steps: tuple[Step, ...]) -> None:
        present = self._memory.read()
        if present is not None:
            self._memory.write(replace(present, steps=steps))

    def _failed(self, reason: str) -> None:
        present = self._memory.read()
        if present is not None and not self._cancelled.is_set():  # else its connections may be closed already
            self._memory.write(replace(present, wanted=False, failure=reason))


def _identity(request: Request) -> tuple[str, str, str]:
    return request.direction, request.group, request.name


def _waiting(plan: MovingPlan) -> tuple[Step, ...]:
    return tuple(Step(step.key, sentences.label(step)) for step in plan.steps)


def choice_of_everything(found: Contents) -> Choice:
    """Return the choice that takes everything along."""
    named = [tuple(d["name"] for d in kind) for kind in (found.solutions, found.campaigns, found.recommenders)]
    return Choice(*named)
