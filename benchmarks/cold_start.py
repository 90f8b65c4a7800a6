"""New items for people: half of the films lose all interactions and must be found from genres and year alone.

    EXPLORER_DATA=../shared/data python -m benchmarks.cold_start [--data 1m|100k] [--seeds 3] [--users 1000] [--facts]

Amazon's own test of aws-hrnn-coldstart (ML-1M notebook of 2019-10-10, first 1,000 users): MRR .3227, P@25 .1325, which
is 3.2 times random. A random half of the films is cold; what a user has taken of it is what is to be found, 25 films
are shown. MovieLens people rated whole pages of the site in one sitting; that makes such tests easier than life.
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.movielens import read_with_metadata
from services.engine.jobs.metrics import Evaluation, evaluate
from services.engine.recipes.base import Floats, Histories, Longs, SilentProgress, TrainingData, TrainOptions, UserModel
from services.engine.recipes.histories import count_unique_users, keep_events, select_users, user_state
from services.engine.recipes.hrnn_features import learn_space
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_recipe

RECIPE = "aws-hrnn-coldstart"
RIDGE = 1.0


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description="Cold start on MovieLens, half of the films removed.")
    parser.add_argument("--data", choices=("100k", "1m"), default="1m")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--users", type=int, default=1000, help="how many users are asked, the first ones")
    parser.add_argument("--facts", action="store_true", help="director and actors too (1m only)")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="hyperparameters")
    arguments = parser.parse_args()
    folder = os.environ.get("EXPLORER_DATA")
    if not folder:
        print("Skipped: set EXPLORER_DATA to the folder that holds movielens-1m.")
        return
    data = read_with_metadata(Path(folder), arguments.data, arguments.facts)
    given = dict(word.split("=", 1) for word in arguments.set)
    print("| method | seed | MRR | P@5 | P@10 | P@25 | train s |\n| --- | --- | --- | --- | --- | --- | --- |")
    for seed in range(arguments.seeds):
        is_cold = np.random.default_rng(seed).permutation(data.histories.n_items) < data.histories.n_items // 2
        of_cold = is_cold[data.histories.items]
        train = replace(data, histories=keep_events(data.histories, ~of_cold))
        asked = np.arange(min(arguments.users, data.histories.n_users))
        inputs = select_users(train.histories, asked)
        targets = select_users(keep_events(data.histories, of_cold), asked)
        _row("random", seed, evaluate(_random(is_cold, seed), targets), 0.0)
        popular = _predicted_popularity(train, is_cold)
        _row("popularity predicted from features", seed, evaluate(_same_for_all(popular), targets), 0.0)
        started = time.perf_counter()
        model = _train(train, seed, given)
        seconds = time.perf_counter() - started
        _row(RECIPE, seed, evaluate(_scores(model, inputs), targets), seconds)


def _train(data: TrainingData, seed: int, given: dict[str, str]) -> UserModel:
    values = complete(RECIPE, find(RECIPE).hyperparameters, given)
    model = load_recipe(RECIPE).train(data, TrainOptions(values, seed=seed), SilentProgress())
    assert isinstance(model, UserModel)
    return model


def _scores(model: UserModel, inputs: Histories) -> Callable[[Longs], Floats]:
    vectors = model.states(inputs, SilentProgress())
    return lambda users: model.item_scores([user_state(inputs, vectors, int(user)) for user in users])


def _same_for_all(scores: Floats) -> Callable[[Longs], Floats]:
    return lambda users: np.tile(scores.astype(np.float32), (len(users), 1))


def _random(is_cold: NDArray[np.bool_], seed: int) -> Callable[[Longs], Floats]:
    rng = np.random.default_rng(seed)
    hidden = np.where(is_cold, np.float32(0), np.float32(-np.inf))
    return lambda users: rng.random((len(users), len(is_cold)), dtype=np.float32) + hidden


def _predicted_popularity(data: TrainingData, is_cold: NDArray[np.bool_]) -> Floats:
    """Return log-popularity of cold items by ridge regression on their features, -inf for the others."""
    space = learn_space(data.item_columns, ~is_cold)
    rows = space.encode(data.item_columns, len(is_cold))
    design = np.zeros((len(is_cold), space.n_features + 1), np.float32)
    np.add.at(design, (np.arange(len(is_cold))[:, None], rows.ids), rows.weights)
    design[:, -1] = 1
    known, log_counts = design[~is_cold], np.log1p(count_unique_users(data.histories)[~is_cold])
    weights = np.linalg.solve(known.T @ known + RIDGE * np.eye(design.shape[1]), known.T @ log_counts)
    return np.where(is_cold, design @ weights, -np.inf).astype(np.float32)


def _row(method: str, seed: int, evaluation: Evaluation, seconds: float) -> None:
    measured = evaluation.metrics()
    keys = ("mean_reciprocal_rank_at_25", "precision_at_5", "precision_at_10", "precision_at_25")
    print(f"| {method} | {seed} | {' | '.join(f'{measured[key]:.4f}' for key in keys)} | {seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main()
