"""Locations of objects, s3://BUCKET/KEY: parsed and checked.

A key that ends in "/" (or is empty) names a folder. Segments such as ".." or "" are refused for every store, although
S3 accepts them, so that a location means the same file locally and on S3.
"""

import re
from dataclasses import dataclass

from services.engine.errors import InvalidInput

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")
MAX_KEY_BYTES = 1024
MAX_SEGMENT_BYTES = 255


@dataclass(frozen=True)
class Location:
    """One object, or one folder of objects."""

    bucket: str
    key: str

    @property
    def is_folder(self) -> bool:
        return self.key == "" or self.key.endswith("/")

    @property
    def segments(self) -> list[str]:
        """The key's parts, without the empty part after a folder's final slash."""
        return [part for part in self.key.split("/") if part]

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def parse_location(url: str) -> Location:
    """Parse an s3:// location. Raises InvalidInput, beginning with AWS's message, for anything else."""
    if not url.startswith("s3://"):
        raise InvalidInput(f"Invalid Data location. '{_shown(url)}' must have the form s3://BUCKET/KEY.")
    bucket, _, key = url.removeprefix("s3://").partition("/")
    if not _BUCKET.fullmatch(bucket) or ".." in bucket:
        raise InvalidInput(
            f"Invalid Data location. '{_shown(bucket)}' in '{_shown(url)}' is not a bucket name; use 2 to 255 letters, "
            "digits, dots, hyphens and underscores."
        )
    if any(ord(character) < 32 or ord(character) == 127 for character in key):
        raise InvalidInput(f"Invalid Data location. The key of '{_shown(url)}' holds a control character; remove it.")
    parts = key.removesuffix("/").split("/") if key else []
    if any(part in {"", ".", ".."} for part in parts) or "\\" in key:
        raise InvalidInput(
            f"Invalid Data location. The key of '{_shown(url)}' has an empty part, '.', '..' or a backslash; name the "
            "file or folder directly."
        )
    if any(0xD800 <= ord(character) < 0xE000 for character in key):
        raise InvalidInput(f"Invalid Data location. The name '{_shown(url)}' is not UTF-8; rename the file.")
    encoded = key.encode("utf-8", errors="replace")
    if len(encoded) > MAX_KEY_BYTES or any(len(p.encode("utf-8", "replace")) > MAX_SEGMENT_BYTES for p in parts):
        raise InvalidInput(
            f"Invalid Data location. '{_shown(url)}' is too long: a key has at most {MAX_KEY_BYTES} bytes and each "
            f"part between slashes {MAX_SEGMENT_BYTES}."
        )
    return Location(bucket, key)


def _shown(text: str) -> str:
    """Return text for a message: printable and short."""
    printable = "".join(character if character.isprintable() else "?" for character in text)
    return printable if len(printable) <= 300 else printable[:300] + "…"
