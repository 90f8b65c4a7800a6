"""Runs of the laboratories: stored, listed, started in a process of their own, stopped, resumed, renamed, deleted.

A run is a folder HOME/laboratories/LABORATORY/RUN. Its process (`python -m services.laboratories FOLDER`) inherits a
lock on the folder, which its death releases: a run that is stored as running while nobody holds the lock was left by a
dead process.
"""

import atexit
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services import audit
from services.changes import changing_home
from services.errors import RunError
from services.laboratory.context import (
    CANCEL,
    FAILED,
    RUN,
    RUNNING,
    STATE,
    RunContext,
    failed_where_running,
    read_json,
    write_json,
)
from services.laboratory.locks import is_locked, take_lock
from services.progress import Step

EVALUATION, COLD_START = "evaluation", "cold_start"
LABORATORIES = (EVALUATION, COLD_START)
"""The names of the laboratories, stored with every run; services/laboratories.py knows what each name runs."""
DIED = (
    "The process that worked on it ended without a reason: it was killed, or the machine was switched off. Continue it."
)
MAX_HANDOVER_S = 5.0
"""How long a process that has stored its end may still hold the lock, and a new one may take to get it."""
PROJECT_ROOT = Path(__file__).resolve().parents[2]
_started: list["subprocess.Popen[bytes]"] = []
"""The processes of runs, kept until they have ended and been reaped."""


@dataclass(frozen=True)
class RunView:
    """A run as screens and scripts see it."""

    id: str
    laboratory: str
    name: str
    parameters: Mapping[str, Any]
    state: str
    """"running", "done", "failed" or "cancelled"."""
    steps: tuple[Step, ...]
    reason: str
    """Why it failed, "" otherwise."""
    created: float
    ended: float | None
    """Epoch seconds; None while it runs."""
    folder: Path


class LabRuns:
    """All runs under one home folder."""

    def __init__(self, home: Path) -> None:
        self._home = Path(home)
        self._root = self._home / "laboratories"

    def start(self, laboratory: str, name: str, parameters: Mapping[str, Any]) -> str:
        """Start a run in a process of its own and return its id. Raises RunError where that is not possible."""
        changing_home(self._home, "StartLaboratoryRun", f"{laboratory}: {name}")
        folder = create(self._root, laboratory, name, parameters)
        self._spawn(folder)
        return folder.name

    def all(self, laboratory: str) -> list[RunView]:
        """Return a laboratory's runs, newest first."""
        folders = [path.parent for path in (self._root / laboratory).glob(f"*/{RUN}")]
        views = [view for view in map(_view, folders) if view is not None]
        return sorted(views, key=lambda view: (view.created, view.id), reverse=True)

    def find(self, run_id: str) -> RunView | None:
        """Return one run, None when it was deleted."""
        folder = self._folder(run_id)
        return None if folder is None else _view(folder)

    def cancel(self, run_id: str) -> None:
        """Ask a run to stop; it does so at its next check."""
        changing_home(self._home, "StopLaboratoryRun", run_id)
        folder = self._folder(run_id)
        if folder is not None:
            (folder / CANCEL).touch()

    def resume(self, run_id: str) -> None:
        """Resume a run that was stopped or failed, from what it has finished. Raises RunError where it cannot."""
        changing_home(self._home, "ResumeLaboratoryRun", run_id)
        folder, view = self._folder(run_id), self.find(run_id)
        if folder is None or view is None:
            raise RunError("This run was deleted. Start a new one.")
        if view.state == RUNNING:
            raise RunError(f"{view.name} is running already.")
        (folder / CANCEL).unlink(missing_ok=True)
        self._spawn(folder)

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name. Raises RunError for an empty one."""
        changing_home(self._home, "RenameLaboratoryRun", run_id)
        folder = self._folder(run_id)
        if not name.strip():
            raise RunError("A run needs a name. Type one.")
        if folder is not None:
            write_json(folder / RUN, read_json(folder / RUN) | {"name": name.strip()})

    def delete(self, run_id: str) -> None:
        """Delete a run with its results. Raises RunError while it runs."""
        changing_home(self._home, "DeleteLaboratoryRun", run_id)
        folder, view = self._folder(run_id), self.find(run_id)
        if view is not None and view.state == RUNNING:
            raise RunError(f"{view.name} is running. Stop it first.")
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _folder(self, run_id: str) -> Path | None:
        if not run_id.replace("-", "").isalnum():
            return None
        return next((path.parent for path in self._root.glob(f"*/{run_id}/{RUN}")), None)

    def _spawn(self, folder: Path) -> None:
        """Start the process, which takes over the lock. Raises RunError when the machine cannot start one."""
        lock = _lock_within(folder, MAX_HANDOVER_S)
        if lock is None:
            raise RunError("This run is being worked on already.")
        RunContext(folder).report(())
        paths = filter(None, (str(PROJECT_ROOT), os.environ.get("PYTHONPATH")))
        environment = os.environ | {"PERSONALIZE_HOME": str(self._home.resolve()), "PYTHONPATH": os.pathsep.join(paths)}
        user = audit.acting_user()
        environment |= {} if user is None else {audit.USER: user}
        _started[:] = [process for process in _started if process.poll() is None]
        command = [sys.executable, "-P", "-m", "services.laboratories"]  # not the current folder's "services"
        try:
            with (folder / "log.txt").open("ab") as output:
                process = subprocess.Popen(
                    [*command, str(folder.resolve()), "--lock-fd", str(lock)],
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    pass_fds=(lock,),
                    start_new_session=True,
                )
        except OSError as error:
            raise RunError(
                f"No process could be started for it: {error}. Close other programs, then continue."
            ) from error
        finally:
            os.close(lock)
        if not _started:
            atexit.register(_detach_runs)
        _started.append(process)


def _detach_runs() -> None:
    """Mark processes as finished, because subprocess warns of children that are still running at exit."""
    for process in _started:
        process.returncode = process.returncode or 0
    _started.clear()


def create(root: Path, laboratory: str, name: str, parameters: Mapping[str, Any]) -> Path:
    """Make a run's folder under HOME/laboratories and return it. Raises RunError for an unknown laboratory."""
    changing_home(root.parent)
    if laboratory not in LABORATORIES:
        raise RunError(f'There is no laboratory "{laboratory}"; there are {", ".join(LABORATORIES)}.')
    run_id = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
    folder = root / laboratory / run_id
    folder.mkdir(parents=True)
    facts = {"id": run_id, "laboratory": laboratory, "name": name, "parameters": dict(parameters)}
    write_json(folder / RUN, facts | {"created": time.time()})
    return folder


@dataclass(frozen=True)
class _State:
    """What state.json says."""

    state: str = RUNNING
    reason: str = ""
    ended: float | None = None
    steps: tuple[Step, ...] = ()

    @classmethod
    def read(cls, folder: Path) -> "_State":
        """Return the stored state; a run without one is about to begin."""
        try:
            stored = read_json(folder / STATE)
        except FileNotFoundError:
            return cls()
        return cls(stored["state"], stored["reason"], stored["ended"], tuple(Step(**step) for step in stored["steps"]))


def _view(folder: Path) -> RunView | None:
    try:
        facts = read_json(folder / RUN)
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    state = _true_state(folder, facts["created"])
    return RunView(
        id=folder.name,
        laboratory=folder.parent.name,
        name=facts["name"],
        parameters=facts["parameters"],
        state=state.state,
        steps=state.steps,
        reason=state.reason if state.state == FAILED else "",
        created=facts["created"],
        ended=state.ended,
        folder=folder,
    )


def _true_state(folder: Path, created: float) -> _State:
    """Return the stored state, or a failure where the run's process died before it could store one."""
    stored = _State.read(folder)
    begins = not stored.steps and time.time() - created < MAX_HANDOVER_S  # its process is about to take the lock
    if stored.state != RUNNING or begins or is_locked(folder):
        return stored
    stored = _State.read(folder)  # the process may have stored its end and left since the first read
    if stored.state != RUNNING:
        return stored
    return _State(FAILED, DIED, stored.ended, failed_where_running(stored.steps, DIED))


def _lock_within(folder: Path, timeout_s: float) -> int | None:
    """Return the locked descriptor, None when another process still holds the lock after timeout_s."""
    deadline = time.monotonic() + timeout_s
    while (lock := take_lock(folder)) is None and time.monotonic() < deadline:
        time.sleep(0.02)
    return lock
