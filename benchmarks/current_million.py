"""aws-user-personalization-v2 with a million items: its training, its index, and GetRecommendations through boto3.

    python -m benchmarks.current_million [--items 1000000] [--events 1000000] [--users 50000] [--set epochs=1]
    python -m benchmarks.current_million --items 6000 --events 60000 --users 2000 --grow 1000000

The interactions are synthetic (benchmarks/synthetic.py); each item has one of 200 categories, its group. The model is
written as a real solution version and asked in process through boto3, for users that it knows, with the cluster index
that a version of this size has and without it. Beside it, what it finds: hit rate at 25 of each asked user's newest
tenth, which the training did not see, and that of the most popular items.
"""

import argparse
import os
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: for single operations, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.published import publish
from benchmarks.recipes import PrintedCurve
from benchmarks.synthetic import GROUPS, interactions
from services.engine import open_engine
from services.engine.data.vocabulary import Vocabulary
from services.engine.jobs.evaluation.metrics import evaluate_model
from services.engine.jobs.evaluation.split import newest_tenth
from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Column, Histories, SilentProgress, TrainingData, TrainOptions, UserModel
from services.engine.recipes.counting.popularity import PopularityRecipe
from services.engine.recipes.histories import keep_events, select_users, user_state
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.item_clusters import MEASURED_USERS, build_index
from services.engine.recipes.registry import find, load_recipe

RECIPE = "aws-user-personalization-v2"
ASKED = 300
"""Users whose newest tenth is looked for; a million scores each."""


def read(n_events: int, n_users: int, n_items: int) -> TrainingData:
    """Return the synthetic data with one column of items."""
    parts = [np.concatenate(columns) for columns in zip(*interactions(n_events, n_users, n_items), strict=True)]
    users, items, times = parts
    offsets = np.searchsorted(users, np.arange(n_users + 1)).astype(np.int64)
    histories = Histories(offsets, items.astype(np.int32), times, n_items)
    names = np.random.default_rng(0)  # the same draws as interactions(): activity, then the items' numbers
    np.clip(names.lognormal(0.0, 1.0, n_users), 0.15, 15)
    place = np.empty(n_items, np.int64)
    place[names.permutation(n_items)] = np.arange(n_items)
    groups = min(GROUPS, n_items // 10)
    codes = np.minimum(place // (n_items // groups), groups - 1).astype(np.int32)
    categories = tuple(f"group {number}" for number in range(groups))
    column = Column("CATEGORY", codes, np.arange(n_items + 1, dtype=np.int64), categories)
    return TrainingData(histories, (column,))


def grown(model: UserModel, n_items: int) -> UserModel:
    """Return the model with this many items like its own."""
    rng = np.random.default_rng(n_items)
    arrays = dict(model.to_arrays())
    items = np.asarray(arrays["items"])
    n_trained = len(items)
    units = items / np.linalg.norm(items, axis=1, keepdims=True)
    nearest = np.argsort(-(units @ units.T), axis=1)[:, 1:21]
    first = rng.integers(0, n_trained, n_items)
    second = nearest[first, rng.integers(0, 20, n_items)]
    share = rng.random((n_items, 1), dtype=np.float32)
    noise = rng.standard_normal((n_items, items.shape[1]), dtype=np.float32)
    for name, array in list(arrays.items()):
        if len(array) == n_trained:
            arrays[name] = np.asarray(array)[first]
        elif len(array) == n_trained + 1:
            arrays[name] = np.concatenate([np.asarray(array)[first], np.zeros_like(array[:1])])
    arrays["items"] = share * items[first] + (1 - share) * items[second] + 0.3 * items.std(axis=0) * noise
    arrays["trained_items"] = np.arange(n_items, dtype=np.int32)
    return type(model).from_arrays(arrays, model.to_config() | {"n_items": n_items})


def peak_mb() -> float:
    """Return the peak memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def found(model: UserModel, train: Histories, targets: Histories, people: np.ndarray) -> float:
    """Return the hit rate at 25 for some people."""
    inputs, wanted = select_users(train, people), select_users(targets, people)
    return evaluate_model(model, inputs, wanted).metrics()["hit_rate_at_25"]


def answers_ms(artifact: Artifact, users: list[str]) -> tuple[float, float]:
    """Return p50 and p99 of the processor's time of an answer of 25 items, in ms."""
    with tempfile.TemporaryDirectory() as folder:
        _, campaign = publish(Path(folder), artifact)
        engine = open_engine(Path(folder))
        runtime = engine.client("personalize-runtime")
        times = []
        for user in users:
            started = time.process_time()
            answer = runtime.get_recommendations(campaignArn=campaign, userId=user, numResults=25)
            times.append(1000 * (time.process_time() - started))
            assert len(answer["itemList"]) == 25
        engine.close()
    return float(np.percentile(times[1:], 50)), float(np.percentile(times[1:], 99))


def main() -> None:
    """Print what was measured, line by line."""
    parser = argparse.ArgumentParser(description="v2 with a million items.")
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--users", type=int, default=50_000)
    parser.add_argument("--grow", type=int, default=0, help="items to answer with; 0: those of the training")
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="hyperparameters")
    arguments = parser.parse_args()
    data = read(arguments.events, arguments.users, arguments.items)
    newest = newest_tenth(data.histories)
    train, targets = keep_events(data.histories, ~newest), keep_events(data.histories, newest)
    with_events = len(np.unique(train.items))
    print(f"{arguments.items:,} items, {with_events:,} of them with events; {train.n_events:,} events", flush=True)

    given = dict(word.split("=", 1) for word in arguments.set)
    options = TrainOptions(complete(RECIPE, find(RECIPE).hyperparameters, given), seed=0, threads=2)
    wall, processor = time.perf_counter(), time.process_time()
    model = load_recipe(RECIPE).train(replace(data, histories=train), options, PrintedCurve())
    assert isinstance(model, UserModel)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"training: {wall:,.0f} s, CPU {processor:,.0f} s, peak {peak_mb():,.0f} MB", flush=True)

    people = np.random.default_rng(1).permutation(np.flatnonzero(train.lengths() > 5))[:ASKED]
    popular = PopularityRecipe().train(TrainingData(train), TrainOptions(), SilentProgress())
    hits = [found(one, train, targets, people) for one in (model, popular)]
    print(f"hit rate at 25: {hits[0]:.3f}, most popular {hits[1]:.3f}", flush=True)

    started = time.process_time()
    states = model.states(train, SilentProgress())
    known = [user_state(train, states, user) for user in people[:MEASURED_USERS].tolist()]
    print(f"states of all users: CPU {time.process_time() - started:,.0f} s", flush=True)
    n_items = arguments.grow or arguments.items
    if arguments.grow:
        model = grown(model, n_items)
    started = time.process_time()
    index = build_index(model, known)
    print(f"index: CPU {time.process_time() - started:,.0f} s, {'none' if index is None else 'built'}", flush=True)
    users = Vocabulary.from_ids(f"{user:07}" for user in range(arguments.users))
    items = Vocabulary.from_ids(f"item-{item:07}" for item in range(n_items))
    artifact = Artifact(RECIPE, model, users, items, replace(train, n_items=n_items), states, {})
    asked = [f"{user:07}" for user in np.random.default_rng(2).permutation(people)[: arguments.calls + 1].tolist()]
    for name, one in (("with index", replace(artifact, index=index)), ("without", artifact)):
        p50, p99 = answers_ms(one, asked)
        print(f"GetRecommendations {name}: CPU p50 {p50:.1f} ms, p99 {p99:.1f} ms", flush=True)
    print(f"peak {peak_mb():,.0f} MB", flush=True)


if __name__ == "__main__":
    main()
