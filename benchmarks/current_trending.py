"""aws-trending-now on a replay of the past: do its items go on to grow, and are they what people take next?

    EXPLORER_DATA=DIR python -m benchmarks.current_trending

At each of 40 moments in the newest half of the data the recipe knows what came before, and lists 25 items. "Accuracy"
is AWS's trend prediction accuracy: the growth of the listed items from the interval before to the interval after, over
that of the 25 items that grow most (people of an item and interval; losses count as no growth). "Taken": the share of
the next interval's events that are on a listed item. Beside it: what most people took ever, what most took in the
newest interval, the plain difference of the two newest intervals, and 25 items by chance. MovieLens, the shop and the
demo have hardly any trends, so popular items win there; "planted" is a world with trends: 500 items of Zipf's
popularity, of which one in 25 is at any time in a wave that lifts it to fifty times its rate within some intervals.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default

import numpy as np
from numpy.typing import NDArray

from benchmarks.worlds import read_world
from services.engine.recipes.base import Floats, Histories, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.counting.trending import INTERVALS_S, TrendingRecipe, recent_events
from services.engine.recipes.histories import count_unique_users, keep_events
from services.engine.recipes.top_items import top_items

N_MOMENTS, LENGTH = 40, 25
ScoresOf = Callable[[Histories, int], Floats]


@dataclass(frozen=True)
class Figures:
    """Means over the moments."""

    accuracy: float
    taken: float


def recipe(histories: Histories, interval_s: int) -> Floats:
    """Return the recipe's scores."""
    name = next(name for name, seconds in INTERVALS_S.items() if seconds == interval_s)
    options = TrainOptions({"trend_discovery_frequency": name})
    model = TrendingRecipe().train(TrainingData(histories), options, SilentProgress())
    return model.item_scores([model.initial_state()])[0]


def people(histories: Histories, interval_s: int, end: int) -> NDArray[np.int64]:
    """Return the people of each item in the interval before a moment, the moment excluded."""
    within = (histories.timestamps < end) & (histories.timestamps >= end - interval_s)
    part = keep_events(histories, within)
    return count_unique_users(part)


def newest(histories: Histories, interval_s: int) -> Floats:
    """Return the people of the newest interval."""
    items, times = recent_events(histories, interval_s)
    latest = times > times.max() - interval_s
    return np.bincount(items[latest], minlength=histories.n_items).astype(np.float32)


def difference(histories: Histories, interval_s: int) -> Floats:
    """Return the people of the newest interval minus those of the one before."""
    items, times = recent_events(histories, interval_s)
    age = (times.max() - times) // interval_s
    counts = [np.bincount(items[age == a], minlength=histories.n_items) for a in (0, 1)]
    return (counts[0] - counts[1]).astype(np.float32)


def by_chance(histories: Histories, interval_s: int) -> Floats:
    """Return random scores."""
    return np.random.default_rng(histories.n_events).random(histories.n_items).astype(np.float32)


METHODS: dict[str, ScoresOf] = {
    "aws-trending-now": recipe,
    "most people in the newest interval": newest,
    "plain difference of two intervals": difference,
    "most people ever": lambda histories, interval_s: count_unique_users(histories).astype(np.float32),
    "by chance": by_chance,
}


def measure(scores_of: ScoresOf, histories: Histories, interval_s: int) -> Figures:
    """Replay the newest half of the data."""
    start, end = np.quantile(histories.timestamps, [0.5, 1.0])
    accuracies, taken = [], []
    for moment in np.linspace(start, end - interval_s, N_MOMENTS).astype(int).tolist():
        known = keep_events(histories, histories.timestamps < moment)
        before, after = people(histories, interval_s, moment), people(histories, interval_s, moment + interval_s)
        growth = np.maximum(after - before, 0)
        listed = top_items(scores_of(known, interval_s)[None], LENGTH)[0]
        listed = listed[listed >= 0]
        most = np.sort(growth)[::-1][:LENGTH].sum()
        if most:
            accuracies.append(growth[listed].sum() / most)
        if after.sum():
            taken.append(after[listed].sum() / after.sum())
    return Figures(float(np.mean(accuracies)), float(np.mean(taken)))


def planted(interval_s: int, n_items: int = 500, n_intervals: int = 120, seed: int = 0) -> Histories:
    """Return a world with waves; every event is of another person."""
    rng = np.random.default_rng(seed)
    rates = 400.0 / np.arange(1, n_items + 1) / np.log(n_items)
    waves = np.zeros((n_intervals, n_items))
    for start in range(0, n_intervals):
        item = int(rng.integers(n_items // 4, n_items))  # famous items have no waves
        shape = np.concatenate([np.geomspace(2, 50, 8), np.geomspace(50, 2, 12)])
        end = min(start + len(shape), n_intervals)
        waves[start:end, item] = np.maximum(waves[start:end, item], shape[: end - start])
    counts = rng.poisson(rates * np.maximum(waves, 1))
    intervals, items = (np.repeat(rows, counts[counts > 0]) for rows in np.nonzero(counts))
    times = 1_700_000_000 + intervals * interval_s + rng.integers(0, interval_s, len(items))
    order = np.argsort(times, kind="stable")
    offsets = np.arange(len(items) + 1, dtype=np.int64)
    return Histories(offsets, items[order].astype(np.int32), times[order].astype(np.int64), n_items)


def main() -> None:
    """Print the table."""
    folder = os.environ.get("EXPLORER_DATA")
    print("| data | interval | method | accuracy | taken |\n|" + " --- |" * 5)
    for name in ("planted", "demo", "100k", "retail"):
        if not folder and name not in ("planted", "demo"):
            print(f"Skipped: {name}; set EXPLORER_DATA.")
            continue
        read = None if name == "planted" else read_world(name, Path(folder) if folder else None).histories
        for interval in ("3 hours", "1 day"):
            histories = planted(INTERVALS_S[interval]) if read is None else read
            for method, scores_of in METHODS.items():
                found = measure(scores_of, histories, INTERVALS_S[interval])
                print(f"| {name} | {interval} | {method} | {found.accuracy:.3f} | {found.taken:.3f} |", flush=True)


if __name__ == "__main__":
    main()
