"""Which sandbox users have live events now: one note per user, so that events of a stopped process are removed too.

HOME/sandboxes/USER_ID is written before the first event is sent and removed when the events have been forgotten. It
holds the process's id and the data set group.
"""

import json
import logging
import os
import time
from pathlib import Path

from services.backend import Backend
from services.changes import changing_home
from services.sandbox import tracker

_log = logging.getLogger(__name__)

MAX_AGE_S = 15 * 60
"""No replay takes this long; an older note was left behind."""


def note(home: Path, group: str, user_id: str) -> None:
    """Write the note of a sandbox user who is about to get events."""
    changing_home(home)
    folder = _folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / user_id).write_text(json.dumps({"pid": os.getpid(), "group": group}), encoding="utf-8")


def done(home: Path, user_id: str) -> None:
    """Remove the note."""
    (_folder(home) / user_id).unlink(missing_ok=True)


def sweep(backend: Backend) -> int:
    """Remove the events that stopped processes left behind; return the number of users."""
    if not tracker.can_forget(backend):
        return 0
    n_left = 0
    for path in sorted(_folder(backend.home).glob("sandbox-*")):
        try:
            noted = json.loads(path.read_text(encoding="utf-8"))
            old = time.time() - path.stat().st_mtime > MAX_AGE_S
        except (FileNotFoundError, ValueError):
            continue  # removed, or being written, by its own process just now
        if not old and _alive(int(noted["pid"])):
            continue
        tracker.forget(backend, noted["group"], path.name)
        path.unlink(missing_ok=True)
        n_left += 1
        _log.info("swept user=%s group=%s", path.name, noted["group"])
    return n_left


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _folder(home: Path) -> Path:
    return home / "sandboxes"
