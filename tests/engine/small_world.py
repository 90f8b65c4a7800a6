"""A small engine with data, for tests that need a real worker: everything through genuine boto3 clients."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from services.engine import Engine, open_engine
from services.engine.jobs.lock import WorkerLock
from services.engine.settings import EngineSettings
from services.personalize.waiting import wait_until_active

ROLE = "arn:aws:iam::000000000000:role/test"
NAMESPACE = "com.amazonaws.personalize.schema"
PATIENCE_S = 120.0


def schema(record: str, **fields: Any) -> str:
    """Return an Avro schema; a field's value is its type, or a dict with more."""
    listed = [{"name": name, **(f if isinstance(f, dict) else {"type": f})} for name, f in fields.items()]
    document = {"type": "record", "name": record, "namespace": NAMESPACE, "fields": listed, "version": "1.0"}
    return json.dumps(document)


INTERACTIONS = schema("Interactions", USER_ID="string", ITEM_ID="string", TIMESTAMP="long")
ITEMS = schema(
    "Items",
    ITEM_ID="string",
    GENRES={"type": ["null", "string"], "categorical": True},
    YEAR={"type": ["null", "int"]},
)


def interactions_csv(n_users: int = 60, n_events: int = 25, n_items: int = 80, seed: int = 0) -> str:
    """Return users who each take n_events different items, low numbers more often, one an hour."""
    rng = np.random.default_rng(seed)
    weights = 1.0 / np.arange(1, n_items + 1)
    lines = ["USER_ID,ITEM_ID,TIMESTAMP"]
    for user in range(n_users):
        items = rng.choice(n_items, n_events, replace=False, p=weights / weights.sum())
        lines += [f"u{user},i{item},{1_700_000_000 + 3600 * step}" for step, item in enumerate(items)]
    return "\n".join(lines) + "\n"


def items_csv(n_items: int = 80) -> str:
    """Return items with a genre and, every second one, a year."""
    rows = [f"i{item},Drama|War,{1950 + item if item % 2 else ''}" for item in range(n_items)]
    return "\n".join(["ITEM_ID,GENRES,YEAR", *rows]) + "\n"


def until(condition: Callable[[], Any], timeout_s: float = PATIENCE_S) -> Any:
    """Poll a condition until it is true and return its value. Raises AssertionError after timeout_s."""
    deadline = time.monotonic() + timeout_s
    while not (value := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return value


class SmallWorld:
    """One engine on one home, with the calls that tests repeat."""

    def __init__(self, home: Path) -> None:
        self.engine: Engine = open_engine(settings=EngineSettings(home=home, worker_niceness=0, worker_idle_s=3.0))
        self.personalize = self.engine.client("personalize")
        self.runtime = self.engine.client("personalize-runtime")

    def create_group(self, name: str = "films") -> str:
        """Create a dataset group with an Interactions and an Items dataset; return its ARN."""
        group: str = self.personalize.create_dataset_group(name=name)["datasetGroupArn"]
        for dataset_type, text in (("Interactions", INTERACTIONS), ("Items", ITEMS)):
            schema_arn = self.personalize.create_schema(name=f"{name}-{dataset_type}", schema=text)["schemaArn"]
            self.personalize.create_dataset(
                name=dataset_type, datasetType=dataset_type, datasetGroupArn=group, schemaArn=schema_arn
            )
        return group

    def dataset_arn(self, group: str, dataset_type: str) -> str:
        return group.replace(":dataset-group/", ":dataset/") + f"/{dataset_type.upper()}"

    def start_import(
        self, group: str, csv: str, name: str = "first", dataset_type: str = "Interactions", mode: str = "FULL"
    ) -> str:
        """Upload a CSV and queue its import; return the job's ARN."""
        location = f"s3://local/{name}.csv"
        self.engine.objects.put_bytes(location, csv.encode())
        arn: str = self.personalize.create_dataset_import_job(
            jobName=name,
            datasetArn=self.dataset_arn(group, dataset_type),
            dataSource={"dataLocation": location},
            roleArn=ROLE,
            importMode=mode,
        )["datasetImportJobArn"]
        return arn

    def import_job(self, arn: str) -> dict[str, Any]:
        found: dict[str, Any] = self.personalize.describe_dataset_import_job(datasetImportJobArn=arn)[
            "datasetImportJob"
        ]
        return found

    def import_csv(self, group: str, csv: str, name: str = "first", dataset_type: str = "Interactions") -> str:
        """Import a CSV and wait for it; return the job's ARN."""
        arn = self.start_import(group, csv, name, dataset_type)
        wait_until_active(lambda: self.import_job(arn), timeout_s=PATIENCE_S, interval_s=0.05)
        return arn

    def start_training(self, group: str, recipe: str, name: str, **hyperparameters: str) -> str:
        """Create a solution and queue a version of it; return the version's ARN."""
        solution = self.personalize.create_solution(
            name=name,
            datasetGroupArn=group,
            recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
            performAutoTraining=False,
            **({"solutionConfig": {"algorithmHyperParameters": hyperparameters}} if hyperparameters else {}),
        )["solutionArn"]
        arn: str = self.personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
        return arn

    def version(self, arn: str) -> dict[str, Any]:
        found: dict[str, Any] = self.personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]
        return found

    def train(self, group: str, recipe: str, name: str, **hyperparameters: str) -> str:
        """Train a version and wait for it; return its ARN."""
        arn = self.start_training(group, recipe, name, **hyperparameters)
        wait_until_active(lambda: self.version(arn), timeout_s=PATIENCE_S, interval_s=0.05)
        return arn

    def deploy(self, version_arn: str, name: str, **config: Any) -> str:
        """Create a campaign; return its ARN."""
        arn: str = self.personalize.create_campaign(name=name, solutionVersionArn=version_arn, **config)["campaignArn"]
        return arn

    def recommended(self, campaign_arn: str, user_id: str, n: int = 10) -> list[str]:
        answer = self.runtime.get_recommendations(campaignArn=campaign_arn, userId=user_id, numResults=n)
        return [item["itemId"] for item in answer["itemList"]]

    def running_pid(self, arn: str, stage: str | None = None) -> int:
        """Wait until a job runs, and has begun a stage if one is named; return its worker's process id."""

        def begun() -> int | None:
            job = self.engine.context.queue.find(arn)
            view = self.engine.capabilities.job(arn)
            if job is None or view is None or job.state != "running":
                return None
            started = {s.name for s in view.stages if s.started_at is not None}
            return job.worker_pid if stage is None or stage in started else None

        pid: int = until(begun)
        return pid

    def worker_is_gone(self) -> bool:
        lock = WorkerLock.take(self.engine.settings)
        if lock is None:
            return False
        lock.close()
        return True


@contextmanager
def small_world(home: Path) -> Iterator[SmallWorld]:
    """Give a world and close it; its worker leaves by itself within seconds."""
    world = SmallWorld(home)
    try:
        yield world
    finally:
        world.engine.close()
