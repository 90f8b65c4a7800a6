"""What the demo's runner keeps when the app ends: whether the demo was requested, what was counted, what failed."""

import json
import os
import threading
from pathlib import Path
from typing import Any

from services.changes import changing_home

FILE_NAME = "tour.json"


class DemoMemory:
    """A small JSON file under the home folder, written whole and renamed, so that a reader sees old or new."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE_NAME

    @property
    def requested(self) -> bool:
        """Whether the demo was requested and is neither finished, failed nor cancelled; "wanted" in the file."""
        return bool(self._read().get("wanted", False))

    @requested.setter
    def requested(self, value: bool) -> None:
        self._write(wanted=value)

    @property
    def checked(self) -> str:
        """The version of the data that passed the check, "" for none."""
        return str(self._read().get("checked", ""))

    @checked.setter
    def checked(self, version: str) -> None:
        self._write(checked=version)

    @property
    def failure(self) -> tuple[str, str] | None:
        """The step that failed and why, None when nothing has."""
        failure = self._read().get("failure")
        return None if failure is None else (str(failure["step"]), str(failure["reason"]))

    def fail(self, step: str, reason: str) -> None:
        """Keep the failure of a step; the demo stops until it is requested again."""
        self._write(failure={"step": step, "reason": reason}, wanted=False)

    @property
    def given_up(self) -> dict[str, str]:
        """Reasons of failed background steps, by their keys; the demo continues without them."""
        return {str(step): str(reason) for step, reason in self._read().get("given_up", {}).items()}

    def give_up(self, step: str, reason: str) -> None:
        """Keep the failure of a background step."""
        self._write(given_up=self.given_up | {step: reason})

    def forget_failure(self) -> None:
        """Remove all failures, for another attempt."""
        self._write(failure=None, given_up={})

    def count(self, step: str, note: str, seconds: float) -> None:
        """Keep what a step counted and how long it took."""
        counts = self._read().get("counts", {})
        self._write(counts=counts | {step: {"note": note, "seconds": round(seconds, 1)}})

    def counted(self, step: str) -> tuple[str, float | None]:
        """Return what a step counted and its seconds; ("", None) when it has not run here."""
        count = self._read().get("counts", {}).get(step)
        return ("", None) if count is None else (str(count["note"]), float(count["seconds"]))

    def _read(self) -> dict[str, Any]:
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return content if isinstance(content, dict) else {}

    def _write(self, **changes: Any) -> None:
        changing_home(self._path.parent)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # one name per thread and process: two writers must not take each other's file
        beside = self._path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        beside.write_text(json.dumps(self._read() | changes, indent=1), encoding="utf-8")
        os.replace(beside, self._path)
