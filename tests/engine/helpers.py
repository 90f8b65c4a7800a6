"""Shared by tests of the API: names, schemas, and a helper that checks errors."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from services.engine import Engine
from services.engine.jobs.outcomes import JobResult, begin_job, complete_job, fail_job

PREFIX = "arn:aws:personalize:us-east-1:000000000000"
ROLE = "arn:aws:iam::000000000000:role/films"
HRNN = "arn:aws:personalize:::recipe/aws-hrnn"
POPULARITY = "arn:aws:personalize:::recipe/aws-popularity-count"
USER_PERSONALIZATION = "arn:aws:personalize:::recipe/aws-user-personalization"
METRICS = {"coverage": 0.5, "mean_reciprocal_rank_at_25": 0.25}
NAMESPACE = "com.amazonaws.personalize.schema"


def schema(name: str, *fields: dict[str, Any]) -> str:
    """Return an Avro schema as JSON text."""
    return json.dumps({"type": "record", "name": name, "namespace": NAMESPACE, "fields": fields, "version": "1.0"})


INTERACTIONS = schema(
    "Interactions",
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
)
ITEMS = schema(
    "Items",
    {"name": "ITEM_ID", "type": "string"},
    {"name": "GENRES", "type": ["null", "string"], "categorical": True},
)


@contextmanager
def refused(code: str, words: str = "") -> Iterator[None]:
    """Expect an error of this code whose message contains the words, as a client sees it."""
    with pytest.raises(ClientError) as caught:
        yield
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    assert words in error["Message"]
    assert not re.search(r"Traceback|File \"", error["Message"])


class HandWorker:
    """Ends jobs as the worker would, so that a test decides when and how."""

    def __init__(self, engine: Engine) -> None:
        context = engine.context
        self._stores = (context.database, context.resources, context.queue)

    def begin(self, arn: str) -> None:
        """Take the oldest job, which must be that of this resource, and show that it runs."""
        database, resources, queue = self._stores
        job = queue.claim(worker_pid=1)
        assert job is not None
        assert job.arn == arn
        begin_job(database, resources, job)

    def complete(self, arn: str, **result: Any) -> None:
        """End a job with success; result is JobResult's body and others."""
        database, resources, queue = self._stores
        job = queue.find(arn)
        assert job is not None
        complete_job(database, resources, queue, job, JobResult(**result))

    def fail(self, arn: str, reason: str) -> None:
        """End a job with a reason."""
        database, resources, queue = self._stores
        job = queue.find(arn)
        assert job is not None
        fail_job(database, resources, queue, job, reason)


@dataclass(frozen=True)
class Films:
    """ARNs of a dataset group with imported interactions."""

    group: str
    schema: str
    interactions: str
    snapshot: str
    """Folder of the imported rows."""
