"""Client processes over HTTP against one `serve`: errors, p50, p99, and the server's memory.

    python -m benchmarks.load [--clients N] [--seconds S]

Every client is a process with boto3 of its own that calls as fast as it is answered: half of its calls are
GetRecommendations, the others PutEvents, GetPersonalizedRanking, Describe and List calls. A call is tried once, so that
every failure counts. The data is the film demo's, with aws-popularity-count, aws-hrnn and aws-personalized-ranking
trained for one epoch: the time of an answer does not depend on what the model has learned.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.served import client, start_server
from services.backend import open_backend
from services.personalize import training
from services.personalize.imports import Source, import_data
from services.personalize.waiting import wait_until_active
from services.sources.load import DEMO_NAME, keep, load_demo

RECIPES = ("aws-popularity-count", "aws-hrnn", "aws-personalized-ranking")
SHARES = {
    "GetRecommendations": 0.5,
    "PutEvents": 0.2,
    "GetPersonalizedRanking": 0.15,
    "DescribeCampaign": 0.08,
    "DescribeSolutionVersion": 0.04,
    "ListCampaigns": 0.03,
}
"""The operations, with their shares of the calls."""
WARM_S = 30.0
"""The first memory figure is taken after so many seconds, when every model has been opened."""


def prepare(home: Path) -> dict[str, Any]:
    """Import the demo, train and deploy; return what a client needs to know."""
    backend = open_backend({"PERSONALIZE_WORKER_IDLE_S": "1"}, home)
    try:
        loaded, files = keep(load_demo(), home)
        sources = [Source(file.dataset_type, file.csv, file.schema, file.n_rows) for file in files]
        group = import_data(backend, DEMO_NAME, sources).arn
        known: dict[str, Any] = {"campaigns": {}, "versions": []}
        short = {"epochs": "1", "max_user_history_length_percentile": "0.3"}
        for recipe in RECIPES:
            settings = {} if recipe == RECIPES[0] else short
            version = training.train(backend, group, recipe, recipe, event_type="watch", hyperparameters=settings)
            wait_until_active(
                lambda version=version: backend.personalize.describe_solution_version(solutionVersionArn=version),
                timeout_s=900,
            )
            known["versions"].append(version)
            known["campaigns"][recipe] = training.deploy(backend, version, recipe)
        tracker = backend.personalize.create_event_tracker(name="load", datasetGroupArn=group)
        known["tracking_id"] = tracker["trackingId"]
        known["items"] = loaded.catalog().ids[:300]
        known["users"] = list(loaded.interactions()["USER_ID"].unique()[:1000])
    finally:
        backend.close()
    return known


def calls_of(url: str, known: dict[str, Any], number: int) -> dict[str, Callable[[], Any]]:
    """Return a function for each operation that makes one call with drawn arguments."""
    draw, once = random.Random(number), {"retries": {"total_max_attempts": 1}}
    personalize, runtime, events = (
        client(name, url, **once) for name in ("personalize", "personalize-runtime", "personalize-events")
    )
    campaigns, users, items = known["campaigns"], known["users"], known["items"]

    def put_events() -> Any:
        user = draw.choice(users)
        event = {"eventType": "watch", "itemId": draw.choice(items), "sentAt": int(time.time())}
        return events.put_events(
            trackingId=known["tracking_id"], userId=user, sessionId=user, eventList=[event] * draw.randint(1, 10)
        )

    return {
        "GetRecommendations": lambda: runtime.get_recommendations(
            campaignArn=campaigns[draw.choice(RECIPES[:2])], userId=draw.choice(users)
        ),
        "PutEvents": put_events,
        "GetPersonalizedRanking": lambda: runtime.get_personalized_ranking(
            campaignArn=campaigns[RECIPES[2]], userId=draw.choice(users), inputList=draw.sample(items, 50)
        ),
        "DescribeCampaign": lambda: personalize.describe_campaign(campaignArn=draw.choice(list(campaigns.values()))),
        "DescribeSolutionVersion": lambda: personalize.describe_solution_version(
            solutionVersionArn=draw.choice(known["versions"])
        ),
        "ListCampaigns": lambda: personalize.list_campaigns(maxResults=10),
    }


def be_client(url: str, known: dict[str, Any], number: int, seconds: float) -> dict[str, Any]:
    """Call until the time has passed; return milliseconds by operation, and the errors."""
    calls, draw = calls_of(url, known, number), random.Random(-number)
    names, weights = list(SHARES), list(SHARES.values())
    took: dict[str, list[float]] = {name: [] for name in names}
    errors: list[str] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        name = draw.choices(names, weights)[0]
        began = time.perf_counter()
        try:
            calls[name]()
        except (ClientError, BotoCoreError) as error:
            errors.append(f"{name}: {error}"[:300])
            continue
        took[name].append(round((time.perf_counter() - began) * 1000, 2))
    return {"took": took, "errors": errors}


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process now (Linux)."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def measure(home: Path, n_clients: int, seconds: float) -> tuple[list[dict[str, Any]], list[float]]:
    """Return what the clients told, and the server's memory when warm, half-way and at the end, in MB."""
    known = prepare(home)
    path = home / "load.json"
    path.write_text(json.dumps(known), encoding="utf-8")
    server, url = start_server(home)
    with server:
        try:
            command = [sys.executable, "-m", "benchmarks.load", "--child", url, str(path)]
            clients = [
                subprocess.Popen([*command, str(number), str(seconds)], stdout=subprocess.PIPE, text=True)
                for number in range(1, n_clients + 1)
            ]
            warm_s = min(WARM_S, seconds / 4)
            time.sleep(warm_s)
            memory = [memory_mb(server.pid)]
            time.sleep(seconds / 2 - warm_s)
            memory.append(memory_mb(server.pid))
            told = [json.loads(process.communicate()[0]) for process in clients]
            memory.append(memory_mb(server.pid))
        finally:
            server.terminate()
    return told, memory


def main() -> int:
    """Print one table; return 1 if a call failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        url, path, number, seconds = arguments.child
        known = json.loads(Path(path).read_text(encoding="utf-8"))
        print(json.dumps(be_client(url, known, int(number), float(seconds))))
        return 0
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        told, memory = measure(Path(folder) / "home", arguments.clients, arguments.seconds)
    errors = [error for one in told for error in one["errors"]]
    took = {name: np.array([ms for one in told for ms in one["took"][name]]) for name in SHARES}
    print("| operation | calls | p50 ms | p99 ms | longest ms |\n| --- | ---: | ---: | ---: | ---: |")
    for name, values in (took | {"all": np.concatenate(list(took.values()))}).items():
        p50, p99 = np.percentile(values, (50, 99)) if len(values) else (0.0, 0.0)
        print(f"| {name} | {len(values):,} | {p50:.1f} | {p99:.1f} | {values.max(initial=0):.0f} |")
    per_second = sum(map(len, took.values())) / arguments.seconds
    print(f"\n{arguments.clients} clients, {arguments.seconds:.0f} s, {per_second:,.0f} calls a second, ", end="")
    warm, half, end = memory
    print(
        f"{len(errors):,} errors; memory of the server: {warm:.0f} MB warm, {half:.0f} half-way, {end:.0f} at the end."
    )
    print("\n".join(f"ERROR {error}" for error in errors[:5]))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
