"""The cases of one family, drawn by seed and bounded in time and count; their counts, and the faults they found."""

import json
import os
import random
import re
import shutil
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

MAX_FAULT_TEXT = 600


@dataclass(frozen=True)
class Fault:
    """Something that must not happen, and the case that showed it."""

    family: str
    seed: int
    case: int
    text: str

    def command(self) -> str:
        """Return the command that repeats the case."""
        return f"python -m benchmarks.torture --only {self.family} --seed {self.seed} --case {self.case}"


@dataclass
class Tally:
    """What a family counted."""

    counts: Counter[str] = field(default_factory=Counter)
    recovery_s: list[float] = field(default_factory=list)
    """Seconds from a kill, or from room on a full disk, until the work was settled."""
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write the tally, in place of an earlier one."""
        fresh = path.with_suffix(".new")
        facts = {"counts": dict(self.counts), "recovery_s": self.recovery_s, "notes": self.notes}
        fresh.write_text(json.dumps(facts | {"faults": [asdict(fault) for fault in self.faults]}), encoding="utf-8")
        os.replace(fresh, path)

    @classmethod
    def read(cls, path: Path) -> "Tally":
        """Return what write() wrote."""
        stored = json.loads(path.read_text(encoding="utf-8"))
        faults = [Fault(**fault) for fault in stored["faults"]]
        return cls(Counter(stored["counts"]), stored["recovery_s"], faults, stored["notes"])


@dataclass
class Campaign:
    """One family's run."""

    family: str
    seed: int
    folder: Path
    """Empty; for homes and files."""
    seconds: float
    """No case begins after this many seconds."""
    max_cases: int = 1_000_000
    only_case: int | None = None
    tally: Tally = field(default_factory=Tally)
    tally_path: Path | None = None
    """Where the tally is written after every case, so that a family that ends early leaves its counts."""

    def cases(self) -> Iterator["Case"]:
        """Yield the cases in order, or the one that was asked for."""
        deadline = time.monotonic() + self.seconds
        numbers = range(self.max_cases) if self.only_case is None else [self.only_case]
        for number in numbers:
            if time.monotonic() > deadline and self.only_case is None:
                return
            yield Case(self, number)
            if self.tally_path is not None:
                self.tally.write(self.tally_path)

    def note(self, text: str) -> None:
        """Add a sentence under the table."""
        if text not in self.tally.notes:
            self.tally.notes.append(text)


class Case:
    """One numbered case."""

    def __init__(self, campaign: Campaign, number: int) -> None:
        self.campaign = campaign
        self.number = number
        self.draw = random.Random(f"{campaign.seed}/{campaign.family}/{number}")
        """The only source of chance."""
        self.folder = campaign.folder / f"case-{number}"
        self._noted: set[str] = set()

    @contextmanager
    def running(self) -> Iterator[Path]:
        """Give the case an empty folder and remove it afterwards; an exception is a fault of the case."""
        self.folder.mkdir(parents=True)
        try:
            yield self.folder
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            self.fault(f"{type(error).__name__}: {error} ({Path(where.filename).name}, line {where.lineno})")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def count(self, what: str, n: int = 1) -> None:
        """Add to a count."""
        self.campaign.tally.counts[what] += n

    def recovered(self, seconds: float) -> None:
        """Note how long something took to recover."""
        self.campaign.tally.recovery_s.append(round(seconds, 3))

    def fault(self, text: Any) -> None:
        """Note a fault; those that differ in numbers only are noted once a case."""
        campaign = self.campaign
        fault = Fault(campaign.family, campaign.seed, self.number, " ".join(str(text).split())[:MAX_FAULT_TEXT])
        kind = re.sub(r"\d+", "0", fault.text)
        if kind not in self._noted:
            self._noted.add(kind)
            campaign.tally.faults.append(fault)

    def expect(self, condition: object, text: str) -> bool:
        """Note a fault unless the condition holds; return whether it does."""
        if not condition:
            self.fault(text)
        return bool(condition)
