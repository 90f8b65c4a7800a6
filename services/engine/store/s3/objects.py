"""Objects in S3 or a compatible store (AWS_ENDPOINT_URL_S3): botocore calls, s3transfer for large files.

Credentials come from botocore's usual chain without the instance-metadata service, which would time out on a laptop.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from s3transfer.manager import TransferManager

from services.engine.errors import InvalidInput
from services.engine.store.locations import Location, parse_location
from services.engine.store.s3 import uploads as s3_uploads

SPOOL_BYTES = 1 << 23
"""Objects up to this size are read into memory, larger ones into a temporary file."""
_MISSING = frozenset({"404", "NoSuchKey", "NoSuchBucket", "NotFound"})
_DENIED = frozenset({"403", "AccessDenied", "Forbidden", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"})


class S3Objects:
    """The object store of an S3 endpoint; one client, created on first use."""

    def __init__(self, endpoint_url: str | None = None, region: str = "us-east-1", scratch: Path | None = None) -> None:
        """scratch is the folder of temporary copies; None means the system's."""
        self._scratch = scratch
        self._endpoint_url = endpoint_url
        self._region = region
        self._made: Any = None

    @property
    def _client(self) -> Any:
        if self._made is None:
            session = botocore.session.Session()
            session.get_component("credential_provider").remove("iam-role")
            self._made = session.create_client(
                "s3",
                region_name=session.get_config_variable("region") or self._region,
                endpoint_url=self._endpoint_url,
                config=Config(connect_timeout=5, read_timeout=60, retries={"max_attempts": 3, "mode": "standard"}),
            )
        return self._made

    def list(self, url: str) -> list[str]:
        """Return the file itself, or a folder's files (first level only, by name); [] when there is nothing."""
        location = parse_location(url)
        if not location.is_folder:
            return [str(location)] if self.exists(url) else []
        with _translated(location):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=location.bucket, Prefix=location.key, Delimiter="/"
            )
            keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        return [f"s3://{location.bucket}/{key}" for key in sorted(keys) if not key.endswith("/")]

    def exists(self, url: str) -> bool:
        """Return whether this file, or a folder with at least one entry, exists."""
        location = parse_location(url)
        with _translated(location):
            try:
                if location.is_folder:
                    answer = self._client.list_objects_v2(Bucket=location.bucket, Prefix=location.key, MaxKeys=1)
                    return bool(answer.get("KeyCount"))
                self._client.head_object(Bucket=location.bucket, Key=location.key)
            except ClientError as error:
                if _code(error) in _MISSING:
                    return False
                raise
        return True

    @contextmanager
    def local_path(self, url: str) -> Iterator[Path]:
        """Yield a path to read the object from, a temporary copy. Raises InvalidInput when there is none."""
        location = parse_location(url)
        if self._scratch is not None:
            self._scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="explorer-", dir=self._scratch) as folder:
            path = Path(folder) / "object"
            with _translated(location), TransferManager(self._client) as transfers:
                transfers.download(location.bucket, location.key, str(path)).result()
            yield path

    def open_read(self, url: str) -> BinaryIO:
        """Open an object for reading. Raises InvalidInput when there is none."""
        location = parse_location(url)
        with _translated(location):
            body = self._client.get_object(Bucket=location.bucket, Key=location.key)["Body"]
            spool = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - the caller closes it
            try:
                for chunk in body.iter_chunks(1 << 20):
                    spool.write(chunk)
                spool.seek(0)
            except BaseException:
                spool.close()
                raise
        return spool  # type: ignore[return-value]

    def put_file(self, url: str, path: Path, sent: Callable[[int], None] | None = None) -> None:
        """Store a copy of a local file; a large one in parts, which go on where an earlier upload was broken off."""
        location = parse_location(url)
        told = sent or (lambda done: None)
        with _translated(location):
            if path.stat().st_size > s3_uploads.PART_BYTES:
                s3_uploads.upload(self._client, location.bucket, location.key, path, told)
                return
            with TransferManager(self._client) as transfers:
                transfers.upload(str(path), location.bucket, location.key).result()
        told(path.stat().st_size)

    def put_bytes(self, url: str, content: bytes) -> None:
        """Store bytes."""
        location = parse_location(url)
        with _translated(location):
            self._client.put_object(Bucket=location.bucket, Key=location.key, Body=content)

    def delete(self, url: str) -> None:
        """Remove an object; nothing happens when there is none."""
        location = parse_location(url)
        with _translated(location):
            self._client.delete_object(Bucket=location.bucket, Key=location.key)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def _translated(location: Location) -> Iterator[None]:
    """Convert botocore's errors to InvalidInput with a remedy."""
    try:
        yield
    except ClientError as error:
        code = _code(error)
        if code == "NoSuchBucket":
            raise InvalidInput(
                f"Invalid Data location. There is no bucket '{location.bucket}' in S3, so there is no '{location}'."
            ) from error
        if code in _MISSING:
            raise InvalidInput(f"Invalid Data location. There is no '{location}' in S3.") from error
        if code in _DENIED:
            raise InvalidInput(
                f"Insufficient privileges for accessing data in Amazon S3. '{location}' was refused ({code}); check "
                "the credentials and the bucket's policy."
            ) from error
        raise InvalidInput(f"S3 answered {code} for '{location}': {error}") from error
    except BotoCoreError as error:
        raise InvalidInput(f"S3 could not be asked for '{location}': {error}") from error
