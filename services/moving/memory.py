"""What is kept of a move when the app ends: what was asked for, which steps are done, why one failed."""

import json
import os
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from services.changes import changing_home
from services.moving.plan import Choice
from services.progress import Step

TO_AWS, TO_HERE = "to AWS", "to this machine"


@dataclass(frozen=True)
class Request:
    """A move that somebody confirmed."""

    direction: str
    """TO_AWS or TO_HERE."""
    group: str
    name: str
    """Of the group that it makes."""
    choice: Choice = field(default_factory=Choice)
    account: str = ""
    """The label of the backend at AWS: another account does not go on with it."""


@dataclass(frozen=True)
class Kept:
    """The newest move of a home."""

    request: Request
    steps: tuple[Step, ...]
    wanted: bool
    """Whether it is to go on by itself."""
    failure: str


class MovingMemory:
    """A small JSON file under the home folder, written whole and renamed."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "moving"
        self._home = home
        self._path = self.folder / "move.json"

    def read(self) -> Kept | None:
        """Return the newest move, None where there was none."""
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        asked = content["request"]
        choice = Choice(**{kind: tuple(names) for kind, names in asked.pop("choice").items()})
        steps = tuple(Step(**step) for step in content["steps"])
        return Kept(Request(choice=choice, **asked), steps, content["wanted"], content["failure"])

    def write(self, kept: Kept) -> None:
        """Keep a move in place of the one before."""
        changing_home(self._home)
        self.folder.mkdir(parents=True, exist_ok=True)
        content: dict[str, Any] = asdict(kept)
        beside = self._path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        beside.write_text(json.dumps(content, indent=1), encoding="utf-8")
        os.replace(beside, self._path)
