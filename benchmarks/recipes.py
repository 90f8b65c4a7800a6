"""The trained recipes on Amazon's temporal hold-out of MovieLens 100K: metrics over seeds, and what they cost.

    EXPLORER_DATA=DIR python -m benchmarks.recipes [--seeds 3] [--data 1m] [--set epochs=6 ...]

Protocol (AWS's notebook personalize_temporal_holdout): each user's newest tenth is held out, the rest trains, 25 items
for every user, those already seen taken out ("dedup"). NDCG divides by the ideal order of all held-out items. MovieLens
histories were entered in long sittings from pages that the site itself ordered, which flatters every sequence model.
"""

import argparse
import os
import resource
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from services.engine.jobs.metrics import Evaluation, HitRateValidation, evaluate_model, newest_tenth, sequence_split
from services.engine.recipes.base import Histories, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.histories import keep_events, select_users, within_length_percentiles
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_recipe

COLUMNS = {
    "MRR@25": "mean_reciprocal_rank_at_25",
    "P@5": "precision_at_5",
    "P@10": "precision_at_10",
    "P@25": "precision_at_25",
    "NDCG@10": "normalized_discounted_cumulative_gain_at_10",
    "NDCG@25": "normalized_discounted_cumulative_gain_at_25",
    "hit@25": "hit_rate_at_25",
    "coverage": "coverage",
}


def read_movielens(folder: Path, size: str) -> Histories:
    """Return all ratings as histories, ties in file order."""
    if size == "1m":
        frame = pd.read_parquet(folder / "movielens-1m" / "ratings.parquet")
        frame = frame.rename(columns={"movie": "item"})
    else:
        names = ["user", "item", "rating", "timestamp"]
        frame = pd.read_csv(folder / "movielens-100k" / "u.data", sep="\t", names=names)
    users, items = (np.unique(frame[name], return_inverse=True)[1] for name in ("user", "item"))
    order = np.lexsort((np.arange(len(frame)), frame["timestamp"], users))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(users))]).astype(np.int64)
    times = frame["timestamp"].to_numpy(np.int64)[order]
    return Histories(offsets, items[order].astype(np.int32), times, int(items.max()) + 1)


class PrintedCurve(SilentProgress):
    """Prints the learning curve as it grows."""

    def curve_point(self, epoch: float, value: float) -> None:
        print(f"    epoch {epoch:g}: hit rate at 25 on held-out users {value:.3f}", flush=True)


def run(recipe: str, train: Histories, held_out: Histories, seed: int, given: dict[str, str], curve: bool) -> str:
    """Train and measure one recipe; return its row of the table."""
    values = complete(recipe, find(recipe).hyperparameters, given if recipe == "aws-hrnn" else None)
    trained_on = train
    if recipe == "aws-hrnn":
        low, high = (values[f"{end}_user_history_length_percentile"] for end in ("min", "max"))
        trained_on = select_users(train, within_length_percentiles(train, low, high))
    options = TrainOptions(values, seed=seed)
    validation = HitRateValidation(sequence_split(train)) if curve else None
    started = time.perf_counter()
    model = load_recipe(recipe).train(TrainingData(trained_on), options, PrintedCurve(), validation)
    seconds = time.perf_counter() - started
    evaluation: Evaluation = evaluate_model(model, train, held_out, hide_seen=True)
    measured = evaluation.metrics()
    figures = " | ".join(f"{measured[key]:.4f}" for key in COLUMNS.values())
    return f"| {recipe} | {seed} | {figures} | {seconds:.1f} |"


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description="Recipes on the temporal hold-out of MovieLens.")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--data", choices=("100k", "1m"), default="100k")
    parser.add_argument("--curve", action="store_true", help="print hit rates while training (slower)")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="hyperparameters of aws-hrnn")
    arguments = parser.parse_args()
    folder = os.environ.get("EXPLORER_DATA")
    if not folder:
        print("Skipped: set EXPLORER_DATA to the folder that holds movielens-100k.")
        return
    histories = read_movielens(Path(folder), arguments.data)
    newest = newest_tenth(histories)
    train, held_out = keep_events(histories, ~newest), keep_events(histories, newest)
    print(f"MovieLens {arguments.data}: {train.n_users:,} users, {train.n_events:,} events to train on, 1 thread\n")
    print(f"| recipe | seed | {' | '.join(COLUMNS)} | train s |\n|{' --- |' * (len(COLUMNS) + 3)}")
    given = dict(word.split("=", 1) for word in arguments.set)
    print(run("aws-popularity-count", train, held_out, 0, given, False), flush=True)
    for seed in range(arguments.seeds):
        print(run("aws-hrnn", train, held_out, seed, given, arguments.curve), flush=True)
    print(f"\nPeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
