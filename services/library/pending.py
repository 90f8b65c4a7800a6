"""A version of a group's data that is written but not current yet: it becomes current when its import succeeds.

HOME/library/NAME/pending.json says which version waits for which import jobs, so that an app that was killed meanwhile
can be caught up with: services/screens/data/recovery.py.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.library.writing import replace_json

FILE = "pending.json"


@dataclass(frozen=True)
class Pending:
    """One version that waits for its import."""

    folder: Path
    """HOME/library/NAME."""
    facts: dict[str, Any]
    """What library.json will say."""
    jobs: tuple[str, ...] = ()
    """ARNs of the import jobs; () before the first one is queued."""

    @property
    def name(self) -> str:
        """Name of the data set group."""
        return self.folder.name

    @property
    def version(self) -> str:
        """The version that waits."""
        return str(self.facts["version"])

    def with_jobs(self, jobs: tuple[str, ...]) -> "Pending":
        """Note the import jobs that decide, on the disk too."""
        changed = Pending(self.folder, self.facts, jobs)
        changed.write()
        return changed

    def write(self) -> None:
        """Write the note."""
        replace_json(self.folder / FILE, {"facts": self.facts, "jobs": list(self.jobs)})


def read_pending(folder: Path) -> Pending | None:
    """Return a group's pending version; None without one, or where the note cannot be read."""
    try:
        note = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return Pending(folder, dict(note["facts"]), tuple(note["jobs"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
