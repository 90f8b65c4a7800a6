"""A draft, data that is not imported yet, and its note, which survives a restart of the app."""

import json
import logging
import os
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pandas as pd

from services.changes import changing_home
from services.checks.finding import STOP
from services.checks.look import Look
from services.library.prepared import PreparedData
from services.personalize.imports import FULL
from services.progress import Step

logger = logging.getLogger(__name__)


class DraftState(StrEnum):
    """State of a draft; notes store these words."""

    LOADING = "loading"
    READY = "ready"
    IMPORTING = "importing"
    IMPORTED = "imported"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


BUSY = (DraftState.LOADING, DraftState.IMPORTING)
STOPPED = (DraftState.FAILED, DraftState.INTERRUPTED)


@dataclass(frozen=True)
class Draft:
    """One data set that is not imported yet; replaced as a whole at every change."""

    key: str
    title: str
    source: str
    """"demo", "movielens", "path", "own", "copy" or "service"."""
    argument: str = ""
    """The MovieLens size, the path or the data set group, for loading it again."""
    state: str = DraftState.LOADING
    """A DraftState."""
    steps: tuple[Step, ...] = ()
    data: PreparedData | None = None
    problems: pd.DataFrame | None = None
    """The frame of services/checks/report.py check(); None before the check."""
    look: Look | None = None
    """None before the check and while problems stop the import."""
    reason: str = ""
    """Why it failed or was interrupted, as a sentence."""
    target: str = ""
    """Name of the data set group that it is imported into."""
    mode: str = FULL
    changed: float = 0.0
    """Epoch seconds of the last change."""

    @property
    def busy(self) -> bool:
        """Whether a thread is working on it."""
        return self.state in BUSY

    @property
    def stopped(self) -> bool:
        """Whether loading or importing ended before it was done."""
        return self.state in STOPPED

    @property
    def imported(self) -> bool:
        """Whether the import has succeeded."""
        return self.state == DraftState.IMPORTED

    @property
    def n_stop(self) -> int:
        """How many problems stop the import."""
        return 0 if self.problems is None else int((self.problems["severity"] == STOP).sum())

    @property
    def n_warn(self) -> int:
        """How many problems are worth a look."""
        return 0 if self.problems is None else len(self.problems) - self.n_stop


class DraftNotes:
    """A small file for each busy draft."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, draft: Draft) -> None:
        """Write the note of a busy draft; delete the note of a finished one."""
        if not draft.busy:
            self.forget(draft.key)
            return
        changing_home(self._folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        fields = ("key", "title", "source", "argument", "state", "target", "mode", "changed")
        path = self._path(draft.key)
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps({name: getattr(draft, name) for name in fields}), encoding="utf-8")
        os.replace(fresh, path)

    def forget(self, key: str) -> None:
        """Delete a note."""
        changing_home(self._folder)
        self._path(key).unlink(missing_ok=True)

    def read_interrupted(self) -> list[Draft]:
        """Return the drafts that were busy when the app ended, as interrupted ones with their reasons."""
        drafts = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                fields = json.loads(path.read_text(encoding="utf-8"))
                was = fields.pop("state")
                drafts.append(Draft(**fields, state=DraftState.INTERRUPTED, reason=_reason(was, fields)))
            except (OSError, ValueError, TypeError, KeyError) as error:
                logger.warning("event=draft_note_unreadable path=%s error=%s", path, error)
        return drafts

    def _path(self, key: str) -> Path:
        return self._folder / f"{re.sub(r'[^a-zA-Z0-9_-]', '_', key)}.json"


def _reason(was: str, fields: dict[str, str]) -> str:
    if was == DraftState.IMPORTING:
        return (
            f"The app was restarted while {fields['title']} was being imported into {fields['target']}. "
            "It is brought to its end, or what it has changed is taken back; the state below is the current one."
        )
    again = {
        "movielens": "Load it again: a download goes on where it was.",
        "own": "Choose the files again.",
    }.get(fields["source"], "Load it again.")
    return f"The app was restarted while {fields['title']} was being loaded. {again}"
