"""A data set of the size of MovieLens 20M through boto3: import, train, metrics, answers; times and memory by stage.

    python -m benchmarks.scale [--events 20000000] [--users 138000] [--items 27000] [--set epochs=2 ...]

The interactions are synthetic (benchmarks/synthetic.py) and as many as --events says; with fewer of them users are
fewer in proportion. Memory is the largest resident size of the worker process during a stage, looked at twice a
second; it counts the pages of files that it has mapped. The processor's time of the worker shows what a busy machine
adds to the seconds. Needs a few GB of disk under the temporary folder.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from benchmarks.plain_schema import SCHEMA
from benchmarks.synthetic import interactions
from services.engine import Engine, open_engine

RECIPES = ("aws-popularity-count", "aws-hrnn")
POLL_S = 0.5
ML_20M = (20_000_000, 138_000, 27_000)
Stages = dict[str, float]
_ROWS_ONLY = pa_csv.WriteOptions(include_header=False)


def write_csv(path: Path, n_events: int, n_users: int, n_items: int) -> int:
    """Write the interactions; return how many there are."""
    path.parent.mkdir(parents=True)
    schema = pa.schema([("USER_ID", pa.int64()), ("ITEM_ID", pa.int64()), ("TIMESTAMP", pa.int64())])
    written = 0
    with path.open("wb") as file, pa_csv.CSVWriter(file, schema, write_options=_ROWS_ONLY) as writer:
        file.write(f"{','.join(schema.names)}\n".encode())  # pyarrow would quote the header, which AWS forbids
        for columns in interactions(n_events, n_users, n_items):
            writer.write_table(pa.table([pa.array(column) for column in columns], schema=schema))
            written += len(columns[0])
    return written


def watch(engine: Engine, arn: str, describe: Callable[[], dict[str, Any]]) -> tuple[Stages, Stages]:
    """Wait for a job's resource; return seconds and peak memory in MB by stage. Raises SystemExit when it fails."""
    memory: Stages = {}
    while True:
        resource = next(value for name, value in describe().items() if name != "ResponseMetadata")
        view = engine.capabilities.job(arn)
        job = engine.context.queue.find(arn)
        if view is not None and job is not None and job.worker_pid is not None:
            running = [stage.name for stage in view.stages if stage.started_at and not stage.ended_at]
            if running:
                memory[running[-1]] = max(memory.get(running[-1], 0.0), resident_mb(job.worker_pid))
        if resource["status"] == "CREATE FAILED":
            raise SystemExit(f"{arn}: {resource['failureReason']}")
        if resource["status"] == "ACTIVE" and view is not None:
            seconds = {s.name: s.ended_at - s.started_at for s in view.stages if s.started_at and s.ended_at}
            return seconds, memory
        time.sleep(POLL_S)


def resident_mb(pid: int) -> float:
    """Return a process's resident memory in MB (Linux), 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def show(what: str, seconds: Stages, memory: Stages) -> float:
    """Print the rows of one job; return its seconds."""
    for stage, duration in seconds.items():
        peak = f"{memory[stage]:,.0f}" if stage in memory else ""
        print(f"| {what} | {stage} | {duration:,.1f} | {peak} |", flush=True)
    total = sum(seconds.values())
    print(f"| {what} | all | {total:,.1f} | {max(memory.values(), default=0):,.0f} |", flush=True)
    return total


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Import, train and measure at the size of MovieLens 20M.")
    parser.add_argument("--events", type=int, default=ML_20M[0])
    parser.add_argument("--users", type=int, help="in proportion to the events where it is left out")
    parser.add_argument("--items", type=int, default=ML_20M[2])
    parser.add_argument("--home", type=Path, help="an empty folder to work in, which stays")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="hyperparameters of aws-hrnn")
    arguments = parser.parse_args()
    n_users = arguments.users or round(ML_20M[1] * arguments.events / ML_20M[0])
    given = dict(word.split("=", 1) for word in arguments.set)
    with tempfile.TemporaryDirectory() as scratch:
        home = arguments.home or Path(scratch)
        csv = home / "objects" / "scale" / "interactions.csv"
        started = time.perf_counter()
        n_events = write_csv(csv, arguments.events, n_users, arguments.items)
        size = csv.stat().st_size / 1e6
        print(f"{n_events:,} events, {n_users:,} users, {arguments.items:,} items; {size:,.0f} MB of CSV,", end=" ")
        print(f"written in {time.perf_counter() - started:.0f} s\n", flush=True)
        run(home, given)


def run(home: Path, given: dict[str, str]) -> None:
    """Import, train both recipes, ask; print the tables."""
    engine = open_engine(home)
    personalize = engine.client("personalize")
    group = personalize.create_dataset_group(name="scale")["datasetGroupArn"]
    schema = personalize.create_schema(name="scale", schema=json.dumps(SCHEMA))["schemaArn"]
    dataset = personalize.create_dataset(
        name="scale", datasetType="Interactions", datasetGroupArn=group, schemaArn=schema
    )["datasetArn"]
    job = personalize.create_dataset_import_job(
        jobName="scale",
        datasetArn=dataset,
        dataSource={"dataLocation": "s3://scale/interactions.csv"},
        roleArn="arn:aws:iam::000000000000:role/scale",
    )["datasetImportJobArn"]
    print("| job | stage | seconds | peak memory MB |\n| --- | --- | ---: | ---: |")
    found = watch(engine, job, lambda: personalize.describe_dataset_import_job(datasetImportJobArn=job))
    total = show("import", *found)
    metrics = {}
    for recipe in RECIPES:
        config = {"algorithmHyperParameters": given} if given and recipe == "aws-hrnn" else {}
        solution = personalize.create_solution(
            name=recipe,
            datasetGroupArn=group,
            recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
            performAutoTraining=False,
            solutionConfig=config,
        )["solutionArn"]
        version = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
        arn = str(version)

        def describe(arn: str = arn) -> dict[str, Any]:
            answer: dict[str, Any] = personalize.describe_solution_version(solutionVersionArn=arn)
            return answer

        total += show(recipe, *watch(engine, arn, describe))
        metrics[recipe] = personalize.get_solution_metrics(solutionVersionArn=arn)["metrics"]
        campaign = personalize.create_campaign(name=recipe, solutionVersionArn=arn)["campaignArn"]
        runtime = engine.client("personalize-runtime")
        answer = runtime.get_recommendations(campaignArn=campaign, userId="7", numResults=25)
        assert len(answer["itemList"]) == 25
    print(f"\nImport and both trainings: {total / 60:.1f} minutes\n")
    print(f"| metric | {' | '.join(RECIPES)} |\n| --- |{' ---: |' * len(RECIPES)}")
    for key in sorted(metrics[RECIPES[0]]):
        print(f"| {key} | {' | '.join(f'{metrics[recipe][key]:.4f}' for recipe in RECIPES)} |")
    log = (home / "logs" / "worker.log").read_text().splitlines()
    print("\nWorker's log:", file=sys.stderr)
    print("\n".join(line for line in log if "epoch=" in line or "peak" in line), file=sys.stderr)
    engine.close()


if __name__ == "__main__":
    main()
