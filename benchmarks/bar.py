"""The bar: what the recipes must reach, task by task, beside what they reach; means over seeds, on the test parts.

    EXPLORER_DATA=DIR python -m benchmarks.bar [--only 1m retail ...] [--seeds 3] [--log FILE] [--speed]

"Must" and "goal" were set before; a row is reached when the mean over the seeds is. Seconds are the clock's: on a busy
machine read the processor's beside them. With --log every seed is written to a file as it ends, and seeds that the file
has already are not measured again, so a long measurement can be stopped and resumed. --speed adds the tasks that
measure time and memory alone, whose modules print tables of their own.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.cold_start import RECIPE as COLD_START
from benchmarks.cold_start import cold_split
from benchmarks.cold_start import train_and_evaluate as train_cold_start
from benchmarks.recipes import PROTOCOLS, train_and_measure
from benchmarks.worlds import read_world
from services.engine.recipes.histories import repeat_share
from services.engine.recipes.hrnn.config import FEW_REPEATS

Found = dict[str, float]
NAMES = {
    "HR@10": "hit_rate_at_10",
    "MRR@25": "mean_reciprocal_rank_at_25",
    "P@25": "precision_at_25",
    "NDCG@10": "normalized_discounted_cumulative_gain_at_10",
}
SECONDS, PROCESSOR, MARGIN = "train s", "CPU s", "MRR above the better part"
COLD_USERS = 1000


@dataclass(frozen=True)
class Mark:
    """What one figure of a task must reach, and what it should."""

    figure: str
    must: float
    goal: float

    @property
    def below(self) -> bool:
        """Whether less is better."""
        return self.figure == SECONDS

    def reached(self, value: float, mark: float) -> bool:
        return value <= mark if self.below else value >= mark


@dataclass(frozen=True)
class Task:
    """One task: what is measured with one seed, and its marks."""

    measure: Callable[[int], Found]
    marks: tuple[Mark, ...]


def recipe(data: str, protocol: str, name: str) -> Callable[[int], Found]:
    """Return what measures one recipe of benchmarks.recipes."""

    def measure(seed: int) -> Found:
        world = read_world(data, folder())
        parts = PROTOCOLS[protocol](world.histories, False)
        hide = repeat_share(parts.train) < FEW_REPEATS
        evaluation, seconds = train_and_measure(name, world, parts, seed, hide_seen=hide)
        metrics = evaluation.metrics()
        clock, processor = seconds.tolist()
        return {label: metrics[key] for label, key in NAMES.items()} | {SECONDS: clock, PROCESSOR: processor}

    return measure


def cold_start(data: str) -> Callable[[int], Found]:
    """Return what measures aws-hrnn-coldstart, beside its own parts."""

    def measure(seed: int) -> Found:
        split = cold_split(read_world(data, folder()), seed, COLD_USERS)
        found, seconds = train_cold_start(split, seed)
        metrics = {name: evaluation.metrics() for name, evaluation in found.items()}
        own = {label: metrics[COLD_START][key] for label, key in NAMES.items()}
        best_part = max(of_part[NAMES["MRR@25"]] for name, of_part in metrics.items() if name != COLD_START)
        return own | {SECONDS: seconds, MARGIN: own["MRR@25"] - best_part}

    return measure


def folder() -> Path | None:
    """Return EXPLORER_DATA."""
    given = os.environ.get("EXPLORER_DATA")
    return Path(given) if given else None


TASKS = {
    "1m-leave-one-out": Task(
        recipe("1m", "leave-one-out", "aws-hrnn"),
        (Mark("HR@10", 0.335, 0.345), Mark("NDCG@10", 0.198, 0.205), Mark(SECONDS, 170, 150)),
    ),
    "1m": Task(
        recipe("1m", "tenth", "aws-hrnn"),
        (
            Mark("MRR@25", 0.446, 0.455),
            Mark("P@25", 0.143, 0.146),
            Mark("NDCG@10", 0.259, 0.265),
            Mark(SECONDS, 150, 120),
        ),
    ),
    "1m-metadata": Task(
        recipe("1m", "tenth", "aws-hrnn-metadata"),
        (Mark("MRR@25", 0.45, 0.46), Mark("P@25", 0.145, 0.148), Mark("NDCG@10", 0.265, 0.27), Mark(SECONDS, 240, 180)),
    ),
    "100k": Task(
        recipe("100k", "tenth", "aws-hrnn"),
        (
            Mark("MRR@25", 0.408, 0.42),
            Mark("P@25", 0.116, 0.118),
            Mark("NDCG@10", 0.232, 0.235),
            Mark(SECONDS, 40, 30),
        ),
    ),
    "retail": Task(
        recipe("retail", "tenth", "aws-hrnn"),
        (Mark("P@25", 0.054, 0.056), Mark("NDCG@10", 0.65, 0.66)),
    ),
    "cold-1m": Task(cold_start("1m"), (Mark("MRR@25", 0.56, 0.58), Mark("P@25", 0.275, 0.29), Mark(MARGIN, 0, 0))),
    "cold-100k": Task(cold_start("100k"), (Mark(MARGIN, 0, 0),)),
    "cold-demo": Task(cold_start("demo"), (Mark(MARGIN, 0, 0),)),
}
SPEED = {
    "GetRecommendations p50 of 1.7k, 60k and 1M items: must 1.1, 1.9, 6 ms; goal 1, 1.5, 4": ["serving_sizes"],
    "import of a million rows against ids as text: must 1.5 times; goal 1.2": ["import_rows"],
    "the size of MovieLens 20M, three jobs and peak: must 30 min, 2.1 GB; goal 20 min, 2 GB": ["scale"],
    "one click to a personal list: must 25 s; goal 20": ["one_click"],
}


def main() -> None:
    """Print a line for every seed, then the table."""
    parser = argparse.ArgumentParser(description="What must be reached, and what is.")
    parser.add_argument("--only", nargs="*", choices=TASKS, help="tasks; all without it")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--log", type=Path, help="where seeds are written, and looked up")
    parser.add_argument("--speed", action="store_true", help="time and memory too")
    arguments = parser.parse_args()
    chosen = {name: task for name, task in TASKS.items() if arguments.only is None or name in arguments.only}
    if folder() is None:
        chosen = {name: task for name, task in chosen.items() if name.endswith("-demo")}
    table = [*HEAD]
    for name, task in chosen.items():
        found = list(measured(name, task, arguments.seeds, arguments.log))
        table += rows(name, task, found)
    print("\n" + "\n".join(table))
    for title, module in SPEED.items() if arguments.speed else ():
        print(f"\n{title}\n", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{module[0]}", *module[1:]], check=False)


HEAD = ("| task | figure | must | goal | mean | seeds | reached |", "| --- | --- | ---: | ---: | ---: | --- | --- |")


def rows(name: str, task: Task, found: list[Found]) -> Iterator[str]:
    """Yield a task's rows of the table; found has one entry a seed."""
    for mark in task.marks:
        values = [of_seed[mark.figure] for of_seed in found]
        mean = float(np.mean(values))
        reached = "goal" if mark.reached(mean, mark.goal) else "must" if mark.reached(mean, mark.must) else "no"
        shown = "{:.0f}" if mark.below else "{:.4f}"
        seeds = " ".join(shown.format(value) for value in values)
        yield f"| {name} | {mark.figure} | {mark.must:g} | {mark.goal:g} | {shown.format(mean)} | {seeds} | {reached} |"


def measured(name: str, task: Task, n_seeds: int, log: Path | None) -> Iterator[Found]:
    """Yield what a task finds with each seed, and print it; what the log has is not measured again."""
    lines = log.read_text(encoding="utf-8").splitlines() if log is not None and log.exists() else []
    known = {(line["task"], line["seed"]): line["found"] for line in map(json.loads, lines)}
    for seed in range(n_seeds):
        found: Found | None = known.get((name, seed))
        if found is None:
            found = task.measure(seed)
            if log is not None:
                with log.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"task": name, "seed": seed, "found": found}) + "\n")
        print(f"{name}, seed {seed}: " + ", ".join(f"{key} {value:.4f}" for key, value in found.items()), flush=True)
        yield found


if __name__ == "__main__":
    main()
