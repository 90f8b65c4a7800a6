"""Batch scoring: 25 items for every user of MovieLens 1M from kept states, in process, one thread.

    EXPLORER_DATA=DIR python -m benchmarks.batch

The network has aws-hrnn's default size and is trained for one epoch on the shorter third of the histories: its weights
are of no use to anybody, but the time of an answer does not depend on them. Reading the users' histories into states
happens once, at the end of a training, and is timed beside it.
"""

import os
import time
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from benchmarks.movielens import read_movielens
from services.engine.data.vocabulary import Vocabulary
from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.histories import select_users, within_length_percentiles
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_recipe
from services.engine.runtime.batch import recommend_for_users
from services.engine.runtime.ranking import rank_for_user

RECIPE = "aws-hrnn"
RANKED_USERS = 300
LIST = 100


def clocks() -> tuple[float, float]:
    """Return wall and processor seconds; where other processes run, the second says more."""
    return time.perf_counter(), time.process_time()


def main() -> None:
    """Print one table."""
    folder = os.environ.get("EXPLORER_DATA")
    if not folder:
        print("Skipped: set EXPLORER_DATA to the folder that holds movielens-1m.")
        return
    histories = read_movielens(Path(folder), "1m")
    short = select_users(histories, within_length_percentiles(histories, 0.0, 0.33))
    options = TrainOptions(complete(RECIPE, find(RECIPE).hyperparameters, {"epochs": "1"}))
    model = load_recipe(RECIPE).train(TrainingData(short), options, SilentProgress())
    users = Vocabulary.from_ids(f"{user:05}" for user in range(histories.n_users))
    items = Vocabulary.from_ids(f"{item:05}" for item in range(histories.n_items))
    moments = [clocks()]
    states = model.states(histories, SilentProgress())  # type: ignore[attr-defined]
    moments.append(clocks())
    artifact = Artifact(RECIPE, model, users, items, histories, states, {})
    user_ids = users.ids(range(len(users)))
    answered = sum(len(ranked.item_indices) == 25 for ranked in recommend_for_users(artifact, user_ids, 25))
    moments.append(clocks())
    to_rank = items.ids(range(0, histories.n_items, histories.n_items // LIST))[:LIST]
    for user_id in user_ids[:RANKED_USERS]:
        rank_for_user(artifact, user_id, to_rank)
    moments.append(clocks())
    (states_s, _), (wall, processor), (_, ranking) = (
        (after[0] - before[0], after[1] - before[1]) for before, after in pairwise(moments)
    )
    print(f"MovieLens 1M: {len(users):,} users, {len(items):,} items, {answered:,} lists of 25\n")
    print("| users/s | users/processor s | ranking 100 items, processor ms | states of all users s |\n|" + " --- |" * 4)
    print(
        f"| {len(users) / wall:,.0f} | {len(users) / processor:,.0f} | {1000 * ranking / RANKED_USERS:.2f} "
        f"| {states_s:.1f} |"
    )


if __name__ == "__main__":
    main()
