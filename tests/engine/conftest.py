"""An engine in a fresh home, its genuine boto3 clients, and a dataset group to begin with.

The test holds the worker's lock, so no worker process starts: jobs wait until the test ends them by hand.
"""

from pathlib import Path

import pytest

from services.engine import open_engine
from services.engine.jobs.lock import WorkerLock
from tests.engine.helpers import HRNN, INTERACTIONS, METRICS, ROLE, Films, HandWorker


@pytest.fixture
def engine(tmp_path: Path):
    opened = open_engine(tmp_path / "home")
    lock = WorkerLock.take(opened.settings)
    yield opened
    lock.close()
    opened.close()


@pytest.fixture
def personalize(engine):
    return engine.client("personalize")


@pytest.fixture
def runtime(engine):
    return engine.client("personalize-runtime")


@pytest.fixture
def worker(engine):
    return HandWorker(engine)


@pytest.fixture
def films(engine, personalize, worker):
    """A group with an Interactions dataset that has imported rows."""
    group = personalize.create_dataset_group(name="films")["datasetGroupArn"]
    schema = personalize.create_schema(name="interactions", schema=INTERACTIONS)["schemaArn"]
    dataset = personalize.create_dataset(
        name="watched", datasetGroupArn=group, schemaArn=schema, datasetType="Interactions"
    )["datasetArn"]
    job = personalize.create_dataset_import_job(
        jobName="first", datasetArn=dataset, dataSource={"dataLocation": "s3://local/films.csv"}, roleArn=ROLE
    )["datasetImportJobArn"]
    snapshot = engine.settings.datasets_path / "films" / "INTERACTIONS" / "1"
    snapshot.mkdir(parents=True)
    (snapshot / "rows.parquet").write_bytes(b"rows")
    worker.complete(job, others={dataset: {"_snapshot": {"path": str(snapshot)}}})
    return Films(group, schema, dataset, str(snapshot))


@pytest.fixture
def solution(personalize, films):
    """The ARN of an aws-hrnn solution of the films."""
    return personalize.create_solution(name="sequence", datasetGroupArn=films.group, recipeArn=HRNN)["solutionArn"]


@pytest.fixture
def train(engine, personalize, worker, films):
    """Return a function that makes an ACTIVE version of a solution, with a model folder, and returns its ARN."""

    def make(solution_arn: str) -> str:
        arn = personalize.create_solution_version(solutionArn=solution_arn)["solutionVersionArn"]
        name = arn.rsplit("/", 1)[-1]
        folder = engine.settings.models_path / name
        folder.mkdir(parents=True)
        (folder / "model.json").write_text("{}")
        body = {
            "_metrics": METRICS,
            "_model_path": name,
            "_snapshots": {films.interactions: films.snapshot},
            "trainingHours": 0.1,
        }
        worker.complete(arn, body=body)
        return arn

    return make
