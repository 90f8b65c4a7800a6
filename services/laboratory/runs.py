"""Runs of the laboratories: longer than a page lives, kept, named, and told apart from runs whose process died.

A run is a folder HOME/laboratories/LABORATORY/RUN: run.json says what was asked, state.json how it stands, and the rest
is what the laboratory writes. Its process (`python -m services.laboratory.runs FOLDER`) inherits a lock on the folder,
which its death releases, so a run that says "running" while nobody holds the lock was left by a dead process.
"""

import argparse
import fcntl
import importlib
import json
import logging
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from services.backend import Backend, open_backend
from services.errors import BackendError, RunError
from services.progress import Step

log = logging.getLogger(__name__)

LABORATORIES = {
    "evaluation": "services.screens.evaluation.run:run",
    "cold_start": "services.screens.cold_start.run:run",
}
"""What a run calls, by the laboratory's name; imported when it is called."""
RUNNING, DONE, FAILED, CANCELLED = "running", "done", "failed", "cancelled"
DIED = "The process that worked on it ended without a word: it was killed, or the machine went off. Continue it."
LEAVING_S = 5.0
"""So long a process that has told its end may still hold the lock, and a new one may not have it yet."""
PROJECT_ROOT = Path(__file__).resolve().parents[2]
_started: list["subprocess.Popen[bytes]"] = []
"""Kept until they have ended and been reaped."""


class RunCancelled(Exception):
    """Somebody pressed Stop; what is finished stays."""


@dataclass(frozen=True)
class RunView:
    """How one run stands."""

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


class Desk:
    """What a laboratory's run works with: its folder, where it tells how far it is, and whether to go on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._steps: tuple[Step, ...] = ()
        self._written = 0.0

    @property
    def folder(self) -> Path:
        """Where the results go."""
        return self._folder

    def report(self, steps: Sequence[Step]) -> None:
        """Tell how far the run is; written at most five times a second unless a step begins or ends."""
        changed = [step.state for step in steps] != [step.state for step in self._steps]
        self._steps = tuple(steps)
        if changed or time.monotonic() - self._written >= 0.2:
            self._say(RUNNING)

    def check_cancelled(self) -> None:
        """Raise RunCancelled after Stop."""
        if (self._folder / "cancel").exists():
            raise RunCancelled

    def write(self, name: str, frame: pd.DataFrame) -> None:
        """Write NAME.parquet; a reader sees the old file or the whole new one."""
        part = self._folder / f"{name}.parquet.part"
        frame.to_parquet(part, index=False)
        part.replace(self._folder / f"{name}.parquet")

    def write_json(self, name: str, value: Any) -> None:
        """Write NAME.json in the same way."""
        _write_json(self._folder / f"{name}.json", value)

    def end(self, state: str, reason: str = "") -> None:
        """Say that the run has ended; a step that was under way has failed with the reason."""
        if state != DONE:
            self._steps = tuple(_stopped(step, reason) for step in self._steps)
        self._say(state, reason, time.time())

    def _say(self, state: str, reason: str = "", ended: float | None = None) -> None:
        self._written = time.monotonic()
        steps = [asdict(step) for step in self._steps]
        _write_json(self._folder / "state.json", {"state": state, "reason": reason, "ended": ended, "steps": steps})


class LabRuns:
    """All runs under one home folder."""

    def __init__(self, home: Path) -> None:
        self._home = Path(home)
        self._root = self._home / "laboratories"

    def start(self, laboratory: str, name: str, parameters: Mapping[str, Any]) -> str:
        """Start a run in a process of its own and return its id."""
        folder = create(self._root, laboratory, name, parameters)
        self._spawn(folder)
        return folder.name

    def all(self, laboratory: str) -> list[RunView]:
        """Return a laboratory's runs, newest first."""
        folders = [path.parent for path in (self._root / laboratory).glob("*/run.json")]
        found = [view for view in map(_view, folders) if view is not None]
        return sorted(found, key=lambda view: (view.created, view.id), reverse=True)

    def find(self, run_id: str) -> RunView | None:
        """Return one run, None when it was deleted."""
        folder = self._folder(run_id)
        return None if folder is None else _view(folder)

    def cancel(self, run_id: str) -> None:
        """Ask a run to stop; it does so at its next look."""
        folder = self._folder(run_id)
        if folder is not None:
            (folder / "cancel").touch()

    def resume(self, run_id: str) -> None:
        """Go on with a run that stopped or failed, from what it had finished. Raises RunError where it cannot."""
        folder, view = self._folder(run_id), self.find(run_id)
        if folder is None or view is None:
            raise RunError("This run was deleted. Start a new one.")
        if view.state == RUNNING:
            raise RunError(f"{view.name} is running already.")
        (folder / "cancel").unlink(missing_ok=True)
        self._spawn(folder)

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name. Raises RunError for an empty one."""
        folder = self._folder(run_id)
        if not name.strip():
            raise RunError("A run needs a name. Type one.")
        if folder is not None:
            _write_json(folder / "run.json", _read_json(folder / "run.json") | {"name": name.strip()})

    def delete(self, run_id: str) -> None:
        """Remove a run with its results. Raises RunError while it runs."""
        folder, view = self._folder(run_id), self.find(run_id)
        if view is not None and view.state == RUNNING:
            raise RunError(f"{view.name} is running. Stop it first.")
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _folder(self, run_id: str) -> Path | None:
        if not run_id.replace("-", "").isalnum():
            return None
        return next((path.parent for path in self._root.glob(f"*/{run_id}/run.json")), None)

    def _spawn(self, folder: Path) -> None:
        """Start the process, which takes over the lock. Raises RunError when the machine has no room for one."""
        deadline = time.monotonic() + LEAVING_S
        while (lock := _take_lock(folder)) is None and time.monotonic() < deadline:
            time.sleep(0.02)
        if lock is None:
            raise RunError("This run is being worked on already.")
        Desk(folder).report(())
        paths = filter(None, (str(PROJECT_ROOT), os.environ.get("PYTHONPATH")))
        environment = os.environ | {"PERSONALIZE_HOME": str(self._home.resolve()), "PYTHONPATH": os.pathsep.join(paths)}
        _started[:] = [process for process in _started if process.poll() is None]
        try:
            with (folder / "log.txt").open("ab") as output:
                process = subprocess.Popen(
                    [sys.executable, "-m", "services.laboratory.runs", str(folder.resolve()), "--lock-fd", str(lock)],
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
        _started.append(process)


def create(root: Path, laboratory: str, name: str, parameters: Mapping[str, Any]) -> Path:
    """Make a run's folder under HOME/laboratories and return it. Raises RunError for an unknown laboratory."""
    if laboratory not in LABORATORIES:
        raise RunError(f'There is no laboratory "{laboratory}"; there are {", ".join(LABORATORIES)}.')
    run_id = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
    folder = root / laboratory / run_id
    folder.mkdir(parents=True)
    facts = {"id": run_id, "laboratory": laboratory, "name": name, "parameters": dict(parameters)}
    _write_json(folder / "run.json", facts | {"created": time.time()})
    return folder


def run_now(backend: Backend, laboratory: str, parameters: Mapping[str, Any], folder: Path) -> None:
    """Do a run in this process and leave its results in folder. What goes wrong is written down, then raised."""
    folder.mkdir(parents=True, exist_ok=True)
    module, function = LABORATORIES[laboratory].split(":")
    desk = Desk(folder)
    try:
        getattr(importlib.import_module(module), function)(backend, parameters, desk)
    except RunCancelled:
        desk.end(CANCELLED, "It was stopped.")
        raise
    except BaseException as error:
        desk.end(FAILED, str(error) or type(error).__name__)
        raise
    desk.end(DONE)


def main() -> int:
    """Work on one run, as LabRuns starts it."""
    parser = argparse.ArgumentParser(description="Work on one laboratory run.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lock-fd", type=int, help="an inherited, locked descriptor")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    os.nice(5)  # pages answer first
    facts = _read_json(arguments.folder / "run.json")
    try:
        backend = open_backend()
    except BackendError as error:
        Desk(arguments.folder).end(FAILED, str(error))
        return 1
    try:
        run_now(backend, facts["laboratory"], facts["parameters"], arguments.folder)
    except RunCancelled:
        return 0
    except Exception:
        log.exception("run failed folder=%s", arguments.folder)
        return 1
    finally:
        backend.close()
    return 0


def _view(folder: Path) -> RunView | None:
    try:
        facts = _read_json(folder / "run.json")
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    try:
        said = _read_json(folder / "state.json")
    except FileNotFoundError:
        said = {"state": RUNNING, "steps": [], "reason": "", "ended": None}
    state, reason = said["state"], said["reason"]
    steps = tuple(Step(**step) for step in said["steps"])
    beginning = not said["steps"] and time.time() - facts["created"] < LEAVING_S  # its process takes the lock just now
    if state == RUNNING and not beginning and not _is_locked(folder):
        again = _read_json(folder / "state.json") if (folder / "state.json").exists() else said
        if again["state"] == RUNNING:  # it did not end between the two looks
            state, reason, steps = FAILED, DIED, tuple(_stopped(step, DIED) for step in steps)
        else:
            return _view(folder)
    return RunView(
        id=folder.name,
        laboratory=folder.parent.name,
        name=facts["name"],
        parameters=facts["parameters"],
        state=state,
        steps=steps,
        reason=reason if state == FAILED else "",
        created=facts["created"],
        ended=said["ended"],
        folder=folder,
    )


def _stopped(step: Step, reason: str) -> Step:
    return Step(step.key, step.label, FAILED, reason) if step.state == RUNNING else step


def _take_lock(folder: Path) -> int | None:
    """Return a locked descriptor, None when another process holds the lock."""
    descriptor = os.open(folder / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _is_locked(folder: Path) -> bool:
    """Tell whether a process works on the run; a look shares the lock, so that two looks do not take each other's."""
    try:
        descriptor = os.open(folder / "run.lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _read_json(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def _write_json(path: Path, value: Any) -> None:
    part = path.with_name(f"{path.name}.{secrets.token_hex(3)}.part")
    part.write_text(json.dumps(value, ensure_ascii=False, default=str), encoding="utf-8")
    part.replace(path)


if __name__ == "__main__":
    sys.exit(main())
