"""What columns of items are worth: the same training with fewer and with more of them, on MovieLens 1M.

    EXPLORER_DATA=../shared/data python -m benchmarks.columns [--recipes aws-hrnn-coldstart aws-hrnn-metadata]
        [--seeds 2] [--share 1.0] [--split test|validation]

Every set of columns is trained with the same seeds; a user's measure is its mean over the seeds. The difference from
the first set is drawn with the same users a thousand times (paired bootstrap), so what all users share cancels out.
aws-hrnn-coldstart: the task of benchmarks.cold_start, all users asked. aws-hrnn-metadata: the hold-out of each
user's newest tenth (benchmarks.recipes), unseen films only; the columns of users stay. Directors and actors come from
films/ml1m_films_facts.csv.
With validation, the split is made once more within what the test trains on.
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.cold_start import RECIPE, cold_split, train_and_evaluate
from benchmarks.movielens import read_with_metadata
from services.engine.jobs.evaluation.metrics import Evaluation, differences, estimates, evaluate_model
from services.engine.jobs.evaluation.split import newest_tenth
from services.engine.recipes.base import SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.histories import keep_events, select_users, within_length_percentiles
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_recipe

WITH_METADATA = "aws-hrnn-metadata"
SETS = {
    "genres, year": ("GENRES", "YEAR"),
    "and director": ("GENRES", "YEAR", "DIRECTOR"),
    "and director and actors": ("GENRES", "YEAR", "DIRECTOR", "ACTORS"),
}
SHOWN = {
    "MRR@25": "mean_reciprocal_rank_at_25",
    "P@25": "precision_at_25",
    "NDCG@10": "normalized_discounted_cumulative_gain_at_10",
}
Measured = Callable[[TrainingData, int, bool], Evaluation]


def cold_start(data: TrainingData, seed: int, validation: bool) -> Evaluation:
    """Return what aws-hrnn-coldstart finds for all users; the seed draws the films too."""
    split = cold_split(data, seed, data.histories.n_users, validation)
    return train_and_evaluate(split, seed)[0][RECIPE]


def hold_out(data: TrainingData, seed: int, validation: bool) -> Evaluation:
    """Return what aws-hrnn-metadata finds of each user's newest tenth."""
    newest = newest_tenth(data.histories)
    train, held_out = keep_events(data.histories, ~newest), keep_events(data.histories, newest)
    if validation:
        newest = newest_tenth(train)
        train, held_out = keep_events(train, ~newest), keep_events(train, newest)
    values = complete(WITH_METADATA, find(WITH_METADATA).hyperparameters, None)
    low, high = (values[f"{end}_user_history_length_percentile"] for end in ("min", "max"))
    seen = replace(data, histories=select_users(train, within_length_percentiles(train, low, high)))
    model = load_recipe(WITH_METADATA).train(seen, TrainOptions(values, seed=seed), SilentProgress())
    return evaluate_model(model, train, held_out, hide_seen=True)


TASKS: dict[str, Measured] = {RECIPE: cold_start, WITH_METADATA: hold_out}


def mean_of(evaluations: list[Evaluation]) -> Evaluation:
    """Return each user's mean over the seeds; what was shown is the first seed's."""
    first = evaluations[0]
    per_user = {name: np.mean([e.per_user[name] for e in evaluations], axis=0) for name in first.per_user}
    return replace(first, per_user=per_user)


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description="What columns of items are worth on MovieLens 1M.")
    parser.add_argument("--recipes", nargs="*", default=list(TASKS), choices=list(TASKS))
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--share", type=float, default=1.0, help="of the users, the first ones")
    parser.add_argument("--split", choices=("test", "validation"), default="test")
    arguments = parser.parse_args()
    folder = os.environ.get("EXPLORER_DATA")
    facts = Path(folder or "") / "films" / "ml1m_films_facts.csv"
    if not folder or not facts.is_file():
        print("Skipped: set EXPLORER_DATA to the folder that holds movielens-1m and films/ml1m_films_facts.csv.")
        return
    data = read_with_metadata(Path(folder), "1m", facts=True)
    n_users = max(1, round(arguments.share * data.histories.n_users))
    data = replace(data, histories=select_users(data.histories, np.arange(n_users)))
    measures = " | ".join(f"{name} | difference | interval" for name in SHOWN)
    print(f"| recipe | columns | {measures} | train s |\n|{' --- |' * (3 * len(SHOWN) + 3)}", flush=True)
    for recipe in arguments.recipes:
        base: Evaluation | None = None
        for title, names in SETS.items():
            chosen = replace(data, item_columns=tuple(c for c in data.item_columns if c.name in names))
            started = time.perf_counter()
            seeds = [TASKS[recipe](chosen, seed, arguments.split == "validation") for seed in range(arguments.seeds)]
            seconds = (time.perf_counter() - started) / arguments.seeds
            evaluation = mean_of(seeds)
            print(f"| {recipe} | {title} | {_cells(evaluation, base)} | {seconds:.0f} |", flush=True)
            base = base or evaluation


def _cells(evaluation: Evaluation, base: Evaluation | None) -> str:
    values = estimates(evaluation)
    changes = differences(evaluation, base) if base is not None else {}
    cells = []
    for name in SHOWN.values():
        cells.append(f"{values[name].value:.4f}")
        change = changes.get(name)
        cells.append(f"{change.value:+.4f}" if change else "")
        cells.append(f"{change.low:+.4f} to {change.high:+.4f}" if change else "")
    return " | ".join(cells)


if __name__ == "__main__":
    main()
