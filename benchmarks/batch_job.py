"""Batch inference jobs through boto3: lines per second and peak memory of the worker for 200,000 people.

    python -m benchmarks.batch_job [--users N] [--items N] [--recipes NAME ...]

Synthetic interactions, five a person on average; the networks are trained for one epoch on the shorter histories, since
the time of an answer does not depend on their weights. Each job gets a fresh worker, so that its peak memory is its
own: before it the worker that trained has left. Lists have 25 items; rankings order 20 items for each person.
"""

import argparse
import json
import os
import re
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads, here and in the worker
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from benchmarks.plain_schema import SCHEMA
from services.engine import Engine, open_engine
from services.engine.jobs.lock import WorkerLock
from services.engine.settings import EngineSettings
from services.personalize.waiting import wait_until_active

ROLE = "arn:aws:iam::000000000000:role/bench"
QUICK = {
    "algorithmHyperParameters": {"epochs": "1"},
    "featureTransformationParameters": {"max_user_history_length_percentile": "0.2"},
}
RECIPES: dict[str, dict[str, dict[str, str]]] = {
    "aws-popularity-count": {},
    "aws-hrnn": QUICK,
    "aws-sims": {},
    "aws-personalized-ranking": QUICK,
}
RANKED = 20
PATIENCE_S = 3600.0


def interactions(n_users: int, n_items: int) -> pd.DataFrame:
    """Return USER_ID, ITEM_ID, TIMESTAMP: two to about fifty events a person, few items for many."""
    random = np.random.default_rng(11)
    lengths = np.minimum(50, 2 + random.geometric(0.25, n_users))
    fame = 1.0 / np.arange(20, n_items + 20)
    users = np.repeat(np.arange(n_users), lengths)
    items = random.choice(n_items, len(users), p=fame / fame.sum())
    times = random.integers(1_600_000_000, 1_700_000_000, len(users))
    return pd.DataFrame({"USER_ID": [f"user-{user}" for user in users], "ITEM_ID": items, "TIMESTAMP": times})


def prepare(engine: Engine, frame: pd.DataFrame, recipes: list[str]) -> dict[str, str]:
    """Import the interactions and train; return solution version ARNs by recipe."""
    personalize = engine.client("personalize")
    file = engine.settings.home / "interactions.csv"
    frame.to_csv(file, index=False)
    engine.objects.put_file("s3://local/interactions.csv", file)
    group = personalize.create_dataset_group(name="bench")["datasetGroupArn"]
    schema = personalize.create_schema(name="bench", schema=json.dumps(SCHEMA))["schemaArn"]
    dataset = personalize.create_dataset(
        name="bench", datasetType="Interactions", datasetGroupArn=group, schemaArn=schema
    )["datasetArn"]
    job = personalize.create_dataset_import_job(
        jobName="bench", datasetArn=dataset, dataSource={"dataLocation": "s3://local/interactions.csv"}, roleArn=ROLE
    )["datasetImportJobArn"]
    wait_until_active(lambda: personalize.describe_dataset_import_job(datasetImportJobArn=job), timeout_s=PATIENCE_S)
    versions = {}
    for recipe in recipes:
        solution = personalize.create_solution(
            name=recipe,
            datasetGroupArn=group,
            recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
            performAutoTraining=False,
            solutionConfig=RECIPES[recipe],
        )["solutionArn"]
        arn = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
        describe = partial(personalize.describe_solution_version, solutionVersionArn=arn)
        wait_until_active(describe, timeout_s=PATIENCE_S)
        versions[recipe] = arn
    return versions


def lines(recipe: str, n_users: int, n_items: int) -> list[str]:
    """Return the input: every person, or as many items as there are people."""
    random = np.random.default_rng(13)
    if recipe == "aws-sims":
        return [json.dumps({"itemId": str(item)}) for item in random.integers(0, n_items, n_users)]
    if recipe == "aws-personalized-ranking":
        item_list = [str(item) for item in range(RANKED)]
        return [json.dumps({"userId": f"user-{user}", "itemList": item_list}) for user in range(n_users)]
    return [json.dumps({"userId": f"user-{user}"}) for user in range(n_users)]


def measure(engine: Engine, recipe: str, version: str, content: list[str]) -> tuple[float, float, float]:
    """Run one job with a fresh worker; return its seconds, the worker's peak in MB and the output's size in MB."""
    _wait_for_idle(engine.settings)
    personalize: Any = engine.client("personalize")
    engine.objects.put_bytes(f"s3://local/{recipe}/in/batch.json", "\n".join(content).encode())
    arn = personalize.create_batch_inference_job(
        jobName=recipe,
        solutionVersionArn=version,
        jobInput={"s3DataSource": {"path": f"s3://local/{recipe}/in/batch.json"}},
        jobOutput={"s3DataDestination": {"path": f"s3://local/{recipe}/out/"}},
        roleArn=ROLE,
    )["batchInferenceJobArn"]
    describe = partial(personalize.describe_batch_inference_job, batchInferenceJobArn=arn)
    wait_until_active(describe, timeout_s=PATIENCE_S, interval_s=0.1)
    job = engine.capabilities.job(arn)
    assert job is not None
    assert job.started_at is not None
    assert job.ended_at is not None
    _wait_for_idle(engine.settings)
    logged = (engine.settings.logs_path / "worker.log").read_text(encoding="utf-8")
    peak = float(re.findall(r"worker_peak_mb=(\d+)", logged)[-1])
    size = (engine.settings.objects_path / "local" / recipe / "out" / "batch.json.out").stat().st_size / 1e6
    return job.ended_at - job.started_at, peak, size


def _wait_for_idle(settings: EngineSettings) -> None:
    """Wait until no worker runs, so that the next job gets one of its own."""
    while (lock := WorkerLock.take(settings)) is None:
        time.sleep(0.1)
    lock.close()


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=200_000)
    parser.add_argument("--items", type=int, default=3_700)
    parser.add_argument("--recipes", nargs="+", default=list(RECIPES), choices=list(RECIPES))
    arguments = parser.parse_args()
    frame = interactions(arguments.users, arguments.items)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(settings=EngineSettings(home=Path(folder) / "home", worker_idle_s=0.5))
        versions = prepare(engine, frame, arguments.recipes)
        print(f"synthetic: {len(frame):,} events, {arguments.users:,} people, {arguments.items:,} items\n")
        print("| recipe | lines | lines/s | seconds | peak memory of the worker MB | output MB |\n|" + " --- |" * 6)
        for recipe, version in versions.items():
            content = lines(recipe, arguments.users, arguments.items)
            seconds, peak, size = measure(engine, recipe, version, content)
            row = f"{len(content):,} | {len(content) / seconds:,.0f} | {seconds:.1f} | {peak:.0f} | {size:.0f}"
            print(f"| {recipe} | {row} |", flush=True)
        engine.close()


if __name__ == "__main__":
    main()
