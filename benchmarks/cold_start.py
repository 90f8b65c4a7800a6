"""New items for people: half of the films lose all interactions and must be found from what is known of them alone.

    EXPLORER_DATA=../shared/data python -m benchmarks.cold_start [--data 1m|100k|demo] [--seeds 3] [--facts]
        [--split test|validation] [--peers-only] [--today] [--set epochs=2 ...] [--service [--home DIR] [--alone]]

Amazon's own test of aws-hrnn-coldstart (ML-1M notebook of 2019-10-10, first 1,000 users): MRR .3227, P@25 .1325, which
is 3.2 times random. A random half of the films is cold; what a user has taken of it is what is to be found, 25 films
are shown. Settings are chosen with `--split validation`: the cold half is put away, and half of the *other* films,
drawn anew, plays its part, so that no event of the test has a say in them. Both parts of the recipe's answer have rows
of their own. MovieLens people rated whole pages of the site in one sitting; that makes such tests easier than life.
Peers: benchmarks/cold_peers.py. --today adds aws-user-personalization-v2, which tries new items by their columns. With
--service the laboratory's own service does it, through the API: benchmarks/cold_service.py.
"""

import argparse
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from benchmarks import cold_service
from benchmarks.cold_peers import PEERS, ScoresOf
from benchmarks.recipes import THREADS
from benchmarks.worlds import read_world
from services.engine.jobs.evaluation.metrics import Evaluation, evaluate
from services.engine.recipes.base import Floats, Histories, Longs, SilentProgress, TrainingData, TrainOptions, UserModel
from services.engine.recipes.histories import keep_events, select_users, user_state
from services.engine.recipes.hrnn_coldstart.ensemble import ColdStartEnsemble
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_recipe
from services.engine.recipes.v2.model import PersonalizationV2Model

RECIPE, TODAYS = "aws-hrnn-coldstart", "aws-user-personalization-v2"
COLUMNS = {
    "MRR": "mean_reciprocal_rank_at_25",
    "P@5": "precision_at_5",
    "P@10": "precision_at_10",
    "P@25": "precision_at_25",
    "NDCG@10": "normalized_discounted_cumulative_gain_at_10",
}
LONG_AGO_S = 10 * 365 * 86_400


@dataclass(frozen=True)
class ColdSplit:
    """What is trained on and what is asked."""

    train: TrainingData
    """Without any event of a cold item; by item_creation the cold items are new and all others are old."""
    is_cold: NDArray[np.bool_]
    """bool (n_items,)."""
    inputs: Histories
    """The asked users' events of items that are not cold."""
    targets: Histories
    """The asked users' events of cold items."""


def cold_split(data: TrainingData, seed: int, n_users: int, validation: bool = False) -> ColdSplit:
    """Make a random half of the items cold; with validation, a half of the other half, the first one out of play."""
    histories = data.histories
    is_cold = np.random.default_rng(seed).permutation(histories.n_items) < histories.n_items // 2
    if validation:
        in_play = np.flatnonzero(~is_cold)
        histories = keep_events(histories, ~is_cold[histories.items])
        chosen = np.random.default_rng([seed, 1]).permutation(in_play)[: len(in_play) // 2]
        is_cold = np.isin(np.arange(histories.n_items), chosen)
    of_cold = is_cold[histories.items]
    known = keep_events(histories, ~of_cold)
    newest = int(known.timestamps.max())
    asked = np.arange(min(n_users, histories.n_users))
    return ColdSplit(
        replace(data, histories=known, item_creation=np.where(is_cold, newest, newest - LONG_AGO_S)),
        is_cold,
        select_users(known, asked),
        select_users(keep_events(histories, of_cold), asked),
    )


def train_and_evaluate(
    split: ColdSplit, seed: int, given: dict[str, str] | None = None
) -> tuple[dict[str, Evaluation], float]:
    """Return what aws-hrnn-coldstart and each of its parts alone find, and the seconds of the training."""
    values = complete(RECIPE, find(RECIPE).hyperparameters, given)
    started = time.perf_counter()
    model = load_recipe(RECIPE).train(split.train, TrainOptions(values, seed=seed, threads=THREADS), SilentProgress())
    seconds = time.perf_counter() - started
    assert isinstance(model, ColdStartEnsemble)
    parts = {
        RECIPE: model,
        "its networks alone": model.with_ridge_share(0),
        "its ridge alone": model.with_ridge_share(1),
    }
    return {name: evaluate(_scores(part, split.inputs), split.targets) for name, part in parts.items()}, seconds


def train_todays(split: ColdSplit, seed: int) -> tuple[Evaluation, float]:
    """Return what aws-user-personalization-v2 finds by what it knows of new items, and the seconds of the training."""
    values = complete(TODAYS, find(TODAYS).hyperparameters, None)
    started = time.perf_counter()
    model = load_recipe(TODAYS).train(split.train, TrainOptions(values, seed=seed, threads=THREADS), SilentProgress())
    seconds = time.perf_counter() - started
    assert isinstance(model, PersonalizationV2Model)
    vectors = model.states(split.inputs, SilentProgress())

    def scores_of(users: Longs) -> Floats:
        items, logits = model.new_item_logits([user_state(split.inputs, vectors, int(user)) for user in users])
        scores = np.full((len(users), split.inputs.n_items), -np.inf, np.float32)
        scores[:, items] = logits
        return scores

    return evaluate(scores_of, split.targets), seconds


def main() -> None:
    """Print one table: every seed, then the means."""
    parser = argparse.ArgumentParser(description="Cold start on MovieLens, half of the films removed.")
    parser.add_argument("--data", choices=("100k", "1m", "demo"), default="1m")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--users", type=int, default=1000, help="how many users are asked, the first ones")
    parser.add_argument("--facts", action="store_true", help="director and actors too (1m only)")
    parser.add_argument("--split", choices=("test", "validation"), default="test")
    parser.add_argument("--peers-only", action="store_true", help="train nothing")
    parser.add_argument("--today", action="store_true", help="the recipe of today that shows new items, too")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="hyperparameters")
    parser.add_argument("--service", action="store_true", help="through services.screens.cold_start.run and the API")
    parser.add_argument("--home", type=Path, help="with --service: where its workspace is kept")
    parser.add_argument("--alone", action="store_true", help="with --service: train each set of columns alone too")
    arguments = parser.parse_args()
    folder = os.environ.get("EXPLORER_DATA")
    if not folder and (arguments.data != "demo" or arguments.service):
        print("Skipped: set EXPLORER_DATA to the folder that holds movielens-1m.")
        return
    if arguments.service:
        with TemporaryDirectory() as scratch:
            home = arguments.home or Path(scratch)
            size, users = arguments.data, arguments.users
            cold_service.run(Path(str(folder)), size, arguments.facts, arguments.seeds, users, home, arguments.alone)
        return
    data = read_world(arguments.data, Path(folder) if folder else None, arguments.facts)
    given = dict(word.split("=", 1) for word in arguments.set)
    table = Table()
    for seed in range(arguments.seeds):
        split = cold_split(data, seed, arguments.users, arguments.split == "validation")
        for name, peer in PEERS.items():
            started = time.perf_counter()
            scores_of = peer(split.train, split.is_cold, seed)
            seconds = time.perf_counter() - started
            table.add(name, seed, evaluate(scores_of, split.targets), seconds)
        if not arguments.peers_only:
            found, seconds = train_and_evaluate(split, seed, given)
            for name, evaluation in found.items():
                table.add(name, seed, evaluation, seconds)
        if arguments.today:
            table.add(TODAYS, seed, *train_todays(split, seed))
    table.print_means()


class Table:
    """Rows printed as they come, and their means by method."""

    def __init__(self) -> None:
        self._rows: dict[str, list[list[float]]] = {}
        print(f"| method | seed | {' | '.join(COLUMNS)} | train s |\n|{' --- |' * (len(COLUMNS) + 3)}", flush=True)

    def add(self, method: str, seed: int, evaluation: Evaluation, seconds: float) -> None:
        """Print one row."""
        measured = evaluation.metrics()
        row = [*(measured[key] for key in COLUMNS.values()), seconds]
        self._rows.setdefault(method, []).append(row)
        self._print(method, str(seed), row)

    def print_means(self) -> None:
        """Print the mean of each method's rows."""
        for method, rows in self._rows.items():
            self._print(method, "mean", np.mean(rows, axis=0).tolist())

    def _print(self, method: str, seed: str, row: list[float]) -> None:
        figures = " | ".join(f"{figure:.4f}" for figure in row[:-1])
        print(f"| {method} | {seed} | {figures} | {row[-1]:.1f} |", flush=True)


def _scores(model: UserModel, inputs: Histories) -> ScoresOf:
    vectors = model.states(inputs, SilentProgress())
    return lambda users: model.item_scores([user_state(inputs, vectors, int(user)) for user in users])


if __name__ == "__main__":
    main()
