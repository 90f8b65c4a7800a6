"""Faults of the disk that holds a home folder, as sentences: full, read-only, not ours, or damaged."""

import errno
import sqlite3
from pathlib import Path

from services.engine.errors import HomeUnusable

_FULL_TEXTS = ("disk is full", "no space left on device", "disk quota exceeded")
_READ_ONLY_TEXTS = ("readonly database", "read-only file system", "read only file system")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_DENIED = frozenset({errno.EACCES, errno.EPERM})
_DAMAGED_TEXTS = (
    "file is not a database",
    "malformed",
    "file is encrypted",
    "no such table",
    "unsupported file format",
)


def storage_sentence(error: BaseException, home: Path) -> str | None:
    """Return what is wrong with the disk and what to do; None for an error of another kind.

    Libraries such as DuckDB and safetensors raise their own types, so the text counts too.
    """
    number = error.errno if isinstance(error, OSError) else None
    text = str(error).lower()
    if number in _FULL or any(words in text for words in _FULL_TEXTS):
        return f"The disk that holds {home} is full. Make room on it, then try again."
    if number == errno.EROFS or any(words in text for words in _READ_ONLY_TEXTS):
        return f"The folder {home} is read-only. Make it writable, then try again."
    if number in _DENIED:
        return f"The folder {home} holds files that this user may not read or write ({error}). Change their owner."
    if isinstance(error, sqlite3.DatabaseError) and any(words in text for words in _DAMAGED_TEXTS):
        return (
            f"The database {home / 'engine.sqlite'} is damaged ({error}). Restore it from a copy, or use another home "
            "folder."
        )
    return None


def unusable(error: OSError | sqlite3.Error, home: Path) -> HomeUnusable:
    """Return the error of a home folder that cannot be opened."""
    sentence = storage_sentence(error, home)
    return HomeUnusable(sentence or f"The home folder {home} cannot be opened: {error}. Use another one.")
