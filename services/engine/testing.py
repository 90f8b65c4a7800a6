"""An engine for tests of programs that call Amazon Personalize: jobs run at once, in this process.

    with test_engine(tmp_path) as engine:
        personalize = engine.client("personalize")         # a genuine boto3 client
        job = personalize.create_dataset_import_job(...)    # ACTIVE, or CREATE FAILED, when the call returns

    with test_engine(tmp_path) as engine, served(engine) as url:
        boto3.client("personalize", endpoint_url=url)       # or any other SDK

The documentation shows both as fixtures of pytest; tiny_world() gives data and a trained model to begin with.
"""

import os
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from services.engine import Engine
from services.engine.context import EngineContext, build_context
from services.engine.errors import JobStopped
from services.engine.jobs.batch.segment_job import USER_SEGMENTATION
from services.engine.jobs.failures import failure_reason
from services.engine.jobs.lock import WorkerLock
from services.engine.jobs.outcomes import begin_job, complete_job, fail_job, stop_job
from services.engine.jobs.queue import Job
from services.engine.jobs.running import runner_of
from services.engine.jobs.tools import JobTools
from services.engine.recipes.registry import find
from services.engine.settings import EngineSettings
from services.engine.store.leftovers import remove_models, remove_snapshots

ROLE = "arn:aws:iam::000000000000:role/personalize"
"""Any role; the engine checks none."""


class InlineContext(EngineContext):
    """A context whose jobs run within the call that creates them."""

    def start_worker(self) -> None:
        """Run all queued jobs."""
        tools = JobTools(self.settings, self.database, self.resources, self.queue, self.objects)
        while (job := self.queue.claim(os.getpid())) is not None:
            _run(tools, job)

    def settle_jobs(self) -> None:
        """Do nothing: no job is left behind."""


@contextmanager
def test_engine(home: Path, **settings: Any) -> Iterator[Engine]:
    """Give an engine on a home folder whose jobs run at once; settings are EngineSettings' fields."""
    context = build_context(EngineSettings(home=home, **settings))
    inline = InlineContext(**{field.name: getattr(context, field.name) for field in fields(context)})
    engine = Engine(inline)
    lock = WorkerLock.take(engine.settings)  # no worker process may take the jobs
    if lock is None:
        engine.close()
        raise RuntimeError(f"A worker process holds the home {home}. Give test_engine() a folder of its own.")
    with lock:
        try:
            yield engine
        finally:
            engine.close()


test_engine.__test__ = False  # type: ignore[attr-defined]  # no test of pytest's, although it is called so


@contextmanager
def served(engine: Engine) -> Iterator[str]:
    """Give the URL at which an engine answers over HTTP, from a thread of this process."""
    from services.engine.wire.server import serving_in_thread

    with serving_in_thread(engine.dispatcher) as url:
        yield url


@dataclass(frozen=True)
class TinyWorld:
    """A dataset group with data, and a trained model that a campaign serves."""

    group: str
    """ARN of the dataset group."""
    solution_version: str
    campaign: str
    """Empty for a recipe that makes user segments: no campaign serves it."""
    tracking_id: str
    """For PutEvents."""


def tiny_world(engine: Engine, recipe: str = "aws-popularity-count", name: str = "shop") -> TinyWorld:
    """Create a shop with 40 products and 50 customers, and train a recipe on its 1,000 purchases and views.

    aws-popularity-count, aws-sims and other counting recipes take less than a second.
    """
    from services.engine import tiny_shop

    personalize = engine.client("personalize")
    group: str = personalize.create_dataset_group(name=name)["datasetGroupArn"]
    for dataset_type, (schema, rows) in tiny_shop.datasets().items():
        schema_arn = personalize.create_schema(name=f"{name}-{dataset_type}", schema=schema)["schemaArn"]
        dataset = personalize.create_dataset(
            name=dataset_type, datasetType=dataset_type, datasetGroupArn=group, schemaArn=schema_arn
        )["datasetArn"]
        location = f"s3://{name}/{dataset_type}.csv"
        engine.objects.put_bytes(location, rows.encode())
        job = personalize.create_dataset_import_job(
            jobName=f"{name}-{dataset_type}", datasetArn=dataset, dataSource={"dataLocation": location}, roleArn=ROLE
        )["datasetImportJobArn"]
        _require_active(personalize.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"])
    tracking_id: str = personalize.create_event_tracker(name=name, datasetGroupArn=group)["trackingId"]
    version, campaign = train(engine, group, recipe, name)
    return TinyWorld(group, version, campaign, tracking_id)


def train(engine: Engine, group: str, recipe: str, name: str, **config: Any) -> tuple[str, str]:
    """Train a recipe on a group's data and deploy it; return the ARNs of the version and of the campaign.

    The campaign is "" for a recipe that makes user segments: batch segment jobs answer instead.
    """
    personalize = engine.client("personalize")
    solution = personalize.create_solution(
        name=name,
        datasetGroupArn=group,
        recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
        performAutoTraining=False,
        solutionConfig=config,
    )["solutionArn"]
    version: str = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    _require_active(personalize.describe_solution_version(solutionVersionArn=version)["solutionVersion"])
    if find(recipe).recipe_type == USER_SEGMENTATION:
        return version, ""
    campaign: str = personalize.create_campaign(name=name, solutionVersionArn=version)["campaignArn"]
    return version, campaign


def _require_active(described: dict[str, Any]) -> None:
    if described["status"] != "ACTIVE":
        raise RuntimeError(f"A job is {described['status']}: {described.get('failureReason', 'no reason is known')}")


def _run(tools: JobTools, job: Job) -> None:
    ends = (tools.database, tools.resources, tools.queue, job)
    try:
        begin_job(tools.database, tools.resources, job)
        result = runner_of(job.kind)(tools, job, threading.Event())
        complete_job(*ends, result)
        remove_snapshots(tools.settings, tools.resources, result.replaced_snapshots)
        remove_models(tools.settings, result.replaced_models)
    except JobStopped:
        stop_job(*ends)
    except Exception as error:  # becomes the failureReason, as in the worker, whose log has the traceback
        tools.settings.logs_path.mkdir(parents=True, exist_ok=True)
        with (tools.settings.logs_path / "worker.log").open("a", encoding="utf-8") as log:
            log.write(f"job {job.number} failed\n{traceback.format_exc()}")
        fail_job(*ends, failure_reason(error, job, tools.settings))
