"""GetRecommendations by size of the catalogue, in process through boto3, every user's state kept; one thread.

    python -m benchmarks.serving_sizes [--items 1700 60000 1000000] [--calls N]

aws-hrnn at its default size, written as a real solution version and read back memory-mapped. 2,000 users with 165
events each, as in MovieLens 1M. Each size runs in a process of its own, so that its peak memory is its own. "state
update" is one event read into a kept state (HrnnModel.advance), which is all that a live event costs.

Where all items are scored, the time does not depend on the weights, and they are random. From MIN_ITEMS items a version
has a cluster index, which depends on them. There the model is one trained on MovieLens 100K (EXPLORER_DATA, else the
film demo) whose items are multiplied: each is a mixture of one of the trained items and one of its twenty nearest, with
noise of 30 % of the spread. They are measured with the index and without; "equal places" compares the lists of 25.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.published import publish
from services.engine import open_engine
from services.engine.data.vocabulary import Vocabulary
from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Histories
from services.engine.recipes.hrnn.config import FIRST_SESSION_GAP, HORIZONS, N_GAPS, configure, mean_rates
from services.engine.recipes.hrnn.model import HrnnModel
from services.engine.recipes.item_clusters import MEASURED_USERS, MIN_ITEMS, build_index
from services.engine.recipes.neighbours import MAX_ITEMS, N_NEIGHBOURS, Neighbours
from services.engine.runtime.inference import recommend_for_user
from services.engine.runtime.known import known_state

RECIPE = "aws-hrnn"
N_USERS, N_EVENTS = 2000, 165


def random_model(n_items: int, rng: np.random.Generator) -> HrnnModel:
    """Return an aws-hrnn of default size that has learned nothing."""
    config = configure({}, n_events=N_USERS * N_EVENTS, repeat_share=0.0)
    d, h = config.item_size, config.state_size

    def normal(*shape: int) -> np.ndarray:
        return rng.normal(0.0, 0.1, shape).astype(np.float32)

    weights = {
        "items": normal(n_items, d),
        "item_bias": normal(n_items),
        "gaps": normal(N_GAPS, d),
        "input_gain": np.ones(d, np.float32),
        "input_shift": normal(d),
        "w_x": normal(d, 3 * h),
        "b_x": normal(3 * h),
        "w_h": normal(h, 3 * h),
        "b_n": normal(h),
        "keep": np.ones((N_GAPS - FIRST_SESSION_GAP, h), np.float32),
        "w_o": normal(h, d),
        "b_o": normal(d),
        "output_gain": np.ones(d, np.float32),
        "output_shift": normal(d),
        "mean_rates": mean_rates(),
        "w_gate": normal(h, len(HORIZONS) * d),
        "b_gate": normal(len(HORIZONS) * d),
        "w_means": normal(len(HORIZONS) * d, d),
        "trained_items": np.arange(n_items, dtype=np.int32),
        "popularity": np.ones(n_items),
    }
    model = HrnnModel(weights, {"n_items": n_items, "masks_seen": True})
    if n_items > MAX_ITEMS:
        return model
    rows = rng.integers(0, n_items, (n_items, N_NEIGHBOURS)).astype(np.int32)
    return model.with_neighbours(Neighbours(rows, np.abs(normal(n_items, N_NEIGHBOURS))), 0.4)


def write_trained(path: Path) -> None:
    """Train on real data, or on the demo, and write the model's arrays, its configuration and its users' states."""
    from benchmarks.movielens import read_movielens
    from benchmarks.neighbours import demo_histories
    from benchmarks.variety import train
    from services.engine.recipes.base import SilentProgress

    folder = os.environ.get("EXPLORER_DATA")
    histories = read_movielens(Path(folder), "100k") if folder else demo_histories()[0]
    model = train(histories)
    states = model.states(histories, SilentProgress())[histories.lengths() > 0]
    np.savez(path, states=states, config=json.dumps(model.to_config()), **model.to_arrays())


def grown(trained: Path, n_items: int, rng: np.random.Generator) -> tuple[HrnnModel, np.ndarray]:
    """Return the trained model with n_items items like its own, and the states of N_USERS of its users."""
    arrays = dict(np.load(trained))
    states, config = arrays.pop("states"), json.loads(str(arrays.pop("config")))
    if n_items > MAX_ITEMS:  # a version of so many items has no neighbours
        for name in ("neighbour_rows", "neighbour_weights"):
            arrays.pop(name, None)
    items, bias = arrays["items"], arrays["item_bias"]
    units = items / np.linalg.norm(items, axis=1, keepdims=True)
    nearest = np.argsort(-(units @ units.T), axis=1)[:, 1:21]
    first = rng.integers(0, len(items), n_items)
    second = nearest[first, rng.integers(0, 20, n_items)]
    share = rng.random((n_items, 1), dtype=np.float32)
    noise = rng.standard_normal((n_items, items.shape[1]), dtype=np.float32)
    arrays["items"] = share * items[first] + (1 - share) * items[second] + 0.3 * items.std(axis=0) * noise
    arrays["item_bias"] = share[:, 0] * bias[first] + (1 - share[:, 0]) * bias[second]
    arrays["trained_items"] = np.arange(n_items, dtype=np.int32)
    arrays["popularity"] = np.ones(n_items)
    model = HrnnModel(arrays, config | {"n_items": n_items, "masks_seen": True})
    return model, states[rng.integers(0, len(states), N_USERS), : model.state_size].astype(np.float32)


def artifact_of(n_items: int, trained: Path | None) -> Artifact:
    """Return a model of this many items with a history and a state for every user."""
    rng = np.random.default_rng(n_items)
    if trained is not None:
        model, states = grown(trained, n_items, rng)
    else:
        model = random_model(n_items, rng)
        states = rng.normal(0.0, 0.3, (N_USERS, model.state_size)).astype(np.float32)
    offsets = np.arange(0, N_USERS * N_EVENTS + 1, N_EVENTS, dtype=np.int64)
    items = rng.integers(0, n_items, N_USERS * N_EVENTS, dtype=np.int32)
    times = np.tile(956_700_000 + 60 * np.arange(N_EVENTS, dtype=np.int64), N_USERS)
    histories = Histories(offsets, items, times, n_items)
    users = Vocabulary.from_ids(f"{user:07}" for user in range(N_USERS))
    names = Vocabulary.from_ids(f"item-{item:07}" for item in range(n_items))
    return Artifact(RECIPE, model, users, names, histories, states, {})


def clocks() -> np.ndarray:
    """Return wall and processor seconds; where other processes run, the second says more."""
    return np.array([time.perf_counter(), time.process_time()])


def answers_ms(runtime: Any, campaign: str, users: list[str]) -> np.ndarray:
    """Return the wall and processor time of each answer of 25 items in ms, (n, 2)."""
    found = np.empty((len(users), 2))
    for number, user in enumerate(users):
        started = clocks()
        answer = runtime.get_recommendations(campaignArn=campaign, userId=user, numResults=25)
        found[number] = clocks() - started
        assert len(answer["itemList"]) == 25
    return found * 1000


def updates_us(artifact: Artifact, users: list[str]) -> np.ndarray:
    """Return the time that one new event takes to be read into each user's kept state, in microseconds."""
    model = artifact.model
    assert isinstance(model, HrnnModel)
    rng = np.random.default_rng(1)
    found = np.empty(len(users))
    for number, user in enumerate(users):
        state = known_state(artifact, user)
        item = rng.integers(0, model.n_items, 1, dtype=np.int32)
        moment = np.array([state.last_timestamp + 60], np.int64)
        started = time.perf_counter()
        model.advance(state, item, moment)
        found[number] = time.perf_counter() - started
    return found * 1e6


def with_index(artifact: Artifact) -> tuple[Artifact, dict[str, float]]:
    """Return the artifact with its index, the seconds of building it and the share of equal places without it."""
    started = time.process_time()
    people = [known_state(artifact, f"{user:07}") for user in range(MEASURED_USERS)]
    indexed = replace(artifact, index=build_index(artifact.model, people))
    built = time.process_time() - started
    assert indexed.index is not None
    equal = []
    for user in range(MEASURED_USERS, 2 * MEASURED_USERS):  # others than the index was measured on
        mine, theirs = (recommend_for_user(one, f"{user:07}", 25).item_indices for one in (indexed, artifact))
        equal.append(float((mine == theirs).mean()))
    return indexed, {"build": built, "equal": float(np.mean(equal))}


def measure(home: Path, n_items: int, n_calls: int, trained: Path | None, indexed: bool) -> dict[str, float]:
    """Publish and measure in this process."""
    artifact, extra = artifact_of(n_items, trained), {}
    if indexed:
        artifact, extra = with_index(artifact)
    version, campaign = publish(home, artifact)
    engine = open_engine(home)
    runtime = engine.client("personalize-runtime")
    users = [f"{user:07}" for user in np.random.default_rng(2).integers(0, N_USERS, n_calls + 1).tolist()]
    times = answers_ms(runtime, campaign, users)
    updates = updates_us(engine.context.models.get(version), users)
    engine.close()
    return extra | {
        "first": float(times[0, 0]),
        "p50": float(np.percentile(times[1:, 0], 50)),
        "p99": float(np.percentile(times[1:, 0], 99)),
        "processor": float(np.percentile(times[1:, 1], 50)),
        "update_p50": float(np.percentile(updates[1:], 50)),
        "update_p99": float(np.percentile(updates[1:], 99)),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description="GetRecommendations by size of the catalogue.")
    parser.add_argument("--items", type=int, nargs="*", default=[1700, 60_000, 1_000_000])
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--child", type=int, help="measure this one size here and print JSON")
    parser.add_argument("--trained", type=Path, help="for --child: the file of a trained model")
    parser.add_argument("--index", action="store_true", help="for --child: with a cluster index")
    arguments = parser.parse_args()
    if arguments.child:
        with tempfile.TemporaryDirectory() as folder:
            found = measure(Path(folder), arguments.child, arguments.calls, arguments.trained, arguments.index)
        print(json.dumps(found))
        return
    with tempfile.TemporaryDirectory() as folder:
        trained = Path(folder) / "trained.npz"
        if max(arguments.items) >= MIN_ITEMS:
            write_trained(trained)
        table(arguments.items, arguments.calls, trained)


def table(sizes: list[int], n_calls: int, trained: Path) -> None:
    """Print one row a size, two for those with an index."""
    print(f"aws-hrnn, {N_USERS:,} users of {N_EVENTS} events, {n_calls:,} calls for 25 items each, 1 thread\n")
    columns = (
        "items | index | first answer ms | p50 ms | p99 ms | processor p50 ms | state update p50 us | p99 us | peak MB"
    )
    print(f"| {columns} | equal places | build s |\n|" + " ---: |" * 11)
    grown_way = ["--trained", str(trained)]
    large: list[list[str]] = [grown_way, [*grown_way, "--index"]]
    for n_items, way in ((n, way) for n in sizes for way in (large if n >= MIN_ITEMS else [[]])):
        command = [sys.executable, "-m", "benchmarks.serving_sizes", "--child", str(n_items)]
        command += ["--calls", str(n_calls), *way]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found = json.loads(output.splitlines()[-1])
        answers = " | ".join(f"{found[key]:.2f}" for key in ("p50", "p99", "processor"))
        rest = " | ".join(f"{found[key]:.0f}" for key in ("update_p50", "update_p99", "peak"))
        equal = f"{found['equal']:.4%} | {found['build']:.0f}" if "equal" in found else " | "
        index = "yes" if "--index" in way else "no"
        print(f"| {n_items:,} | {index} | {found['first']:.0f} | {answers} | {rest} | {equal} |", flush=True)


if __name__ == "__main__":
    main()
