"""aws-sims on MovieLens 1M: what it costs, whether neighbours make sense, and Amazon's printed ones beside ours.

    EXPLORER_DATA=DIR python -m benchmarks.sims

Time: counting on all ratings, and the hundred best of every item through the model's own answers, one thread. Sense:
the mean Jaccard overlap of the genres of an item and its five nearest, against that of an item and any listable one.
Amazon's notebook (2019, all ratings, defaults) prints the five nearest of two films; their ranks in our order are given
for several discounts. The metrics are GetSolutionMetrics': the last given item of each test user is the question.
"""

import os
import resource
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from scipy import sparse  # noqa: F401  (its import is no part of the counting)

from benchmarks.movielens import read_movielens
from services.engine.jobs.evaluation.metrics import MRR
from services.engine.jobs.evaluation.split import sequence_split
from services.engine.jobs.evaluation.versions import evaluate_version
from services.engine.recipes.base import Histories, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.counting.sims import SimsModel, SimsRecipe, listable_items
from services.engine.recipes.histories import keep_events, within_length_percentiles
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find
from services.engine.recipes.top_items import top_items

AMAZON = {2: (56, 2079, 1520, 146, 626), 5: (243, 2350, 3313, 626, 1822)}
"""Printed by Amazon's notebook; movie ids of MovieLens 1M."""
DISCOUNTS = ("0.0", "0.25", "0.5", "0.75", "1.0")
BLOCK = 256
RUNS = 3
"""The best is given: other processes only ever add to it."""
QUIET = SilentProgress()


def train(histories: Histories, **algorithm: str) -> SimsModel:
    """Count with AWS's defaults, as the training job does, user percentiles included."""
    values = complete("aws-sims", find("aws-sims").hyperparameters, algorithm)
    low, high = (values[f"{end}_user_history_length_percentile"] for end in ("min", "max"))
    within = within_length_percentiles(histories, low, high)
    kept = keep_events(histories, np.repeat(within, histories.lengths()))
    return SimsRecipe().train(TrainingData(kept), TrainOptions(values), QUIET)


def best_of_all(model: SimsModel, n: int) -> np.ndarray:
    """Return the n best of every item, int32 (n_items, n), -1 where there are fewer."""
    blocks = [range(start, min(start + BLOCK, model.n_items)) for start in range(0, model.n_items, BLOCK)]
    return np.concatenate([top_items(np.stack([model.related_scores(i) for i in block]), n) for block in blocks])


def genre_overlap(folder: Path, movie_ids: np.ndarray) -> np.ndarray:
    """Return the Jaccard overlap of the genres of every two films, float (n_items, n_items)."""
    lines = (folder / "movielens-1m" / "movies.dat").read_text(encoding="latin-1").splitlines()
    genres = {int(line.split("::")[0]): line.split("::")[2].split("|") for line in lines}
    flags = pd.Series([genres[movie] for movie in movie_ids]).explode()
    matrix = pd.crosstab(flags.index, flags).to_numpy(float)
    common, sizes = matrix @ matrix.T, matrix.sum(axis=1)
    return common / (sizes[:, None] + sizes - common)


def nearest_five(model: SimsModel) -> list[tuple[int, np.ndarray]]:
    """Return (item, its five nearest neighbours) of every item that has five; popular fillers do not count."""
    lists = ((item, model.neighbours_of(item)[0][:5]) for item in range(model.n_items))
    return [(item, five) for item, five in lists if len(five) == 5]


def ranks(model: SimsModel, movie_ids: np.ndarray, movie: int, others: tuple[int, ...]) -> str:
    """Return where the neighbours that Amazon prints stand in our list."""
    items, _ = model.neighbours_of(int(np.searchsorted(movie_ids, movie)))
    order = movie_ids[items].tolist()
    return ", ".join(str(order.index(other) + 1) if other in order else f"> {len(order)}" for other in others)


def main() -> None:
    """Print the tables."""
    folder = os.environ.get("EXPLORER_DATA")
    if not folder:
        print("Skipped: set EXPLORER_DATA to the folder that holds movielens-1m.")
        return
    histories = read_movielens(Path(folder), "1m")
    movie_ids = np.unique(pd.read_parquet(Path(folder, "movielens-1m", "ratings.parquet"))["movie"])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    walls, processor = [], []
    for _ in range(RUNS):
        started = time.perf_counter(), time.process_time()
        model = train(histories)
        built = time.perf_counter()
        best_of_all(model, 100)
        walls.append((built - started[0], time.perf_counter() - built))
        processor.append(time.process_time() - started[1])
    build, lists = min(walls, key=sum)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"MovieLens 1M: {histories.n_events:,} events, {histories.n_items:,} items, 1 thread\n")
    columns = "build s | top 100 of all items s | together s | processor s | peak memory MB | of it before MB"
    print(f"| {columns} |\n|" + " --- |" * 6)
    print(f"| {build:.2f} | {lists:.2f} | {build + lists:.2f} | {min(processor):.2f} | {peak:.0f} | {before:.0f} |\n")

    overlap = genre_overlap(Path(folder), movie_ids)
    listable = listable_items(histories, 0.01, 0.9)
    split = sequence_split(histories)
    training = keep_events(histories, np.repeat(split.train_users, histories.lengths()))
    columns = (
        "discount | genre overlap of the top 5 | chance | times | our ranks of Amazon's for 2 | for 5 | MRR@25 | P@25"
    )
    print(f"| {columns} |\n|" + " --- |" * 8)
    for discount in DISCOUNTS:
        model = train(histories, popularity_discount_factor=discount)
        lists = nearest_five(model)
        agreement = float(np.mean([overlap[item, five].mean() for item, five in lists]))
        chance = float(np.mean([overlap[item, listable].mean() for item, _ in lists]))
        printed = " | ".join(ranks(model, movie_ids, movie, others) for movie, others in AMAZON.items())
        version = train(training, popularity_discount_factor=discount)
        evaluation, measured = evaluate_version(version, training, split, QUIET)
        figures = f"{measured['mean_reciprocal_rank_at_25']:.4f} | {measured['precision_at_25']:.4f}"
        print(f"| {discount} | {agreement:.3f} | {chance:.3f} | {agreement / chance:.1f} | {printed} | {figures} |")
    popular = evaluation.method("popularity").metrics
    print(f"\nPopularity: MRR@25 {popular[MRR].value:.4f}, P@25 {popular['precision_at_25'].value:.4f}")
    model = train(histories)
    print("\n| item | Amazon prints | ours |\n| --- | --- | --- |")
    for movie, others in AMAZON.items():
        ours = movie_ids[model.neighbours_of(int(np.searchsorted(movie_ids, movie)))[0][:5]].tolist()
        print(f"| {movie} | {', '.join(map(str, others))} | {', '.join(map(str, ours))} |")


if __name__ == "__main__":
    main()
