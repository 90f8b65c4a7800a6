"""The trained recipes and their peers on Amazon's temporal hold-out: metrics over seeds, what they cost.

    EXPLORER_DATA=DIR python -m benchmarks.recipes [--seeds 3] [--data 1m] [--split validation] [--set epochs=6 ...]

Protocol (AWS's notebook personalize_temporal_holdout): each user's newest tenth is held out, the rest trains, 25 items
for every user. Where the data has hardly any repeats, items already seen are taken out ("dedup"), for all methods. NDCG
divides by the ideal order of all held-out items. MovieLens histories were entered in long sittings from pages that the
site itself ordered, which flatters every sequence model. Peers (benchmarks/peers.py): EASE and item cosine with the
recent past weighing more; where people repeat, also a user's own recent items.

Settings are chosen with --split validation: the test part is put aside, and the newest tenth of what is left is held
out instead.
"""

import argparse
import os
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.peers import PEERS, REPEATING_PEERS, ScoresOf
from benchmarks.worlds import WORLDS, read_world
from services.engine.jobs.evaluation.metrics import Evaluation, HitRateValidation, evaluate, evaluate_model
from services.engine.jobs.evaluation.split import newest_tenth, sequence_split
from services.engine.recipes.base import Floats, Histories, Longs, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.histories import keep_events, repeat_share, select_users, within_length_percentiles
from services.engine.recipes.hrnn.config import FEW_REPEATS
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_recipe

LEARNING = ("aws-hrnn", "aws-hrnn-metadata")
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


class PrintedCurve(SilentProgress):
    """Prints the learning curve as it grows."""

    def curve_point(self, epoch: float, value: float) -> None:
        print(f"    epoch {epoch:g}: hit rate at 25 on held-out users {value:.3f}", flush=True)


def run(
    recipe: str,
    data: TrainingData,
    held_out: Histories,
    seed: int,
    given: dict[str, str],
    curve: bool,
    hide_seen: bool = True,
) -> str:
    """Train and measure one recipe; return its row of the table."""
    values = complete(recipe, find(recipe).hyperparameters, given if recipe in LEARNING else None)
    train = data.histories
    trained_on = train
    if recipe in LEARNING:
        low, high = (values[f"{end}_user_history_length_percentile"] for end in ("min", "max"))
        trained_on = select_users(train, within_length_percentiles(train, low, high))
    options = TrainOptions(values, seed=seed)
    validation = HitRateValidation(sequence_split(train)) if curve else None
    started = time.perf_counter()
    seen = replace(data, histories=trained_on) if find(recipe).recipe_class.uses_metadata else TrainingData(trained_on)
    model = load_recipe(recipe).train(seen, options, PrintedCurve(), validation)
    seconds = time.perf_counter() - started
    evaluation: Evaluation = evaluate_model(model, train, held_out, hide_seen=hide_seen)
    return row(recipe, seed, evaluation, seconds)


def run_peer(
    name: str, peer: Callable[[Histories], ScoresOf], train: Histories, held_out: Histories, hide_seen: bool = True
) -> str:
    """Train and measure one peer; return its row of the table."""
    started = time.perf_counter()
    try:
        scores_of = peer(train)
    except ImportError:
        return f"| {name} | not installed: benchmarks/requirements-peers.txt |{' |' * (len(COLUMNS) + 1)}"
    seconds = time.perf_counter() - started
    return row(name, 0, measure_scores(scores_of, train, held_out, hide_seen), seconds)


def measure_scores(scores_of: ScoresOf, train: Histories, held_out: Histories, hide_seen: bool = True) -> Evaluation:
    """Measure a method by its scores, with what a user already has taken out of the list if hide_seen."""

    def unseen(users: Longs) -> Floats:
        scores = scores_of(users)
        for position, user in enumerate(users):
            scores[position, train.of(int(user))[0]] = -np.inf
        return scores

    return evaluate(unseen if hide_seen else scores_of, held_out)


def hold_out(histories: Histories) -> tuple[Histories, Histories]:
    """Return all but each user's newest tenth, and that tenth."""
    newest = newest_tenth(histories)
    return keep_events(histories, ~newest), keep_events(histories, newest)


def row(method: str, seed: int, evaluation: Evaluation, seconds: float) -> str:
    """Return one row of the table."""
    measured = evaluation.metrics()
    figures = " | ".join(f"{measured[key]:.4f}" for key in COLUMNS.values())
    return f"| {method} | {seed} | {figures} | {seconds:.1f} |"


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description="Recipes on the temporal hold-out.")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--data", choices=WORLDS, default="100k")
    parser.add_argument("--split", choices=("test", "validation"), default="test")
    parser.add_argument("--recipes", nargs="*", default=LEARNING, choices=LEARNING, help="which ones are trained")
    parser.add_argument("--peers", action="store_true", help="measure the peers only, train nothing else")
    parser.add_argument("--facts", action="store_true", help="director and actors as metadata too (1m only)")
    parser.add_argument("--curve", action="store_true", help="print hit rates while training (slower)")
    parser.add_argument(
        "--set", nargs="*", default=[], metavar="NAME=VALUE", help="hyperparameters of the trained ones"
    )
    arguments = parser.parse_args()
    folder = os.environ.get("EXPLORER_DATA")
    if not folder and arguments.data != "demo":
        print("Skipped: set EXPLORER_DATA to the folder that holds movielens-100k, or use --data demo.")
        return
    data = read_world(arguments.data, Path(folder) if folder else None, arguments.facts)
    train, held_out = hold_out(data.histories)
    if arguments.split == "validation":
        train, held_out = hold_out(train)
    repeats = repeat_share(train)
    hide = repeats < FEW_REPEATS
    print(
        f"{arguments.data}, {arguments.split} part: {train.n_users:,} users, {train.n_events:,} events to train on, "
        f"{repeats:.0%} repeats ({'not shown again' if hide else 'repeats count'}), 1 thread\n"
    )
    print(f"| recipe | seed | {' | '.join(COLUMNS)} | train s |\n|{' --- |' * (len(COLUMNS) + 3)}")
    given = dict(word.split("=", 1) for word in arguments.set)
    data = replace(data, histories=train)
    print(run("aws-popularity-count", data, held_out, 0, given, False, hide), flush=True)
    for name, peer in (PEERS if hide else PEERS | REPEATING_PEERS).items():
        print(run_peer(name, peer, train, held_out, hide), flush=True)
    for seed in range(0 if arguments.peers else arguments.seeds):
        for recipe in arguments.recipes:
            print(run(recipe, data, held_out, seed, given, arguments.curve, hide), flush=True)
    print(f"\nPeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
