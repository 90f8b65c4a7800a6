"""The object store of s3:// locations: a local folder or S3, chosen by the settings."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from services.engine.errors import InvalidInput
from services.engine.read_only import refuse
from services.engine.settings import EngineSettings
from services.engine.store.local_objects import LocalObjects
from services.engine.store.locations import parse_location

__all__ = ["LocalObjects", "ObjectStore", "ReadOnlyObjects", "files_at", "open_objects"]


class ObjectStore(Protocol):
    """Files by location, s3://BUCKET/KEY. Every method raises InvalidInput for an invalid or missing location."""

    def list(self, url: str) -> list[str]:
        """Return the file itself, or a folder's files (first level only, by name); [] when there is nothing."""

    def exists(self, url: str) -> bool:
        """Return whether this file, or a folder with at least one entry, exists."""

    def local_path(self, url: str) -> AbstractContextManager[Path]:
        """Yield a local path to read the object from, valid within the with block; never write to it."""

    def open_read(self, url: str) -> BinaryIO:
        """Open an object for reading; the caller closes it."""

    def put_file(self, url: str, path: Path, sent: Callable[[int], None] | None = None) -> None:
        """Store a copy of a local file, completely or not at all; sent gets the bytes that are there so far."""

    def put_bytes(self, url: str, content: bytes) -> None:
        """Store bytes, completely or not at all."""

    def delete(self, url: str) -> None:
        """Remove an object; nothing happens when there is none."""


class ReadOnlyObjects:
    """Reads from another store; put_file, put_bytes and delete raise AccessDenied."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def list(self, url: str) -> list[str]:
        """Return what the store lists."""
        return self._store.list(url)

    def exists(self, url: str) -> bool:
        """Return whether the store has it."""
        return self._store.exists(url)

    def local_path(self, url: str) -> AbstractContextManager[Path]:
        """Yield a local path to read the object from."""
        return self._store.local_path(url)

    def open_read(self, url: str) -> BinaryIO:
        """Open an object for reading."""
        return self._store.open_read(url)

    def put_file(self, url: str, path: Path, sent: Callable[[int], None] | None = None) -> None:
        """Refuse to store a file."""
        refuse()

    def put_bytes(self, url: str, content: bytes) -> None:
        """Refuse to store bytes."""
        refuse()

    def delete(self, url: str) -> None:
        """Refuse to remove an object."""
        refuse()


def files_at(objects: ObjectStore, url: str) -> list[str]:
    """Return the file of a location, or the files of the folder that it names, with or without a final slash.

    Raises InvalidInput that says whether the bucket, the file or the folder's files are missing.
    """
    location = parse_location(url)
    files = objects.list(url)
    if not files and not location.is_folder:
        files = objects.list(f"{url}/")
    if files:
        return files
    if not objects.exists(f"s3://{location.bucket}/"):
        raise InvalidInput(f"There is no bucket {location.bucket}, or nothing in it; correct the location {url}.")
    if location.is_folder:
        raise InvalidInput(f"The folder {url} holds no files. Upload them there, or correct the location.")
    raise InvalidInput(f"There is no file {url}, and no folder of that name. Upload it, or correct the location.")


def open_objects(settings: EngineSettings) -> ObjectStore:
    """Return the store of the settings: S3 when it is configured, otherwise HOME/objects; read-only in that mode."""
    store = _store(settings)
    return ReadOnlyObjects(store) if settings.read_only else store


def _store(settings: EngineSettings) -> ObjectStore:
    if settings.use_s3 or settings.s3_endpoint_url:
        from services.engine.store.s3.objects import S3Objects  # with botocore, which a worker without S3 never needs

        return S3Objects(settings.s3_endpoint_url, settings.region, settings.scratch_path)
    return LocalObjects(settings.objects_path)
