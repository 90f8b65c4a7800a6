"""Import of a million interactions (read, checked, sorted, written) beside a bare pandas.read_csv of the same file.

    python -m benchmarks.import_rows [--rows N] [--repeat N]

Every measurement runs in a process of its own, so that its peak memory is its own; the best of the repeats is shown.
"ids as text" is pandas asked for what an import must give: ids are strings, and 007 is not 7. "base" is the memory of a
process that has only imported the libraries.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.plain_schema import SCHEMA

KINDS = {"numbers as ids": ("", ""), "words as ids": ("user-", "film-")}


def write_csv(path: Path, n_rows: int, prefixes: tuple[str, str]) -> None:
    """Write synthetic interactions: 60 rows a user, items with a long tail, times in no order."""
    random = np.random.default_rng(7)
    users = pd.Series(random.integers(1, max(2, n_rows // 60), n_rows)).astype(str)
    items = pd.Series(random.zipf(1.2, n_rows) % 20_000).astype(str)
    times = random.integers(1_200_000_000, 1_600_000_000, n_rows)
    frame = pd.DataFrame({"USER_ID": prefixes[0] + users, "ITEM_ID": prefixes[1] + items, "TIMESTAMP": times})
    frame.to_csv(path, index=False)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Run something; return its seconds, and those of the processor in all its threads."""
    begin, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begin, time.process_time() - busy


def read_with_pandas(path: Path) -> tuple[float, float]:
    return timed(lambda: pd.read_csv(path))


def read_with_pandas_as_text(path: Path) -> tuple[float, float]:
    return timed(lambda: pd.read_csv(path, dtype={"USER_ID": str, "ITEM_ID": str}))


def read_with_engine(path: Path) -> tuple[float, float]:
    from services.engine.data.importer import import_csv
    from services.engine.data.schemas import parse_schema
    from services.engine.jobs.datasets.import_job import THREADS
    from services.engine.store.objects import LocalObjects

    schema, objects = parse_schema(json.dumps(SCHEMA)), LocalObjects(path.parent.parent)
    location = f"s3://{path.parent.name}/{path.name}"
    with tempfile.TemporaryDirectory(dir=path.parent.parent) as folder:
        return timed(lambda: import_csv(objects, location, schema, Path(folder), threads=THREADS))


def read_nothing(path: Path) -> tuple[float, float]:
    from services.engine.data import importer  # noqa: F401 - what an import loads before it begins

    return 0.0, 0.0


MEASUREMENTS = {
    "base": read_nothing,
    "pandas": read_with_pandas,
    "text": read_with_pandas_as_text,
    "engine": read_with_engine,
}


def measure(name: str, path: Path) -> dict[str, float]:
    """Run one measurement in a process of its own; return seconds, those of the processor, and peak MiB."""
    command = [sys.executable, "-m", "benchmarks.import_rows", "--measure", name, str(path)]
    finished = subprocess.run(command, capture_output=True, text=True, check=True)
    answer: dict[str, float] = json.loads(finished.stdout)
    return answer


def main() -> int:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--measure", nargs=2, metavar=("NAME", "PATH"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        elapsed, processor = MEASUREMENTS[options.measure[0]](Path(options.measure[1]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": elapsed, "processor": processor, "peak_mib": peak}))
        return 0
    print(f"Import of {options.rows:,} interactions as the worker does it, best of {options.repeat}\n")
    columns = (
        "file",
        "size",
        "read_csv",
        "ids as text",
        "import",
        "ratio",
        "to text",
        "processor: as text",
        "import",
        "peak: base",
        "read_csv",
        "import",
    )
    print(f"| {' | '.join(columns)} |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for kind, prefixes in KINDS.items():
            path = Path(folder) / "bucket" / "rows.csv"
            path.parent.mkdir(exist_ok=True)
            write_csv(path, options.rows, prefixes)
            runs = {name: [measure(name, path) for _ in range(options.repeat)] for name in MEASUREMENTS}
            seconds = {name: min(run["seconds"] for run in found) for name, found in runs.items()}
            busy = {name: min(run["processor"] for run in found) for name, found in runs.items()}
            peaks = {name: max(run["peak_mib"] for run in found) for name, found in runs.items()}
            print(
                f"| {kind} | {path.stat().st_size / 2**20:.0f} MiB | {seconds['pandas']:.2f} s | "
                f"{seconds['text']:.2f} s | {seconds['engine']:.2f} s | {seconds['engine'] / seconds['pandas']:.1f} | "
                f"{seconds['engine'] / seconds['text']:.1f} | {busy['text']:.2f} s | {busy['engine']:.2f} s | "
                f"{peaks['base']:.0f} MiB | {peaks['pandas']:.0f} MiB | {peaks['engine']:.0f} MiB |",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
