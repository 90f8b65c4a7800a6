"""Who did what: one line for each change in HOME/logs/changes.log, where people sign in.

    2026-11-28T09:15:02Z user=ann@example.org operation=DeleteCampaign resource=arn:aws:... outcome=done

A line has identifiers only, never contents or secrets. The file is readable by its owner only, and replaced by a
new one when it is full; KEPT older ones stay. Several processes may write; a lock makes them take turns.
"""

import fcntl
import json
import os
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path

LOG = Path("logs") / "changes.log"
MAX_BYTES = 5_000_000
KEPT = 4
"""Older files beside the current one: changes.log.1 is the newest of them."""
MAX_VALUE = 300
USER = "PERSONALIZE_ACTING_USER"
"""Tells a process that was started for a user who that is."""
UNKNOWN = "-"
"""Stands for the app itself, which continues what was begun before a restart."""

_signed_in: list[Callable[[], str | None]] = []
"""How this process finds the user of the present run; empty where nobody signs in."""
_acting: ContextVar[str | None] = ContextVar("acting", default=None)


def use(signed_in: Callable[[], str | None]) -> None:
    """Record changes from now on, with the user that the function returns; None for none."""
    _signed_in[:] = [signed_in]


def stop() -> None:
    """Record nothing any more."""
    _signed_in.clear()


def acting_user() -> str | None:
    """Return who acts now, UNKNOWN for the app itself; None where nobody signs in and nothing is recorded."""
    named = _acting.get() or os.environ.get(USER)
    if named or not _signed_in:
        return named
    return _signed_in[0]() or UNKNOWN


def in_the_same_name(work: Callable[[], None]) -> Callable[[], None]:
    """Return the work for another thread, which then acts for the user of this one."""
    user = acting_user()

    def run() -> None:
        _acting.set(user)
        work()

    return run


def write(home: Path, operation: str, resource: str, outcome: str) -> None:
    """Add a line, unless nobody signs in here."""
    user = acting_user()
    if user is None:
        return
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    facts = {"user": user, "operation": operation, "resource": resource, "outcome": outcome}
    line = " ".join([at, *(f"{name}={_value(value)}" for name, value in facts.items())])
    path = home / LOG
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _make_room(path)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600), "ab") as log:
            log.write(f"{line}\n".encode())


def _make_room(path: Path) -> None:
    if not path.exists() or path.stat().st_size < MAX_BYTES:
        return
    for number in range(KEPT, 0, -1):
        older = path.with_name(f"{path.name}.{number - 1}") if number > 1 else path
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number}"))


def _value(value: str) -> str:
    """Return a value without line breaks and ambiguous spaces."""
    value = value[:MAX_VALUE]
    return value if re.fullmatch(r"[\w@.:/+-]+", value, re.ASCII) else json.dumps(value)
