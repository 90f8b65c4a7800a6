"""Turns: of several processes that change the data of one name, one works and the others wait.

A turn is an flock on HOME/locks/NAME.lock, which the end of its process releases. Source: flock(2).
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from services.library.names import check_name

POLL_S = 0.1


@contextmanager
def turn(home: Path, name: str, waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the turn for a name; waiting is called again and again before that, and may raise to give up."""
    while True:
        descriptor = take(home, name)
        if descriptor is not None:
            break
        if waiting is not None:
            waiting()
        time.sleep(POLL_S)
    try:
        yield
    finally:
        os.close(descriptor)


def take(home: Path, name: str) -> int | None:
    """Return a descriptor that holds the turn until it is closed; None while somebody else has it."""
    check_name(name)
    folder = Path(home) / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    return locked(os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def locked(descriptor: int) -> int | None:
    """Lock a file or folder and return its descriptor; close it and return None where another one has the lock."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
