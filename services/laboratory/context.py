"""What a laboratory's run works with: its folder, its progress, its results, and whether the user has stopped it.

A run's folder holds run.json (what was asked), state.json (how far it is) and what the laboratory writes.
"""

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd

from services.progress import Step, StepState

RUNNING, DONE, FAILED, CANCELLED = "running", "done", "failed", "cancelled"
"""The states of a run."""
MIN_WRITE_INTERVAL_S = 0.2
RUN, STATE, CANCEL = "run.json", "state.json", "cancel"
"""Files of a run's folder; the last one exists once the user has pressed Stop."""


class RunCancelled(Exception):
    """The user pressed Stop; what is finished stays."""


class RunContext:
    """One run, as the laboratory sees it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._steps: tuple[Step, ...] = ()
        self._written = 0.0

    @property
    def folder(self) -> Path:
        """The folder of the results."""
        return self._folder

    def report(self, steps: Sequence[Step]) -> None:
        """Store how far the run is; at most five times a second unless a step begins or ends."""
        changed = [step.state for step in steps] != [step.state for step in self._steps]
        self._steps = tuple(steps)
        if changed or time.monotonic() - self._written >= MIN_WRITE_INTERVAL_S:
            self._write_state(RUNNING)

    def check_cancelled(self) -> None:
        """Raise RunCancelled once the user has pressed Stop."""
        if (self._folder / CANCEL).exists():
            raise RunCancelled

    def write(self, name: str, frame: pd.DataFrame) -> None:
        """Write NAME.parquet; a reader sees the old file or the whole new one."""
        part = self._folder / f"{name}.parquet.part"
        frame.to_parquet(part, index=False)
        part.replace(self._folder / f"{name}.parquet")

    def write_json(self, name: str, value: Any) -> None:
        """Write NAME.json in the same way."""
        write_json(self._folder / f"{name}.json", value)

    def end(self, state: str, reason: str = "") -> None:
        """Store that the run has ended; a step that was running has failed with the reason."""
        if state != DONE:
            self._steps = failed_where_running(self._steps, reason)
        self._write_state(state, reason, time.time())

    def _write_state(self, state: str, reason: str = "", ended: float | None = None) -> None:
        self._written = time.monotonic()
        steps = [asdict(step) for step in self._steps]
        write_json(self._folder / STATE, {"state": state, "reason": reason, "ended": ended, "steps": steps})


def failed_where_running(steps: Sequence[Step], reason: str) -> tuple[Step, ...]:
    """Return the steps with every running one failed for this reason."""
    return tuple(
        replace(step, state=StepState.FAILED, note=reason, fraction=None, seconds=None)
        if step.state == StepState.RUNNING
        else step
        for step in steps
    )


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object. Raises FileNotFoundError and json.JSONDecodeError."""
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file; a reader sees the old file or the whole new one."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(3)}.part")
    part.write_text(json.dumps(value, ensure_ascii=False, default=str), encoding="utf-8")
    part.replace(path)
