"""GetSolutionMetrics of aws-hrnn on MovieLens 100K over many user splits, beside popularity and what Amazon printed.

    EXPLORER_DATA=DIR python -m benchmarks.user_split [--splits 10]

AWS's documented split: a tenth of the users takes no part in training, of each of them the newest tenth of events is to
be found. A tenth of 943 users is few: Amazon's own runs on equal data lie 25 % apart, so each split here chooses other
users, and means over all splits with their 95 % intervals (Student's t) are given.

Amazon's printed runs of 2018 and 2019 can only have come about with one held-out item a user, the last, and with NDCG
weights 1, 1, 1/log2(3), ...; therefore the same models are measured a second time in that way. Popularity does not show
what a user already has, as the model does not.
"""

import argparse
import os
import statistics
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.movielens import read_movielens
from services.engine.jobs.evaluation.metrics import LIST_LENGTH, Evaluation, evaluate_model
from services.engine.jobs.evaluation.split import sequence_split
from services.engine.jobs.evaluation.versions import most_popular
from services.engine.recipes.base import Histories, SilentProgress, TrainingData, TrainOptions, UserModel
from services.engine.recipes.histories import keep_events, select_users, within_length_percentiles
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_recipe

RECIPE = "aws-hrnn"
FILTERS = {"rating > 3": 3.0, "all ratings": None}
COLUMNS = {
    "MRR@25": "mean_reciprocal_rank_at_25",
    **{f"P@{k}": f"precision_at_{k}" for k in (5, 10, 25)},
    **{f"NDCG@{k}": f"normalized_discounted_cumulative_gain_at_{k}" for k in (5, 10, 25)},
    "coverage": "coverage",
}
AMAZON = {
    "rating > 3": {
        "Amazon, rating > 3.6, before Dec 2018": (0.0196, 0.0044, 0.0055, 0.0066, 0.0165, 0.0275, 0.0554, 0.4160),
        "Amazon, rating > 3.6, 2018-12-04": (0.0540, 0.0110, 0.0099, 0.0084, 0.0487, 0.0649, 0.0919, 0.2604),
        "Amazon, 2019-06-18": (0.0547, 0.0159, 0.0136, 0.0095, 0.0712, 0.0896, 0.1150, 0.2935),
        "Amazon, 2019-11-25": (0.0416, 0.0090, 0.0056, 0.0045, 0.0408, 0.0442, 0.0575, 0.3122),
    },
    "all ratings": {"Amazon, 2019-11-29": (0.0349, 0.0112, 0.0101, 0.0067, 0.0408, 0.0551, 0.0710, 0.3445)},
}
"""Printed by Amazon's sample notebook, in the order of COLUMNS; ratings are whole, so above 3.6 is above 3."""
STUDENT_T = {2: 12.71, 3: 4.303, 5: 2.776, 10: 2.262, 20: 2.093}


def train(histories: Histories, seed: int) -> UserModel:
    """Train as the training job does, percentiles of history lengths included."""
    values = complete(RECIPE, find(RECIPE).hyperparameters)
    low, high = (values[f"{end}_user_history_length_percentile"] for end in ("min", "max"))
    within = within_length_percentiles(histories, low, high)
    kept = keep_events(histories, np.repeat(within, histories.lengths()))
    model = load_recipe(RECIPE).train(TrainingData(kept), TrainOptions(values, seed=seed), SilentProgress())
    assert isinstance(model, UserModel)
    return model


def as_amazon_did(evaluation: Evaluation, targets: Histories) -> dict[str, float]:
    """Return the metrics of one held-out item a user with Amazon's early weights; targets hold one event each."""
    hits = evaluation.shown == targets.items[:, None]
    gains = 1 / np.maximum(np.log2(np.arange(1, LIST_LENGTH + 1)), 1.0)
    measured = evaluation.metrics()
    ndcg = {
        f"normalized_discounted_cumulative_gain_at_{k}": float((hits[:, :k] @ gains[:k]).mean()) for k in (5, 10, 25)
    }
    return measured | ndcg


def last_event(histories: Histories, users: np.ndarray) -> tuple[Histories, Histories]:
    """Return these users' events without the last, and the last ones."""
    chosen = select_users(histories, users)
    last = np.zeros(chosen.n_events, bool)
    last[chosen.offsets[1:] - 1] = True
    return keep_events(chosen, ~last), keep_events(chosen, last)


def row(name: str, found: list[dict[str, float]]) -> str:
    """Return one row: means over the splits, with half of the 95 % interval behind them."""
    cells = []
    for key in COLUMNS.values():
        values = [measured[key] for measured in found]
        known = [n for n in STUDENT_T if n <= len(values)]
        half = STUDENT_T[max(known)] * statistics.stdev(values) / len(values) ** 0.5 if known else None
        cells.append(f"{statistics.mean(values):.4f}" + ("" if half is None else f" ±{half:.4f}"))
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    """Print one table for each filter and way of holding out."""
    parser = argparse.ArgumentParser(description="aws-hrnn on AWS's documented user split of MovieLens 100K.")
    parser.add_argument("--splits", type=int, default=10)
    arguments = parser.parse_args()
    folder = os.environ.get("EXPLORER_DATA")
    if not folder:
        print("Skipped: set EXPLORER_DATA to the folder that holds movielens-100k.")
        return
    for words, above in FILTERS.items():
        histories = read_movielens(Path(folder), "100k", above)
        tenth: dict[str, list[dict[str, float]]] = {RECIPE: [], "popularity": []}
        last: dict[str, list[dict[str, float]]] = {RECIPE: [], "popularity": []}
        for seed in range(arguments.splits):
            split = sequence_split(histories, seed)
            training = keep_events(histories, np.repeat(split.train_users, histories.lengths()))
            inputs, targets = last_event(histories, split.test_users)
            for name, model in {RECIPE: train(training, seed), "popularity": most_popular(training)}.items():
                found = evaluate_model(model, split.inputs, split.targets, hide_seen=True)
                tenth[name].append(found.metrics())
                last[name].append(as_amazon_did(evaluate_model(model, inputs, targets, hide_seen=True), targets))
        n_users = int((histories.lengths() > 0).sum())
        print(f"\nMovieLens 100K, {words}: {histories.n_events:,} events, {n_users} users, {arguments.splits} splits")
        for what, measured in (("the newest tenth", tenth), ("the last event, Amazon's early weights", last)):
            print(f"\n| to be found: {what} | {' | '.join(COLUMNS)} |\n|{' --- |' * (len(COLUMNS) + 1)}")
            for name, results in measured.items():
                print(row(name, results), flush=True)
            if measured is last:
                for name, figures in AMAZON[words].items():
                    print(f"| {name} | {' | '.join(f'{figure:.4f}' for figure in figures)} |")


if __name__ == "__main__":
    main()
