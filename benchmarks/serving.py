"""GetRecommendations through boto3, in process and over HTTP, at the size of MovieLens 1M.

    python -m benchmarks.serving [--calls N] [--rows N]

With EXPLORER_DATA set the interactions are MovieLens 1M's, otherwise synthetic ones of the same shape (6,040 users,
3,700 items, a million events). Both recipes are trained by the worker first; aws-hrnn on the shorter half of the
histories for one epoch, which makes a model of full size whose weights are of no use to anybody: the time of an answer
does not depend on them. Each measurement runs in a process of its own, so that its peak memory is its own. Users are
drawn at random, so every call but a few is the first one for its user.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.plain_schema import SCHEMA
from services.engine import open_engine
from services.personalize.waiting import wait_until_active

RECIPES = {
    "aws-popularity-count": {},
    "aws-hrnn": {
        "algorithmHyperParameters": {"epochs": "1"},
        "featureTransformationParameters": {"max_user_history_length_percentile": "0.5"},
    },
}
CREDENTIALS = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}


def interactions(n_rows: int) -> tuple[str, pd.DataFrame]:
    """Return where the data comes from, in words, and USER_ID, ITEM_ID, TIMESTAMP."""
    folder = os.environ.get("EXPLORER_DATA")
    if folder:
        ratings = pd.read_parquet(Path(folder, "movielens-1m", "ratings.parquet"))
        return "MovieLens 1M", ratings[["user", "movie", "timestamp"]].set_axis(
            ["USER_ID", "ITEM_ID", "TIMESTAMP"], axis=1
        )
    random = np.random.default_rng(3)
    activity, fame = random.lognormal(0.0, 1.0, 6040), 1.0 / np.arange(50, 3750)
    users = random.choice(6040, n_rows, p=activity / activity.sum())
    items = random.choice(3700, n_rows, p=fame / fame.sum())
    times = np.sort(random.integers(956_700_000, 1_046_500_000, n_rows))
    return "synthetic", pd.DataFrame({"USER_ID": users, "ITEM_ID": items, "TIMESTAMP": times})


def prepare(home: Path, frame: pd.DataFrame) -> dict[str, str]:
    """Import the interactions, train and deploy; return campaign ARNs by recipe."""
    engine = open_engine(home)
    personalize = engine.client("personalize")
    frame.to_csv(home / "interactions.csv", index=False)
    engine.objects.put_file("s3://local/interactions.csv", home / "interactions.csv")
    group = personalize.create_dataset_group(name="bench")["datasetGroupArn"]
    schema = personalize.create_schema(name="bench", schema=json.dumps(SCHEMA))["schemaArn"]
    dataset = personalize.create_dataset(
        name="bench", datasetType="Interactions", datasetGroupArn=group, schemaArn=schema
    )["datasetArn"]
    job = personalize.create_dataset_import_job(
        jobName="bench",
        datasetArn=dataset,
        dataSource={"dataLocation": "s3://local/interactions.csv"},
        roleArn="arn:aws:iam::000000000000:role/bench",
    )["datasetImportJobArn"]
    wait_until_active(lambda: personalize.describe_dataset_import_job(datasetImportJobArn=job), timeout_s=600)
    campaigns = {}
    described = personalize.describe_solution_version
    for recipe, config in RECIPES.items():
        solution = personalize.create_solution(
            name=recipe,
            datasetGroupArn=group,
            recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
            performAutoTraining=False,
            solutionConfig=config,
        )["solutionArn"]
        version = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
        wait_until_active(partial(described, solutionVersionArn=version), timeout_s=3600)
        campaigns[recipe] = personalize.create_campaign(name=recipe, solutionVersionArn=version)["campaignArn"]
    engine.close()
    return campaigns


def measure(runtime: Any, campaign: str, users: list[str]) -> dict[str, float]:
    """Return the first answer's, the median and the 99th percentile time in ms."""
    seconds = []
    for user in users:
        begin = time.perf_counter()
        answer = runtime.get_recommendations(campaignArn=campaign, userId=user)
        seconds.append(time.perf_counter() - begin)
        assert len(answer["itemList"]) == 25
    later = np.array(seconds[1:]) * 1000
    return {
        "first": seconds[0] * 1000,
        "p50": float(np.percentile(later, 50)),
        "p99": float(np.percentile(later, 99)),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def child(arguments: argparse.Namespace) -> None:
    """Measure in this process and print the result as JSON."""
    users = [str(user) for user in json.loads(Path(arguments.users).read_text())]
    if arguments.endpoint:
        import boto3

        runtime = boto3.client("personalize-runtime", endpoint_url=arguments.endpoint, **CREDENTIALS)
    else:
        runtime = open_engine(arguments.home).client("personalize-runtime")
    print(json.dumps(measure(runtime, arguments.campaign, users)))


def run_child(home: Path, campaign: str, endpoint: str = "") -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.serving", "--child", "--home", str(home), "--campaign", campaign]
    users = ["--users", str(home / "users.json"), "--endpoint", endpoint]
    output = subprocess.run([*command, *users], check=True, capture_output=True, text=True).stdout
    result: dict[str, float] = json.loads(output.splitlines()[-1])
    return result


def peak_of(pid: int) -> float:
    """Return a process's peak memory in MB (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--child", action="store_true")
    for name in ("home", "campaign", "users", "endpoint"):
        parser.add_argument(f"--{name}", default="")
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments)
        return
    source, frame = interactions(arguments.rows)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        users = np.random.default_rng(5).choice(frame["USER_ID"].unique(), arguments.calls).tolist()
        (home / "users.json").write_text(json.dumps(users))
        campaigns = prepare(home, frame)
        print(
            f"{source}: {len(frame):,} events, {frame['USER_ID'].nunique():,} users, {arguments.calls:,} calls each\n"
        )
        print("| recipe | way | first answer ms | p50 ms | p99 ms | peak memory MB |")
        print("| --- | --- | ---: | ---: | ---: | --- |")
        for recipe, campaign in campaigns.items():
            found = run_child(home, campaign)
            row = f"{found['first']:.0f} | {found['p50']:.2f} | {found['p99']:.2f} | {found['peak']:.0f}"
            print(f"| {recipe} | in process | {row} |", flush=True)
        for recipe, campaign in campaigns.items():
            command = [sys.executable, "-m", "services.engine", "serve", "--port", "0", "--home", str(home)]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
                endpoint = re.search(r"http://[\d.:]+", server.stdout.readline())[0]  # type: ignore[union-attr,index]
                found = run_child(home, campaign, endpoint)
                server_peak = peak_of(server.pid)
                server.terminate()
            row = f"{found['first']:.0f} | {found['p50']:.2f} | {found['p99']:.2f} | {server_peak:.0f} (server)"
            print(f"| {recipe} | over HTTP | {row} |", flush=True)


if __name__ == "__main__":
    main()
