"""What exploring brings and costs: aws-user-personalization at several exploration weights.

    EXPLORER_DATA=DIR python -m benchmarks.exploration [--data 100k|1m] [--seeds 1] [--share 0.05] [--set epochs=6 ...]

A random share of the films loses all interactions and counts as new. The recipe trains on the rest but for each user's
newest tenth, and shows 25 films: what is lost are films of that tenth, what is won are new films that the user has
rated at any time. "Chance" is the share of such films among all new ones. One answer a user and weight.
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from benchmarks.movielens import read_with_metadata
from services.engine.jobs.evaluation.metrics import evaluate, measure
from services.engine.jobs.evaluation.split import newest_tenth
from services.engine.recipes.base import Floats, Histories, Longs, SilentProgress, TrainingData, TrainOptions, UserModel
from services.engine.recipes.exploration import Exploration, ExploringModel
from services.engine.recipes.histories import keep_events, user_state, within_length_percentiles
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_recipe

RECIPE, BASELINE = "aws-user-personalization", "aws-hrnn-metadata"
WEIGHTS = (0.0, 0.1, 0.3, 0.5, 1.0)


@dataclass(frozen=True)
class Task:
    """Data without the new films, and what is to be found."""

    train: TrainingData
    known: Histories
    """The users' newest tenth of what is not new."""
    new: Histories
    """All that the users have rated of the new films."""
    is_new: NDArray[np.bool_]

    @property
    def chance(self) -> float:
        return self.new.n_events / self.new.n_users / int(self.is_new.sum())


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description="Exploration weights on MovieLens with new films.")
    parser.add_argument("--data", choices=("100k", "1m"), default="100k")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.05, help="share of the films that are new")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="hyperparameters")
    arguments = parser.parse_args()
    folder = os.environ.get("EXPLORER_DATA")
    if not folder:
        print("Skipped: set EXPLORER_DATA to the folder that holds movielens-100k.")
        return
    data = read_with_metadata(Path(folder), arguments.data)
    given = dict(word.split("=", 1) for word in arguments.set)
    print("| recipe | weight | seed | MRR@25 | P@25 | NDCG@10 | new of 25 | of these wanted | chance | train s |")
    print("|" + " --- |" * 10)
    for seed in range(arguments.seeds):
        task = make_task(data, arguments.share, seed)
        model, seconds = train(BASELINE, task.train, seed, given)
        print(row(BASELINE, "", seed, task, model.item_scores, task.train.histories, model, seconds), flush=True)
        model, seconds = train(RECIPE, task.train, seed, given)
        for weight in WEIGHTS:
            scores = explorer(model, weight, seed)
            print(row(RECIPE, f"{weight:g}", seed, task, scores, task.train.histories, model, seconds), flush=True)


def make_task(data: TrainingData, share: float, seed: int) -> Task:
    """Return the data with a random share of the items new, created when the last event happened."""
    histories = data.histories
    is_new = np.zeros(histories.n_items, bool)
    is_new[np.random.default_rng(seed).permutation(histories.n_items)[: round(share * histories.n_items)]] = True
    of_new = is_new[histories.items]
    rest = keep_events(histories, ~of_new)
    newest = newest_tenth(rest)
    train_part = keep_events(rest, ~newest)
    created = np.where(is_new, int(train_part.timestamps.max()), 0)
    train_data = replace(data, histories=train_part, item_creation=created)
    return Task(train_data, keep_events(rest, newest), keep_events(histories, of_new), is_new)


def train(recipe: str, data: TrainingData, seed: int, given: dict[str, str]) -> tuple[UserModel, float]:
    """Return a model and the seconds that its training took."""
    values = complete(recipe, find(recipe).hyperparameters, given)
    low, high = (values[f"{end}_user_history_length_percentile"] for end in ("min", "max"))
    within = np.repeat(within_length_percentiles(data.histories, low, high), data.histories.lengths())
    started = time.perf_counter()
    trained_on = replace(data, histories=keep_events(data.histories, within))
    model = load_recipe(recipe).train(trained_on, TrainOptions(values, seed=seed), SilentProgress())
    assert isinstance(model, UserModel)
    return model, time.perf_counter() - started


def explorer(model: UserModel, weight: float, seed: int) -> Callable[..., Floats]:
    """Return the model's scores with a draw of its own for each block of users."""
    assert isinstance(model, ExploringModel)
    blocks = iter(range(1 << 30))
    return lambda states: model.explored_scores(states, Exploration(weight, 30.0, seed), next(blocks) << 20)


def row(
    recipe: str,
    weight: str,
    seed: int,
    task: Task,
    scores_of: Callable[..., Floats],
    inputs: Histories,
    model: UserModel,
    seconds: float,
) -> str:
    """Return one row of the table."""
    vectors = model.states(inputs, SilentProgress())

    def of_users(users: Longs) -> Floats:
        return scores_of([user_state(inputs, vectors, int(user)) for user in users])

    found = evaluate(of_users, task.known)
    measured = found.metrics()
    shown_new = (task.is_new[found.shown] & (found.shown >= 0)).sum() / found.n_users
    wanted = measure(found.shown, task.new)["precision_at_25"].mean() * 25
    figures = [
        measured[key]
        for key in ("mean_reciprocal_rank_at_25", "precision_at_25", "normalized_discounted_cumulative_gain_at_10")
    ]
    cells = " | ".join(f"{figure:.4f}" for figure in figures)
    share = f"{wanted / shown_new:.3f}" if shown_new else ""
    return f"| {recipe} | {weight} | {seed} | {cells} | {shown_new:.2f} | {share} | {task.chance:.3f} | {seconds:.0f} |"


if __name__ == "__main__":
    main()
