"""Stores of a fresh home folder, without a worker and without the API."""

from pathlib import Path

import pytest

from services.engine.jobs.queue import JobQueue
from services.engine.jobs.tools import JobTools
from services.engine.settings import EngineSettings
from services.engine.store.database import Database
from services.engine.store.objects import open_objects
from services.engine.store.resources import Resources

IMPORT_ARN = "arn:aws:personalize:us-east-1:000000000000:dataset-import-job/first"


@pytest.fixture
def tools(tmp_path: Path):
    settings = EngineSettings(home=tmp_path / "home")
    database = Database(settings)
    yield JobTools(settings, database, Resources(database), JobQueue(database), open_objects(settings))
    database.close()


@pytest.fixture
def queued(tools: JobTools):
    """Queue one import job, together with its resource, and return its ARN."""
    with tools.database.atomic():
        tools.resources.insert("dataset-import-job", IMPORT_ARN, {"jobName": "first"}, status="CREATE PENDING")
        tools.queue.enqueue("import", IMPORT_ARN, {})
    return IMPORT_ARN
