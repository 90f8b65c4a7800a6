"""GetRecommendations by size of the catalogue, in process through boto3, every user's state kept; one thread.

    python -m benchmarks.serving_sizes [--items 1700 60000 1000000] [--calls N]

aws-hrnn at its default size with random weights, written as a real solution version and read back memory-mapped: the
time of an answer does not depend on what the weights are. 2,000 users with 165 events each, as in MovieLens 1M. Each
size runs in a process of its own, so that its peak memory is its own. "state update" is one event read into a kept
state (HrnnModel.advance), which is all that a live event costs; its users are the same.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
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
from services.engine.recipes.hrnn.config import FIRST_SESSION_GAP, N_GAPS, configure
from services.engine.recipes.hrnn.model import HrnnModel
from services.engine.runtime.inference import known_state

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
        "trained_items": np.arange(n_items, dtype=np.int32),
        "popularity": np.ones(n_items),
    }
    return HrnnModel(weights, {"n_items": n_items, "masks_seen": True})


def random_artifact(n_items: int) -> Artifact:
    """Return that model with a history and a state for every user."""
    rng = np.random.default_rng(n_items)
    model = random_model(n_items, rng)
    offsets = np.arange(0, N_USERS * N_EVENTS + 1, N_EVENTS, dtype=np.int64)
    items = rng.integers(0, n_items, N_USERS * N_EVENTS, dtype=np.int32)
    times = np.tile(956_700_000 + 60 * np.arange(N_EVENTS, dtype=np.int64), N_USERS)
    histories = Histories(offsets, items, times, n_items)
    states = rng.normal(0.0, 0.3, (N_USERS, model.state_size)).astype(np.float32)
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


def measure(home: Path, n_items: int, n_calls: int) -> dict[str, float]:
    """Publish and measure in this process."""
    version, campaign = publish(home, random_artifact(n_items))
    engine = open_engine(home)
    runtime = engine.client("personalize-runtime")
    users = [f"{user:07}" for user in np.random.default_rng(2).integers(0, N_USERS, n_calls + 1).tolist()]
    times = answers_ms(runtime, campaign, users)
    updates = updates_us(engine.context.models.get(version), users)
    engine.close()
    return {
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
    arguments = parser.parse_args()
    if arguments.child:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(measure(Path(folder), arguments.child, arguments.calls)))
        return
    print(f"aws-hrnn, {N_USERS:,} users of {N_EVENTS} events, {arguments.calls:,} calls for 25 items each, 1 thread\n")
    columns = "items | first answer ms | p50 ms | p99 ms | processor p50 ms | state update p50 us | p99 us | peak MB"
    print(f"| {columns} |\n|" + " ---: |" * 8)
    for n_items in arguments.items:
        command = [sys.executable, "-m", "benchmarks.serving_sizes", "--child", str(n_items)]
        command += ["--calls", str(arguments.calls)]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found = json.loads(output.splitlines()[-1])
        answers = " | ".join(f"{found[key]:.2f}" for key in ("p50", "p99", "processor"))
        rest = " | ".join(f"{found[key]:.0f}" for key in ("update_p50", "update_p99", "peak"))
        print(f"| {n_items:,} | {found['first']:.0f} | {answers} | {rest} |", flush=True)


if __name__ == "__main__":
    main()
