"""Saved segments: HOME/library/GROUP/segments.json, conditions by name. They are removed with the data.

A segment is a rule and no list of people: after new data is imported it has whoever fits then.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from services.changes import changing_home
from services.errors import DataError
from services.library.names import check_name

FILE = "segments.json"
MAX_NAME, MAX_SEGMENTS = 60, 100


@dataclass(frozen=True)
class Condition:
    """A column of the users and the values that fit; a user with any of them fits."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Segment:
    """People who fit all conditions."""

    name: str
    conditions: tuple[Condition, ...]

    @property
    def words(self) -> str:
        """The conditions in words: "newsletter: ja; land: DE or AT"."""
        return "; ".join(f"{one.column}: {' or '.join(one.values)}" for one in self.conditions)


def saved(home: Path, group: str) -> list[Segment]:
    """Return the saved segments of a data set group, by name; one that cannot be read is left out."""
    try:
        stored = json.loads(_file(home, group).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, OSError):
        return []
    found = [_segment(entry) for entry in stored] if isinstance(stored, list) else []
    return sorted((one for one in found if one is not None), key=lambda one: one.name.lower())


def save(home: Path, group: str, segment: Segment) -> None:
    """Save a segment, in place of one of its name. Raises DataError where it has no name or no condition."""
    name = segment.name.strip()[:MAX_NAME]
    if not name:
        raise DataError("A segment needs a name. Type one.")
    if not any(one.values for one in segment.conditions):
        raise DataError(f"{name} has no condition, so it would be everybody. Choose values of a column.")
    changing_home(home, "SaveSegment", f"{group}: {name}")
    others = [one for one in saved(home, group) if one.name != name]
    if len(others) >= MAX_SEGMENTS:
        raise DataError(f"There are {len(others)} segments already. Delete one first.")
    conditions = tuple(one for one in segment.conditions if one.values)
    _write(home, group, [*others, Segment(name, conditions)])


def delete(home: Path, group: str, name: str) -> None:
    """Delete the saved segment of this name, if there is one."""
    changing_home(home, "DeleteSegment", f"{group}: {name}")
    _write(home, group, [one for one in saved(home, group) if one.name != name])


def _write(home: Path, group: str, segments: Sequence[Segment]) -> None:
    path = _file(home, group)
    if not path.parent.is_dir():
        raise DataError(f"The data of {group} was not loaded on this machine. Load it on Data.")
    part = path.with_suffix(".part")
    part.write_text(json.dumps([asdict(one) for one in segments], ensure_ascii=False), encoding="utf-8")
    part.replace(path)


def _segment(entry: object) -> Segment | None:
    try:
        conditions = tuple(
            Condition(str(one["column"]), tuple(map(str, one["values"])))
            for one in entry["conditions"]  # type: ignore[index]
        )
        return Segment(str(entry["name"]), conditions)  # type: ignore[index]
    except (TypeError, KeyError):
        return None


def _file(home: Path, group: str) -> Path:
    check_name(group)
    return home / "library" / group / FILE
