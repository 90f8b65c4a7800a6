"""Run the families, each in a process of its own, and print one table: `python -m benchmarks.torture`."""

import argparse
import importlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

from benchmarks.torture import disk
from benchmarks.torture.campaign import Campaign, Fault, Tally
from services.engine.threads import answer_with_one_thread

FAMILIES = {
    "requests": 0.08,
    "files": 0.16,
    "links": 0.16,
    "clock": 0.05,
    "apps": 0.08,
    "disk": 0.09,
    "kills": 0.38,
}
"""The families, with their shares of the time."""
GRACE_S = 600.0
"""A family that has not ended so long after its time hangs, and is a fault."""
MAX_NOTES = 12


def main() -> int:
    """Run the families and print what they counted; return 1 when there is a fault."""
    arguments = _arguments()
    if arguments.child:
        return _child(arguments)
    families = arguments.only.split(",") if arguments.only else list(FAMILIES)
    unknown = [name for name in families if name not in FAMILIES]
    if unknown:
        print(f"There is no family {unknown[0]}; there are {', '.join(FAMILIES)}.", file=sys.stderr)
        return 2
    whole = sum(FAMILIES[name] for name in families)
    tallies = {}
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        for name in families:
            seconds = arguments.seconds * FAMILIES[name] / whole
            tallies[name] = _run(name, seconds, arguments, Path(folder))
            print(f"{name}: {len(tallies[name].faults)} faults, {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(table(tallies, arguments.seed, time.monotonic() - began))
    return 1 if any(tally.faults for tally in tallies.values()) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.torture", description=__doc__)
    parser.add_argument("--seconds", type=float, default=1200.0, help="for all families together; about")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", help=f"families, separated by commas: {', '.join(FAMILIES)}")
    parser.add_argument("--case", type=int, help="one case of one family, as a fault's command says")
    parser.add_argument("--max-cases", type=int, default=100_000, help="of each family")
    parser.add_argument("--child", nargs=2, metavar=("FOLDER", "TALLY"), help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(family: str, seconds: float, arguments: argparse.Namespace, folder: Path) -> Tally:
    """Run one family in a process and return its tally, with a fault when the process did not end well."""
    tally_path, own = folder / f"{family}.json", folder / family
    own.mkdir()
    words = ["-m", "benchmarks.torture", "--only", family, "--seconds", str(seconds), "--seed", str(arguments.seed)]
    words += ["--max-cases", str(arguments.max_cases), "--child", str(own), str(tally_path)]
    if arguments.case is not None:
        words += ["--case", str(arguments.case)]
    command = disk.command(words) if family == "disk" else [sys.executable, *words]
    log_path = folder / f"{family}.log"
    with log_path.open("wb") as log:
        try:
            status = _status(command, log, seconds + GRACE_S)
            problem = f"the family's process ended with {status}" if status else ""
        except subprocess.TimeoutExpired:
            problem = f"the family had not ended {GRACE_S:.0f} s after its time"
    tally = Tally.read(tally_path) if tally_path.exists() else Tally()
    if problem:
        tally.faults.append(Fault(family, arguments.seed, -1, f"{problem}: {_last_words(log_path)}"))
    return tally


def _last_words(log_path: Path) -> str:
    """Return the end of a log, or the innermost calls of a crash."""
    words = log_path.read_text(encoding="utf-8", errors="replace")
    crash = words.find("Fatal Python error")
    return " ".join(words.split()[-60:] if crash < 0 else words[crash:].split()[:120])


def _status(command: list[str], log: IO[bytes], timeout_s: float) -> int:
    environment = os.environ | {"PYTHONFAULTHANDLER": "1"}  # a crash says where
    return subprocess.run(command, stdout=log, stderr=log, check=False, timeout=timeout_s, env=environment).returncode


def _child(arguments: argparse.Namespace) -> int:
    """Be the process of one family."""
    answer_with_one_thread()
    folder, tally_path = map(Path, arguments.child)
    case = arguments.case
    campaign = Campaign(
        arguments.only, arguments.seed, folder, arguments.seconds, arguments.max_cases, case, tally_path=tally_path
    )
    importlib.import_module(f"benchmarks.torture.{arguments.only}").run(campaign)
    campaign.tally.write(tally_path)
    return 0


def table(tallies: dict[str, Tally], seed: int, seconds: float) -> str:
    """Return the counts as a table, then the notes, then the faults with the commands that repeat them."""
    lines = [f"Seed {seed}, {seconds:,.0f} s.", "", "| what | count |", "| --- | ---: |"]
    for family, tally in tallies.items():
        lines += [
            f"| {family}: {what.removeprefix(family + ': ')} | {n:,} |" for what, n in sorted(tally.counts.items())
        ]
        if tally.recovery_s:
            ordered = sorted(tally.recovery_s)
            middle, last = ordered[len(ordered) // 2], ordered[-1]
            lines.append(f"| {family}: seconds to recover, p50 and most | {middle:.1f}, {last:.1f} |")
    faults = [fault for tally in tallies.values() for fault in tally.faults]
    lines.append(f"| faults | {len(faults):,} |")
    notes = [note for tally in tallies.values() for note in tally.notes]
    lines += ["", *notes[:MAX_NOTES]] if notes else []
    lines += [f"\nFAULT {fault.text}\n  {fault.command()}" for fault in faults]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
