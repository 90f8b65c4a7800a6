"""The whole walk over HTTP as any client would do it: import, train, deploy, recommend, with times and metrics.

    python -m benchmarks.walk             an unmodified boto3 program against `serve`
    python -m benchmarks.walk --aws       the same with the `aws` command line

The data is MovieLens 100K from EXPLORER_DATA where it is set, otherwise the bundled film demo's watch events. Both
recipes train on the same events; the metrics are those of GetSolutionMetrics.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pandas as pd
from botocore import xform_name

from benchmarks.plain_schema import SCHEMA

BUCKET = "walk"
ROLE = "arn:aws:iam::000000000000:role/walk"
RECIPES = ("aws-popularity-count", "aws-hrnn")
Call = Callable[..., dict[str, Any]]


def interactions() -> tuple[str, pd.DataFrame]:
    """Return the name and the rows (USER_ID, ITEM_ID, TIMESTAMP) of the data to walk with."""
    folder = os.environ.get("EXPLORER_DATA")
    if folder:
        path = Path(folder) / "movielens-100k" / "u.data"
        frame = pd.read_csv(path, sep="\t", names=["USER_ID", "ITEM_ID", "RATING", "TIMESTAMP"])
        return "MovieLens 100K", frame[["USER_ID", "ITEM_ID", "TIMESTAMP"]]
    from services.sources.film_demo.generator import generate

    events = generate().interactions
    return "film demo (simulated)", events.loc[events["EVENT_TYPE"] == "watch", ["USER_ID", "ITEM_ID", "TIMESTAMP"]]


def with_boto3(endpoint: str) -> Call:
    """Return a function that calls an operation with plain boto3 clients."""
    options: dict[str, Any] = {
        "endpoint_url": endpoint,
        "region_name": "us-east-1",
        "aws_access_key_id": "any",
        "aws_secret_access_key": "any",
    }
    clients = {service: boto3.client(service, **options) for service in ("personalize", "personalize-runtime")}

    def call(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(clients[service], xform_name(operation))(**parameters)
        return answer

    return call


def with_aws_command(endpoint: str) -> Call:
    """Return a function that calls an operation with the aws command line."""
    environment = os.environ | {
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_PAGER": "",
    }
    program = [str(Path(sys.executable).with_name("aws")), "--endpoint-url", endpoint, "--output", "json"]

    def call(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        words = [*program, service, xform_name(operation, "-"), "--cli-input-json", json.dumps(parameters)]
        finished = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        if finished.returncode:
            raise SystemExit(f"{' '.join(words[5:7])} failed: {finished.stderr.strip()}")
        return json.loads(finished.stdout) if finished.stdout.strip() else {}

    return call


def wait(call: Call, operation: str, member: str, **arn: str) -> dict[str, Any]:
    """Poll a Describe operation until its resource is ACTIVE."""
    while True:
        resource: dict[str, Any] = call("personalize", operation, **arn)[member]
        if resource["status"] == "ACTIVE":
            return resource
        if resource["status"] == "CREATE FAILED":
            raise SystemExit(f"{operation}: {resource['failureReason']}")
        time.sleep(0.25)


def walk(call: Call, home: Path) -> None:
    """Import, train both recipes, deploy, recommend; print a table of steps and one of metrics."""
    name, frame = interactions()
    steps: list[tuple[str, float]] = []
    clock = time.perf_counter()

    def done(step: str) -> None:
        nonlocal clock
        steps.append((step, time.perf_counter() - clock))
        clock = time.perf_counter()

    csv = home / "objects" / BUCKET / "interactions.csv"
    csv.parent.mkdir(parents=True)
    frame.to_csv(csv, index=False)
    clock = time.perf_counter()
    group = call("personalize", "CreateDatasetGroup", name="walk")["datasetGroupArn"]
    schema = call("personalize", "CreateSchema", name="walk", schema=json.dumps(SCHEMA))["schemaArn"]
    dataset = call(
        "personalize", "CreateDataset", name="walk", schemaArn=schema, datasetGroupArn=group, datasetType="Interactions"
    )["datasetArn"]
    job = call(
        "personalize",
        "CreateDatasetImportJob",
        jobName="walk",
        datasetArn=dataset,
        dataSource={"dataLocation": f"s3://{BUCKET}/interactions.csv"},
        roleArn=ROLE,
    )["datasetImportJobArn"]
    wait(call, "DescribeDatasetImportJob", "datasetImportJob", datasetImportJobArn=job)
    done(f"import {len(frame):,} rows")

    metrics = {}
    for recipe in RECIPES:
        solution = call(
            "personalize",
            "CreateSolution",
            name=recipe,
            datasetGroupArn=group,
            recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
            performAutoTraining=False,
        )["solutionArn"]
        version = call("personalize", "CreateSolutionVersion", solutionArn=solution)["solutionVersionArn"]
        wait(call, "DescribeSolutionVersion", "solutionVersion", solutionVersionArn=version)
        metrics[recipe] = call("personalize", "GetSolutionMetrics", solutionVersionArn=version)["metrics"]
        done(f"train {recipe}")
        campaign = call("personalize", "CreateCampaign", name=recipe, solutionVersionArn=version)["campaignArn"]
        wait(call, "DescribeCampaign", "campaign", campaignArn=campaign)
        user = str(frame["USER_ID"].iloc[0])
        answer = call("personalize-runtime", "GetRecommendations", campaignArn=campaign, userId=user, numResults=5)
        items = [item["itemId"] for item in answer["itemList"]]
        done(f"deploy and recommend {recipe}: {', '.join(items)}")

    print(f"Data: {name}, {len(frame):,} interactions\n\n| step | seconds |\n| --- | ---: |")
    for step, seconds in steps:
        print(f"| {step} | {seconds:.1f} |")
    print(f"\n| metric | {' | '.join(RECIPES)} |\n| --- | {' | '.join('---:' for _ in RECIPES)} |")
    for key in sorted(metrics[RECIPES[0]]):
        print(f"| {key} | {' | '.join(f'{metrics[recipe][key]:.4f}' for recipe in RECIPES)} |")


def main() -> None:
    """Start `serve` on a free port in a home of its own, walk, stop it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--aws", action="store_true", help="use the aws command line instead of boto3")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        command = [sys.executable, "-m", "services.engine", "serve", "--port", "0", "--home", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            try:
                line = server.stdout.readline()
                endpoint = next(word for word in line.split() if word.startswith("http://")).rstrip(".,")
                walk(with_aws_command(endpoint) if arguments.aws else with_boto3(endpoint), home)
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
