"""Downloads a file over HTTP in a way that survives interruptions: received bytes are kept in a .part file.

The next call requests the rest (Range, with If-Range so that a changed file is downloaded from the beginning).
"""

import hashlib
import json
import logging
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

from services.changes import changing_home
from services.errors import SampleError

logger = logging.getLogger(__name__)
_BLOCK = 256 * 1024
_TIMEOUT_S = 30.0
_ATTEMPTS = 4
"""Connections before giving up; each resumes where the last one ended."""


@dataclass(frozen=True)
class DownloadProgress:
    """Progress of a download."""

    done_bytes: int
    total_bytes: int | None
    """None until the server has sent it."""
    note: str = ""

    @property
    def fraction(self) -> float | None:
        """0 to 1, or None."""
        return self.done_bytes / self.total_bytes if self.total_bytes else None


Report = Callable[[DownloadProgress], None]
"""Called after every block; may raise to stop, received bytes are kept."""


def fetch_zip(url: str, target: Path, report: Report | None = None) -> Path:
    """Download a zip file to target unless it is there; return target.

    Raises SampleError when the server cannot be reached, or when the file does not match its checksum.
    """
    if target.exists():
        return target
    changing_home(target.parent)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    reason = "the connection ended early"
    for attempt in range(_ATTEMPTS):
        before = part.stat().st_size if part.exists() else 0
        try:
            if _fetch_rest(url, part, report):
                break
        except urllib.error.HTTPError as error:
            raise SampleError(
                f"{url} answered {error.code} {error.reason}. Check the address, or give a file."
            ) from error
        except (urllib.error.URLError, HTTPException, OSError) as error:
            reason = str(getattr(error, "reason", error))
            logger.info("download_interrupted url=%s attempt=%d reason=%s", url, attempt, reason)
            if before == (part.stat().st_size if part.exists() else 0):
                break
    else:
        raise _unfinished(url, part, reason)
    if not part.exists() or not _is_complete(part):
        raise _unfinished(url, part, reason)
    if report:
        size = part.stat().st_size
        report(DownloadProgress(size, size, "checking"))
    _check(url, part)
    part.replace(target)
    _facts(part).unlink(missing_ok=True)
    return target


def _fetch_rest(url: str, part: Path, report: Report | None) -> bool:
    """Append the missing bytes; return whether the file is complete."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "personalize-explorer"})
    if have:
        known = _known(part)
        if have == known.get("total"):
            return True
        if known.get("stamp"):
            request.add_header("Range", f"bytes={have}-")
            request.add_header("If-Range", known["stamp"])
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
        resumed = answer.status == 206
        have = have if resumed else 0
        length = answer.headers.get("Content-Length")
        total = have + int(length) if length else None
        fresh = _facts(part).with_suffix(".new")
        fresh.write_text(json.dumps({"total": total, "stamp": _stamp(answer)}))
        fresh.replace(_facts(part))
        with part.open("ab" if resumed else "wb") as file:
            while block := answer.read(_BLOCK):
                file.write(block)
                have += len(block)
                if report:
                    report(DownloadProgress(have, total, "downloading"))
    return total is None or have == total


def _stamp(answer: HTTPResponse) -> str | None:
    """Return the identity of this version of the file: a strong ETag, else the time of its last change."""
    tag = answer.headers.get("ETag")
    return tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified")


def _facts(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _known(part: Path) -> dict[str, Any]:
    """Return what is known of a part; {} where nothing is, or where its note is broken: it is then loaded anew."""
    try:
        known = json.loads(_facts(part).read_text())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _is_complete(part: Path) -> bool:
    total = _known(part).get("total")
    return total is None or part.stat().st_size == total


def _check(url: str, part: Path) -> None:
    """Compare with the published checksum where there is one, and read the whole archive once."""
    expected = _published_md5(url)
    problem = None
    if expected is not None:
        with part.open("rb") as file:
            digest = hashlib.file_digest(file, "md5").hexdigest()
        if digest != expected:
            problem = f"its MD5 is {digest}, published is {expected}"
    if problem is None:
        try:
            with zipfile.ZipFile(part) as archive:
                broken = archive.testzip()
            problem = f"{broken} in it is damaged" if broken else None
        except zipfile.BadZipFile:
            problem = "it is not a zip file"
    if problem is not None:
        part.unlink()
        _facts(part).unlink(missing_ok=True)
        raise SampleError(f"What {url} sent cannot be used: {problem}. It was removed; download it again.")


def _published_md5(url: str) -> str | None:
    try:
        with urllib.request.urlopen(url + ".md5", timeout=_TIMEOUT_S) as answer:
            text = answer.read(4096).decode("ascii", "replace")
    except (urllib.error.URLError, HTTPException, OSError):
        return None
    words = [word.lower() for word in text.replace("=", " ").split()]
    return next((word for word in words if len(word) == 32 and set(word) <= set("0123456789abcdef")), None)


def _unfinished(url: str, part: Path, reason: str) -> SampleError:
    received = part.stat().st_size / 1e6 if part.exists() else 0.0
    return SampleError(
        f"{url} could not be downloaded completely: {reason}. {received:.1f} MB are kept; try again to go on from "
        "there, or give a folder or zip file that you have."
    )
