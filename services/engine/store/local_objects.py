"""Objects in a local folder: s3://BUCKET/KEY is ROOT/BUCKET/KEY, and no key leads out of its bucket's folder."""

import fcntl
import logging
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from services.engine.errors import InvalidInput
from services.engine.store.locations import Location, parse_location

_PARTIAL = ".partial"
_ABANDONED_AFTER_S = 60.0
"""An unfinished object that nobody has locked or changed for this long was left by a killed process."""

logger = logging.getLogger(__name__)


class LocalObjects:
    """The object store of a home folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def list(self, url: str) -> list[str]:
        """Return the file itself, or a folder's files (first level only, by name); [] when there is nothing."""
        location = parse_location(url)
        path = self._path(location)
        if not location.is_folder:
            return [str(location)] if path.is_file() else []
        if not path.is_dir():
            return []
        base = f"s3://{location.bucket}/{location.key}"
        return [base + name for name in sorted(entry.name for entry in path.iterdir() if _is_object(entry))]

    def exists(self, url: str) -> bool:
        """Return whether this file, or a folder with at least one entry, exists."""
        location = parse_location(url)
        path = self._path(location)
        return path.is_dir() and any(path.iterdir()) if location.is_folder else path.is_file()

    @contextmanager
    def local_path(self, url: str) -> Iterator[Path]:
        """Yield a path to read the object from, here the file itself. Raises InvalidInput when there is none."""
        yield self._existing(url)

    def open_read(self, url: str) -> BinaryIO:
        """Open an object for reading. Raises InvalidInput when there is none."""
        return self._existing(url).open("rb")

    def put_file(self, url: str, path: Path, sent: Callable[[int], None] | None = None) -> None:
        """Store a copy of a local file; readers see either the old object or the new one. sent gets its bytes."""

        def copy(target: BinaryIO) -> None:
            with path.open("rb") as source:
                shutil.copyfileobj(source, target, 1 << 20)

        self._put(url, copy)
        if sent is not None:
            sent(path.stat().st_size)

    def put_bytes(self, url: str, content: bytes) -> None:
        """Store bytes; readers see either the old object or the new one."""
        self._put(url, lambda target: target.write(content))

    def delete(self, url: str) -> None:
        """Remove an object; nothing happens when there is none, as on S3."""
        location = _file_location(url)
        self._path(location).unlink(missing_ok=True)

    def _put(self, url: str, write: Callable[[BinaryIO], object]) -> None:
        path = self._path(_file_location(url))
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise InvalidInput(f"'{url}' cannot be written: a part of its key is already a file.") from error
        if path.is_dir():
            raise InvalidInput(f"'{url}' cannot be written: there is a folder of that name.")
        partial = path.with_name(f".{secrets.token_hex(8)}{_PARTIAL}")
        try:
            with partial.open("xb") as target:
                partial.chmod(0o600)
                fcntl.flock(target, fcntl.LOCK_EX)
                write(target)
                target.flush()
                os.fsync(target.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        sync_folder(path.parent)

    def _existing(self, url: str) -> Path:
        path = self._path(_file_location(url))
        if not path.is_file():
            if not (self._root / parse_location(url).bucket).is_dir():
                bucket = parse_location(url).bucket
                raise InvalidInput(f"Invalid Data location. There is no bucket '{bucket}', so there is no '{url}'.")
            raise InvalidInput(f"Invalid Data location. There is no file '{url}' (looked for {path}).")
        return path

    def _path(self, location: Location) -> Path:
        """Return the path of a location. Raises InvalidInput when a symbolic link leads out of the bucket."""
        root = self._root.resolve()
        bucket = root / location.bucket
        path = bucket.joinpath(*location.segments)
        try:
            is_inside = bucket.resolve() == bucket and path.resolve().is_relative_to(bucket)
        except (OSError, RuntimeError) as error:
            raise InvalidInput(f"Invalid Data location. '{location}' leads to a circle of links.") from error
        if not is_inside:
            raise InvalidInput(f"Invalid Data location. '{location}' leads out of its bucket's folder by a link.")
        return path


def remove_partial_objects(root: Path) -> None:
    """Remove the unfinished objects that killed processes left below a folder of objects."""
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            if _is_partial(path) and _is_abandoned(path):
                logger.info("removing unfinished object=%s", path)
                path.unlink(missing_ok=True)


def _is_abandoned(path: Path) -> bool:
    """Return whether no process is writing the file; writers hold a lock on it."""
    try:
        with path.open("rb") as file:
            if time.time() - os.fstat(file.fileno()).st_mtime < _ABANDONED_AFTER_S:
                return False
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # locked, or finished meanwhile
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Sync a folder, so that a rename in it survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_object(entry: Path) -> bool:
    return entry.is_file() and not entry.is_symlink() and not _is_partial(entry)


def _is_partial(path: Path) -> bool:
    return path.name.startswith(".") and path.name.endswith(_PARTIAL)


def _file_location(url: str) -> Location:
    location = parse_location(url)
    if location.is_folder:
        raise InvalidInput(f"Invalid Data location. '{url}' is a folder; name a file in it.")
    return location
