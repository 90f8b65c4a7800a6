"""What the columns of a person's files became, kept for the next file of the same columns: HOME/mappings/DIGEST.json.

A mapping belongs to the names of the columns, in any order, and to what the file is: an export of next month has both.
"""

import hashlib
import json
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from services.changes import changing_home
from services.library.writing import replace_json

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SavedMapping:
    """One mapping."""

    filename: str
    """The file that it was made for."""
    roles: Mapping[str, str]
    """Role by the file's column name."""
    unit: str = ""
    """Value of the TimeUnit of its time column; "" for none."""
    saved: float = 0.0
    """Epoch seconds."""


def digest_of(dataset_type: str, columns: Iterable[str]) -> str:
    """Return what is the same for all files of these columns, in any order."""
    return hashlib.sha256(json.dumps([dataset_type, sorted(columns)]).encode()).hexdigest()[:16]


def remember(home: Path, dataset_type: str, filename: str, roles: Mapping[str, str], unit: str = "") -> None:
    """Keep a mapping in place of an earlier one of the same columns."""
    changing_home(home, "RememberMapping", filename)
    folder = home / "mappings"
    folder.mkdir(parents=True, exist_ok=True)
    saved = SavedMapping(filename, dict(roles), unit, time.time())
    replace_json(folder / f"{digest_of(dataset_type, roles)}.json", asdict(saved))


def recall(home: Path, dataset_type: str, columns: Iterable[str]) -> SavedMapping | None:
    """Return the mapping that was kept for files of these columns, None without one."""
    path = home / "mappings" / f"{digest_of(dataset_type, columns)}.json"
    try:
        return SavedMapping(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        logger.warning("event=mapping_unreadable path=%s error=%s", path, error)
        return None


def forget(home: Path, dataset_type: str, columns: Iterable[str]) -> None:
    """Delete the mapping of these columns."""
    changing_home(home, "ForgetMapping", dataset_type)
    (home / "mappings" / f"{digest_of(dataset_type, columns)}.json").unlink(missing_ok=True)
