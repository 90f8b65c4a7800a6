"""The trained recipes and their peers on Amazon's temporal hold-out: metrics over seeds, what they cost.

    EXPLORER_DATA=DIR python -m benchmarks.recipes [--seeds 3] [--data 1m] [--protocol leave-one-out|time]
        [--split validation] [--set epochs=6 ...]

Protocol "tenth" (AWS's notebook personalize_temporal_holdout): each user's newest tenth is held out, the rest trains,
25 items for every user. Where the data has hardly any repeats, items already seen are taken out ("dedup"), for all
methods. NDCG divides by the ideal order of all held-out items. MovieLens histories were entered in long sittings from
pages that the site itself ordered, which flatters every sequence model. Peers (benchmarks/peers.py): EASE and item
cosine with the recent past weighing more; where people repeat, also a user's own recent items.

Protocol "leave-one-out" (the field's, since SASRec): each user's last event is to be found among all items. The event
before it belongs to the validation part, so it is not learned from, but it is part of the history that is asked.

Protocol "time" (a global time split, as "Time to Split", RecSys 2025, recommends): one moment for all, before which
nine in ten events lie. What came before is learned from; people who have events on both sides are asked, and all that
they did afterwards is to be found. Nobody's later events are learned from, which both other protocols allow.

Settings are chosen with --split validation: the test part is put aside, and the newest tenth of what is left, or the
last event, is held out instead. "CPU s" is the processor's time for the training; on a busy machine it says more.
"""

import argparse
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: for single operations, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import PEERS, REPEATING_PEERS, ScoresOf
from benchmarks.worlds import WORLDS, read_world
from services.engine.jobs.evaluation.metrics import Evaluation, HitRateValidation, evaluate, evaluate_model
from services.engine.jobs.evaluation.split import newest_tenth, sequence_split
from services.engine.recipes.base import Floats, Histories, Longs, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.histories import keep_events, repeat_share, select_users, within_length_percentiles
from services.engine.recipes.hrnn.config import FEW_REPEATS
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_recipe

THREADS = 2
"""As the worker has by default; one gives the same figures later."""
LEARNING = ("aws-hrnn", "aws-hrnn-metadata", "aws-user-personalization-v2")
HELD_OUT_SHARE = 0.1
"""Of all events, by the protocol "time"."""
COLUMNS = {
    "MRR@25": "mean_reciprocal_rank_at_25",
    "P@5": "precision_at_5",
    "P@10": "precision_at_10",
    "P@25": "precision_at_25",
    "NDCG@10": "normalized_discounted_cumulative_gain_at_10",
    "NDCG@25": "normalized_discounted_cumulative_gain_at_25",
    "hit@10": "hit_rate_at_10",
    "hit@25": "hit_rate_at_25",
    "coverage": "coverage",
}


@dataclass(frozen=True)
class Parts:
    """What is learned from, the histories that are asked, and what is to be found."""

    train: Histories
    inputs: Histories
    """Of all users, like train."""
    targets: Histories
    """Of all users; only those of asked count."""
    asked: Longs
    """int64: the users who are asked."""


def of_all(train: Histories, inputs: Histories, targets: Histories) -> Parts:
    """Return the parts of a split that asks everybody."""
    return Parts(train, inputs, targets, np.arange(train.n_users))


def hold_out(histories: Histories, validation: bool) -> Parts:
    """Hold out each user's newest tenth; for validation, the newest tenth of the rest."""
    newest = newest_tenth(histories)
    train, targets = keep_events(histories, ~newest), keep_events(histories, newest)
    return hold_out(train, False) if validation else of_all(train, train, targets)


def leave_one_out(histories: Histories, validation: bool) -> Parts:
    """Learn from all but each user's last two events; hold out the last, or for validation the one before."""
    last = last_events(histories)
    inputs, targets = keep_events(histories, ~last), keep_events(histories, last)
    last = last_events(inputs)
    train = keep_events(inputs, ~last)
    return of_all(train, train, keep_events(inputs, last)) if validation else of_all(train, inputs, targets)


def last_events(histories: Histories) -> NDArray[np.bool_]:
    """Return bool (n_events,): whether an event is its user's last."""
    last = np.zeros(histories.n_events, np.bool_)
    last[histories.offsets[1:][histories.lengths() > 0] - 1] = True
    return last


def time_split(histories: Histories, validation: bool) -> Parts:
    """Learn from all events before one moment; hold out those after it, of the people who have both.

    For validation, the same once more with what lies before that moment.
    """
    moment = np.quantile(histories.timestamps, 1 - HELD_OUT_SHARE)
    before = histories.timestamps < moment
    train = keep_events(histories, before)
    if validation:
        return time_split(train, False)
    targets = keep_events(histories, ~before)
    return Parts(train, train, targets, np.flatnonzero((train.lengths() > 0) & (targets.lengths() > 0)))


PROTOCOLS = {"tenth": hold_out, "leave-one-out": leave_one_out, "time": time_split}


class PrintedCurve(SilentProgress):
    """Prints the learning curve as it grows."""

    def curve_point(self, epoch: float, value: float) -> None:
        print(f"    epoch {epoch:g}: hit rate at 25 on held-out users {value:.3f}", flush=True)


def run(
    recipe: str,
    data: TrainingData,
    parts: Parts,
    seed: int,
    given: dict[str, str],
    curve: bool,
    hide_seen: bool = True,
) -> str:
    """Train and measure one recipe; return its row of the table."""
    evaluation, seconds = train_and_measure(recipe, data, parts, seed, given, curve, hide_seen)
    return row(recipe, seed, evaluation, *seconds)


def train_and_measure(
    recipe: str,
    data: TrainingData,
    parts: Parts,
    seed: int,
    given: dict[str, str] | None = None,
    curve: bool = False,
    hide_seen: bool = True,
) -> tuple[Evaluation, NDArray[np.float64]]:
    """Return what one recipe finds, and the training's seconds of the clock and of the processor."""
    values = complete(recipe, find(recipe).hyperparameters, given if recipe in LEARNING else None)
    train = trained_on = parts.train
    if recipe in LEARNING:
        low, high = (values.get(f"{end}_user_history_length_percentile", d) for end, d in (("min", 0.0), ("max", 1.0)))
        trained_on = select_users(train, within_length_percentiles(train, low, high))
    options = TrainOptions(values, seed=seed, threads=THREADS)
    validation = HitRateValidation(sequence_split(train)) if curve else None
    started = clocks()
    seen = replace(data, histories=trained_on) if find(recipe).recipe_class.uses_metadata else TrainingData(trained_on)
    model = load_recipe(recipe).train(seen, options, PrintedCurve(), validation)
    seconds = clocks() - started
    inputs, targets = (select_users(part, parts.asked) for part in (parts.inputs, parts.targets))
    return evaluate_model(model, inputs, targets, hide_seen=hide_seen), seconds


def run_peer(name: str, peer: Callable[[Histories], ScoresOf], parts: Parts, hide_seen: bool = True) -> str:
    """Train and measure one peer; return its row of the table. A peer has no states: it learns from its inputs."""
    started = clocks()
    try:
        scores_of = peer(parts.inputs)
    except ImportError:
        return f"| {name} | not installed: benchmarks/requirements-peers.txt |{' |' * (len(COLUMNS) + 2)}"
    seconds = clocks() - started
    inputs, targets = (select_users(part, parts.asked) for part in (parts.inputs, parts.targets))
    found = measure_scores(lambda users: scores_of(parts.asked[users]), inputs, targets, hide_seen)
    return row(name, 0, found, *seconds)


def measure_scores(scores_of: ScoresOf, train: Histories, held_out: Histories, hide_seen: bool = True) -> Evaluation:
    """Measure a method by its scores, with what a user already has taken out of the list if hide_seen."""

    def unseen(users: Longs) -> Floats:
        scores = scores_of(users)
        for position, user in enumerate(users):
            scores[position, train.of(int(user))[0]] = -np.inf
        return scores

    return evaluate(unseen if hide_seen else scores_of, held_out)


def clocks() -> NDArray[np.float64]:
    """Return the seconds of the clock and of the processor."""
    return np.array([time.perf_counter(), time.process_time()])


def row(method: str, seed: int, evaluation: Evaluation, seconds: float, processor_s: float | None = None) -> str:
    """Return one row of the table."""
    measured = evaluation.metrics()
    figures = " | ".join(f"{measured[key]:.4f}" for key in COLUMNS.values())
    of_processor = "" if processor_s is None else f" {processor_s:.1f} |"
    return f"| {method} | {seed} | {figures} | {seconds:.1f} |{of_processor}"


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description="Recipes on the temporal hold-out.")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--data", choices=WORLDS, default="100k")
    parser.add_argument("--protocol", choices=PROTOCOLS, default="tenth")
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
    parts = PROTOCOLS[arguments.protocol](data.histories, arguments.split == "validation")
    train = parts.train
    repeats = repeat_share(train)
    hide = repeats < FEW_REPEATS
    print(
        f"{arguments.data}, {arguments.protocol}, {arguments.split} part: {len(parts.asked):,} of {train.n_users:,} "
        f"users asked, {train.n_events:,} events to train on, "
        f"{repeats:.0%} repeats ({'not shown again' if hide else 'repeats count'}), {THREADS} threads\n"
    )
    print(f"| recipe | seed | {' | '.join(COLUMNS)} | train s | CPU s |\n|{' --- |' * (len(COLUMNS) + 4)}")
    given = dict(word.split("=", 1) for word in arguments.set)
    print(run("aws-popularity-count", data, parts, 0, given, False, hide), flush=True)
    for name, peer in (PEERS if hide else PEERS | REPEATING_PEERS).items():
        print(run_peer(name, peer, parts, hide), flush=True)
    for seed in range(0 if arguments.peers else arguments.seeds):
        for recipe in arguments.recipes:
            print(run(recipe, data, parts, seed, given, arguments.curve, hide), flush=True)
    print(f"\nPeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
