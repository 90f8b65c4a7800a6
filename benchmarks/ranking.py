"""GetPersonalizedRanking on MovieLens 1M: where the film that a person chose next stands in a list of a hundred.

    EXPLORER_DATA=DIR python -m benchmarks.ranking [--users 6040] [--again]

Each user's newest tenth is held out (Amazon's notebook), aws-personalized-ranking learns from the rest. The first
held-out film is put among 99 others that the user has never rated: drawn evenly from the catalogue, or drawn in
proportion to how many people have rated them, which is far harder. Lists are ranked through boto3, in process, one
thread; the mean reciprocal rank has a 95 % interval over users. The trained model is kept in benchmarks/results;
--again trains a new one.
"""

import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.movielens import read_movielens
from benchmarks.published import publish
from services.engine import open_engine
from services.engine.data.vocabulary import Vocabulary
from services.engine.jobs.evaluation.split import newest_tenth
from services.engine.models.artifacts import Artifact, read_artifact, write_artifact
from services.engine.models.evaluation_file import VersionEvaluation
from services.engine.recipes.base import Histories, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.histories import count_unique_users, keep_events, within_length_percentiles
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_recipe

RECIPE = "aws-personalized-ranking"
KEPT = Path(__file__).parent / "results" / "ranking-1m"
OTHERS = 99


def trained(histories: Histories, again: bool) -> Artifact:
    """Return the model of the training events, from benchmarks/results where it is kept."""
    if KEPT.exists() and not again:
        return read_artifact(KEPT)
    values = complete(RECIPE, find(RECIPE).hyperparameters)
    low, high = (values[f"{end}_user_history_length_percentile"] for end in ("min", "max"))
    within = np.repeat(within_length_percentiles(histories, low, high), histories.lengths())
    data = TrainingData(keep_events(histories, within))
    started = time.perf_counter()
    model = load_recipe(RECIPE).train(data, TrainOptions(values), SilentProgress())
    print(f"Trained in {time.perf_counter() - started:.0f} s.", flush=True)
    states = model.states(histories, SilentProgress())  # type: ignore[attr-defined]
    users, items = (
        Vocabulary.from_ids(f"{n:05}" for n in range(size)) for size in (histories.n_users, histories.n_items)
    )
    artifact = Artifact(RECIPE, model, users, items, histories, states, {})
    shutil.rmtree(KEPT, ignore_errors=True)
    write_artifact(KEPT, artifact, VersionEvaluation(0, "", (), {}))
    return artifact


def lists(train: Histories, held_out: Histories, weights: np.ndarray, n_users: int) -> np.ndarray:
    """Return the held-out film and 99 others, never rated by the user, int32 (n_users, 100), the film first."""
    rng = np.random.default_rng(0)
    found = np.empty((n_users, OTHERS + 1), np.int32)
    for user in range(n_users):
        chances = weights.copy()
        chances[train.of(user)[0]] = chances[held_out.of(user)[0]] = 0
        others = rng.choice(len(weights), OTHERS, replace=False, p=chances / chances.sum())
        found[user] = np.concatenate([held_out.of(user)[0][:1], others])
    return found


def reciprocal(values: np.ndarray) -> str:
    """Return mean and interval of reciprocal ranks, (n_users,)."""
    return f"{values.mean():.4f} ±{1.96 * values.std() / len(values) ** 0.5:.4f}"


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description="Personalized ranking of lists of a hundred on MovieLens 1M.")
    parser.add_argument("--users", type=int, default=6040)
    parser.add_argument("--again", action="store_true", help="train anew")
    arguments = parser.parse_args()
    folder = os.environ.get("EXPLORER_DATA")
    if not folder:
        print("Skipped: set EXPLORER_DATA to the folder that holds movielens-1m.")
        return
    histories = read_movielens(Path(folder), "1m")
    newest = newest_tenth(histories)
    train, held_out = keep_events(histories, ~newest), keep_events(histories, newest)
    artifact = trained(train, arguments.again)
    popularity = count_unique_users(train).astype(float)
    n_users = min(arguments.users, train.n_users)
    chance = float((1 / np.arange(1, OTHERS + 2)).mean())
    print(f"{n_users:,} users, lists of {OTHERS + 1}; a random order has a mean reciprocal rank of {chance:.4f}\n")
    print("| the 99 others | MRR of the ranking | MRR of popularity's order | times | p50 ms a call | p99 ms |")
    print("|" + " --- |" * 6)
    with tempfile.TemporaryDirectory() as home:
        _, campaign = publish(Path(home), artifact)
        engine = open_engine(home)
        runtime = engine.client("personalize-runtime")
        for words, weights in {
            "any": (popularity > 0).astype(float),
            "by popularity": popularity,
        }.items():
            candidates = lists(train, held_out, weights, n_users)
            ranks, seconds = np.empty(n_users), np.empty(n_users)
            for user, row in enumerate(candidates):
                ids = artifact.items.ids(row)
                wanted, given = ids[0], sorted(ids)
                begin = time.perf_counter()
                answer = runtime.get_personalized_ranking(
                    campaignArn=campaign, userId=artifact.users.id_of(user), inputList=given
                )
                seconds[user] = time.perf_counter() - begin
                ranks[user] = 1 + [item["itemId"] for item in answer["personalizedRanking"]].index(wanted)
            counts = popularity[candidates]
            # of equally popular films half stand before the one that is looked for
            by_count = 1 + (counts > counts[:, :1]).sum(axis=1) + ((counts == counts[:, :1]).sum(axis=1) - 1) / 2
            ours, popular = 1 / ranks, 1 / by_count
            p50, p99 = np.percentile(seconds, [50, 99]) * 1000
            times = f"{ours.mean() / popular.mean():.2f}"
            print(
                f"| {words} | {reciprocal(ours)} | {reciprocal(popular)} | {times} | {p50:.2f} | {p99:.2f} |",
                flush=True,
            )
        engine.close()


if __name__ == "__main__":
    main()
