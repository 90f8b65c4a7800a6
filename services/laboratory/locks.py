"""The lock on a run's folder, which the run's process holds and its death releases."""

import fcntl
import os
from pathlib import Path

LOCK = "run.lock"


def take_lock(folder: Path) -> int | None:
    """Return a locked descriptor that a child process may inherit, None when another process holds the lock."""
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def is_locked(folder: Path) -> bool:
    """Tell whether a process works on the run. The check takes a shared lock, so concurrent checks do not collide."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
