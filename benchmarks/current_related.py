"""aws-similar-items beside aws-sims and a plain cosine: hits, famous items, and items that nobody has had.

    EXPLORER_DATA=DIR python -m benchmarks.current_related [100k retail demo 1m]

Hits: the last given item of each test user is the question, 25 items are the answer, the newest tenth is to be found.
Settings were chosen on a part of the training users; these are the test users. "Hold": as in benchmarks/neighbours.py,
of the fifty films that most people had, those whose ten neighbours share their genres clearly more often than chance.
"New": the events of every fourth item are taken out of the training, and users whose last item is one of these are
asked, so that only metadata can answer; popular items are what aws-sims lists for them.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.neighbours import World, sense, sets_of
from benchmarks.worlds import WORLDS, read_world
from services.engine.jobs.evaluation.metrics import Evaluation
from services.engine.jobs.evaluation.split import TestSplit, sequence_split
from services.engine.jobs.evaluation.versions import evaluate_related_items
from services.engine.recipes.base import RelatedItemsModel, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.counting.cooccurrence import Neighbours
from services.engine.recipes.counting.sims import SimsModel
from services.engine.recipes.histories import keep_events, select_users
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_recipe

METRICS = (
    "mean_reciprocal_rank_at_25",
    "precision_at_25",
    "normalized_discounted_cumulative_gain_at_25",
    "hit_rate_at_25",
)
WHOLE = {"min_item_interaction_count_percentile": "0", "max_item_interaction_count_percentile": "1"}
QUIET = SilentProgress()
Train = Callable[[TrainingData], SimsModel]


def recipe(name: str, algorithm: dict[str, str], featurization: dict[str, str]) -> Train:
    """Return how to train a recipe with these settings, the others being AWS's defaults."""

    def train(data: TrainingData) -> SimsModel:
        values = complete(name, find(name).hyperparameters, algorithm, featurization)
        seen = data if find(name).recipe_class.uses_metadata else TrainingData(data.histories)
        model = load_recipe(name).train(seen, TrainOptions(values), QUIET)
        assert isinstance(model, SimsModel)
        return model

    return train


def cosine(data: TrainingData) -> SimsModel:
    """Return the plain item cosine: users of both over the roots of the users of each."""
    from scipy import sparse

    from services.engine.recipes.counting.cooccurrence import user_item_matrix

    matrix = user_item_matrix(data.histories).astype(np.float32)
    users = np.bincount(matrix.indices, minlength=matrix.shape[1])
    scaled = matrix @ sparse.diags(1 / np.sqrt(np.maximum(users, 1)))
    dense = np.asarray((scaled.T @ scaled).todense(), np.float32)
    np.fill_diagonal(dense, 0)
    order = np.argsort(-dense, axis=1, kind="stable")[:, :500]
    kept = np.take_along_axis(dense, order, axis=1) > 0
    offsets = np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int64)
    similarities = np.take_along_axis(dense, order, axis=1)[kept]
    return SimsModel(Neighbours(offsets, order[kept].astype(np.int32), similarities), users.astype(np.int64))


METHODS: dict[str, Train] = {
    "aws-sims, AWS's defaults": recipe("aws-sims", {}, {}),
    "aws-sims, all items listed": recipe("aws-sims", {}, WHOLE),
    "item cosine": cosine,
    "aws-similar-items": recipe("aws-similar-items", {}, {}),
    "aws-similar-items, discount 1": recipe("aws-similar-items", {"popularity_discount_factor": "1"}, {}),
}


def of_training(data: TrainingData, split: TestSplit, keep_items: np.ndarray | None = None) -> TrainingData:
    """Return the data of the training users, without the events of the other items."""
    histories = keep_events(data.histories, np.repeat(split.train_users, data.histories.lengths()))
    if keep_items is not None:
        histories = keep_events(histories, keep_items[histories.items])
    return TrainingData(histories, data.item_columns)


def new_items(data: TrainingData) -> tuple[TrainingData, TestSplit]:
    """Return training data without the events of every fourth item, and the users who are asked about one of these."""
    split = sequence_split(data.histories, seed=1, test_share=0.4)
    known = np.random.default_rng(0).random(data.histories.n_items) >= 0.25
    last = np.full(split.inputs.n_users, -1)
    given = split.inputs.lengths() > 0
    last[given] = split.inputs.items[split.inputs.offsets[1:][given] - 1]
    asked = np.flatnonzero((last >= 0) & ~known[last])
    targets = select_users(split.targets, asked)
    asked_split = TestSplit(
        split.train_users,
        split.test_users[asked],
        select_users(split.inputs, asked),
        keep_events(targets, known[targets.items]),
    )
    return of_training(data, split, known), asked_split


def measured(model: RelatedItemsModel, split: TestSplit) -> Evaluation:
    """Return what the model finds for the users of a split."""
    return evaluate_related_items(model, split.inputs, split.targets)


def figures(evaluation: Evaluation) -> str:
    """Return the cells of a row."""
    found = evaluation.metrics()
    return " | ".join(f"{found[name]:.4f}" for name in METRICS)


def main() -> None:
    """Print the table."""
    names = sys.argv[1:] or ["100k", "retail", "demo"]
    folder = os.environ.get("EXPLORER_DATA")
    columns = (
        "data | method | MRR@25 | P@25 | NDCG@25 | hit@25 | coverage | hold, of 50 | new: MRR@25 | hit@25 | train s"
    )
    print(f"| {columns} |\n|" + " --- |" * 11)
    for name in names:
        if name not in WORLDS or (not folder and name != "demo"):
            print(f"Skipped: {name}; set EXPLORER_DATA, or name some of {', '.join(WORLDS)}.")
            continue
        data = read_world(name, Path(folder) if folder else None)
        split = sequence_split(data.histories)
        without_new, asked = new_items(data)
        genres = sets_of(data.item_columns[0]) if name != "retail" else None
        for method, train in METHODS.items():
            started = time.process_time()
            model = train(of_training(data, split))
            seconds = time.process_time() - started
            found = measured(model, split)
            holding = (
                "" if genres is None else str(sense(World(name, data.histories, genres, WHOLE), train(data)).holding)
            )
            new = measured(train(without_new), asked).metrics()
            of_new = f"{new[METRICS[0]]:.4f} | {new[METRICS[3]]:.4f}"
            cells = f"{figures(found)} | {found.coverage():.2f} | {holding} | {of_new} | {seconds:.1f}"
            print(f"| {name} | {method} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
