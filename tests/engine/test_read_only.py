"""PERSONALIZE_MODE=read-only: whatever an engine is asked, its home stays as it is."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name

from services.engine import Engine, open_engine
from services.engine.errors import AccessDenied
from services.engine.jobs.launcher import ensure_worker
from services.engine.jobs.lock import WorkerLock
from services.engine.read_only import READS, REFUSAL, changes
from services.engine.settings import EngineSettings
from services.engine.wire.dispatch import Dispatcher
from services.engine.wire.service_models import SERVICES, service_model
from tests.engine.helpers import PREFIX, refused

OPERATIONS = [(service, operation) for service in SERVICES for operation in service_model(service).operation_names]


def _empty_log(path: Path) -> bool:
    return path.name.endswith("-wal") and not path.stat().st_size


def contents(home: Path) -> dict[str, bytes]:
    """Return every file of a home folder but those that SQLite needs for readers; its log of writes is one of them."""
    files = (path for path in home.rglob("*") if path.is_file() and not path.name.endswith("-shm"))
    return {str(path.relative_to(home)): path.read_bytes() for path in files if not _empty_log(path)}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a dataset group and a job that waits for a worker; no test can change it."""
    path = tmp_path_factory.mktemp("read-only") / "home"
    with closing(open_engine(path)) as engine, WorkerLock.take(engine.settings):
        personalize = engine.client("personalize")
        personalize.create_dataset_group(name="films")
        engine.objects.put_bytes("s3://local/films.csv", b"USER_ID\n")
        with engine.context.database.atomic():
            engine.context.queue.enqueue("import", f"{PREFIX}:dataset-import-job/first", {})
    return path


@pytest.fixture(scope="module")
def engine(home: Path) -> Iterator[Engine]:
    with closing(open_engine(settings=EngineSettings(home=home, read_only=True))) as opened:
        yield opened


def arguments(shape: Any) -> Any:
    """Return a value of this shape that a client accepts, with all required members."""
    if shape.type_name == "structure":
        return {name: arguments(shape.members[name]) for name in shape.required_members}
    if shape.type_name == "list":
        return [arguments(shape.member)]
    if shape.type_name == "map":
        return {}
    plain = {"string": "films", "integer": 1, "long": 1, "boolean": False, "float": 0.5, "double": 0.5}
    return plain.get(shape.type_name, 0)


@pytest.mark.parametrize(("service", "operation"), [each for each in OPERATIONS if changes(each[1])])
def test_an_operation_that_changes_something_is_refused(engine: Engine, service: str, operation: str) -> None:
    before = contents(engine.settings.home)
    model = service_model(service).operation_model(operation)
    with refused("AccessDeniedException", REFUSAL):
        getattr(engine.client(service), xform_name(operation))(**arguments(model.input_shape))
    assert contents(engine.settings.home) == before


def test_what_remains_are_the_operations_that_read() -> None:
    assert {operation for _, operation in OPERATIONS if not changes(operation)} == {
        operation for _, operation in OPERATIONS if operation.startswith(READS)
    }
    assert changes("PurgeDatasetGroup"), "an operation of a later AWS"


def test_it_can_be_read(engine: Engine) -> None:
    groups = engine.client("personalize").list_dataset_groups()["datasetGroups"]
    assert [group["name"] for group in groups] == ["films"]
    assert engine.objects.list("s3://local/") == ["s3://local/films.csv"]
    assert engine.objects.exists("s3://local/films.csv")
    with engine.objects.open_read("s3://local/films.csv") as file:
        assert file.read() == b"USER_ID\n"
    with engine.objects.local_path("s3://local/films.csv") as path:
        assert path.exists()


def test_no_worker_is_started_and_no_job_is_touched(engine: Engine) -> None:
    before = contents(engine.settings.home)
    engine.client("personalize").list_dataset_groups()  # would start a worker for the job that waits
    assert [job.state for job in engine.context.queue.in_state("queued")] == ["queued"]
    with pytest.raises(AccessDenied):
        engine.context.start_worker()
    with pytest.raises(AccessDenied):
        ensure_worker(engine.settings)
    with pytest.raises(AccessDenied):
        engine.capabilities.stop(f"{PREFIX}:dataset-import-job/first")
    assert contents(engine.settings.home) == before


def test_the_stores_refuse_too(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    for change in (
        lambda: engine.objects.put_bytes("s3://local/films.csv", b""),
        lambda: engine.objects.put_file("s3://local/films.csv", tmp_path / "file"),
        lambda: engine.objects.delete("s3://local/films.csv"),
        lambda: engine.context.tags.put(f"{PREFIX}:dataset-group/films", {"a": "b"}),
    ):
        with pytest.raises(AccessDenied, match="read-only mode"):
            change()


def test_a_worker_started_by_hand_leaves_with_a_sentence(home: Path) -> None:
    command = [sys.executable, "-m", "services.engine.jobs.worker", "--home", str(home)]
    ended = subprocess.run(command, env={"PERSONALIZE_MODE": "read-only"}, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr.strip()) == (1, REFUSAL)


@pytest.mark.parametrize(
    ("target", "path"),
    [("AmazonPersonalize.DeleteDatasetGroup", "/"), (None, "/events"), (None, "/items"), (None, "/users")],
)
def test_over_http_it_is_an_error_that_every_sdk_knows(engine: Engine, target: str | None, path: str) -> None:
    answer = Dispatcher(engine.context).answer("POST", path, target, b"{}")
    assert answer.status == 400
    assert answer.headers["x-amzn-ErrorType"] == "AccessDeniedException"
    assert json.loads(answer.body) == {"__type": "AccessDeniedException", "message": REFUSAL}
