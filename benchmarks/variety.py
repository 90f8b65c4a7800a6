"""Coverage against hits: what popularityDiscount and diversity give and cost, aws-hrnn on MovieLens or the demo.

    EXPLORER_DATA=DIR python -m benchmarks.variety [--data 100k|1m|demo] [--users 2000]

The newest tenth of every user's events is to be found among 25 items. Coverage: share of the catalogue in at least one
list. Typical item: the median number of users of what is listed. Kinds: mean cosine distance of two items of a list.
"""

import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.movielens import read_movielens
from benchmarks.neighbours import demo_histories
from services.engine.jobs.evaluation.metrics import measure
from services.engine.jobs.evaluation.split import newest_tenth
from services.engine.recipes.base import Histories, Ints, SilentProgress, TrainingData, TrainOptions, UserModel
from services.engine.recipes.histories import (
    count_unique_users,
    keep_events,
    select_users,
    user_state,
    within_length_percentiles,
)
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_recipe
from services.engine.recipes.variety import Variety, item_vectors, varied

RECIPE, PLACES = "aws-hrnn", 25
DISCOUNTS, DIVERSITIES = (0.0, 0.1, 0.25, 0.5, 1.0), (0.1, 0.25, 0.5, 1.0)


def train(histories: Histories) -> UserModel:
    """Train as the training job does, user percentiles included."""
    values = complete(RECIPE, find(RECIPE).hyperparameters)
    low, high = (values[f"{end}_user_history_length_percentile"] for end in ("min", "max"))
    within = np.repeat(within_length_percentiles(histories, low, high), histories.lengths())
    data = TrainingData(keep_events(histories, within))
    model = load_recipe(RECIPE).train(data, TrainOptions(values), SilentProgress())
    assert isinstance(model, UserModel)
    return model


def kinds(model: UserModel, shown: Ints) -> float:
    """Return the mean cosine distance of two items of a list."""
    distances = []
    for row in shown:
        vectors = item_vectors(model, row[row >= 0])
        alike = vectors @ vectors.T
        distances.append(1 - (alike.sum() - np.trace(alike)) / (len(alike) * (len(alike) - 1)))
    return float(np.mean(distances))


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description="Coverage against hits.")
    parser.add_argument("--data", choices=("100k", "1m", "demo"), default="100k")
    parser.add_argument("--users", type=int, default=2000, help="how many users are asked")
    arguments = parser.parse_args()
    folder = os.environ.get("EXPLORER_DATA")
    real = folder is not None and arguments.data != "demo"
    histories = read_movielens(Path(str(folder)), arguments.data) if real else demo_histories()[0]
    newest = newest_tenth(histories)
    inputs, targets = keep_events(histories, ~newest), keep_events(histories, newest)
    asked = np.random.default_rng(0).permutation(np.flatnonzero(inputs.lengths() > 0))[: arguments.users]
    targets = select_users(targets, asked)
    model, users_of = train(inputs), count_unique_users(inputs)
    vectors = model.states(inputs, SilentProgress())
    states = [user_state(inputs, vectors, user) for user in asked.tolist()]
    print(f"{RECIPE}, {'MovieLens ' + arguments.data.upper() if real else 'film demo'}, {len(asked):,} users\n")
    print("| popularityDiscount | diversity | MRR@25 | P@25 | coverage | typical item | kinds | ms a list |")
    print("|" + " --- |" * 8)
    settings = [Variety(discount) for discount in DISCOUNTS] + [Variety(0.0, d) for d in DIVERSITIES]
    for variety in [*settings, Variety(0.25, 0.25)]:
        shown = np.full((len(asked), PLACES), -1, np.int32)
        spent = 0.0
        for row, state in enumerate(states):
            scores = model.item_scores([state])[0]
            started = time.process_time()
            items = varied(model, scores, users_of, PLACES, variety)
            spent += time.process_time() - started
            shown[row, : len(items)] = items
        found = measure(shown, targets)
        figures = " | ".join(f"{found[f'{name}_at_25'].mean():.4f}" for name in ("mean_reciprocal_rank", "precision"))
        listed = shown[shown >= 0]
        covered = len(np.unique(listed)) / int((users_of > 0).sum())
        print(
            f"| {variety.popularity_discount:g} | {variety.diversity:g} | {figures} | {covered:.2f} | "
            f"{np.median(users_of[listed]):.0f} | {kinds(model, shown):.2f} | {1000 * spent / len(asked):.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
