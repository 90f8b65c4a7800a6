"""What laboratories do through the API, on a real engine with its worker."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from services.backend import Backend, open_backend
from services.errors import DataError, ServiceError, TrainingError
from services.laboratory import groups
from services.laboratory.context import RunCancelled
from services.library.prepared import write_csvs
from services.personalize import datasets
from services.personalize.datasets import find_group
from services.personalize.imports import Source, start_import
from tests.services.screens.cold_start.worlds import exists, sweet_and_sour

GROUP = "lab-test-0"


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    opened = open_backend({"PERSONALIZE_WORKER_IDLE_S": "2"}, tmp_path_factory.mktemp("home"))
    groups.prepare_group(opened, GROUP, sweet_and_sour(GROUP))
    yield opened
    opened.close()


def train(backend: Backend, name: str, **arguments: Any) -> str:
    given = {"report": lambda *_: None, "check_cancelled": lambda: None} | arguments
    return groups.train_and_deploy(backend, GROUP, "aws-popularity-count", name=name, **given)


def test_a_group_is_imported_whole_and_no_screen_offers_it(backend: Backend) -> None:
    group = find_group(backend, GROUP)
    assert group is not None
    assert [dataset.dataset_type for dataset in group.datasets if dataset.imported] == ["Interactions", "Items"]
    assert datasets.group_names(backend) == []
    assert datasets.groups(backend) == []
    assert not (backend.home / "uploads" / GROUP).exists()


def test_everybody_is_asked_in_order_with_progress(backend: Backend) -> None:
    campaign = train(backend, f"{GROUP}-asked")
    counts: list[int] = []
    lists = groups.ask_all(backend, campaign, ["u03", "u01", "nobody"], 5, report=counts.append, threads=2)
    assert list(lists) == ["u03", "u01", "nobody"]
    assert {len(ids) for ids in lists.values()} == {5}
    assert all(0 < count <= 3 for count in counts)


def test_a_training_is_stopped_by_stop(backend: Backend) -> None:
    def stop() -> None:
        raise RunCancelled

    with pytest.raises(RunCancelled):
        train(backend, f"{GROUP}-stopped", check_cancelled=stop)
    listed = backend.personalize.list_solution_versions()["solutionVersions"]
    assert not [version for version in listed if version["status"] in ("CREATE PENDING", "CREATE IN_PROGRESS")]


def test_a_training_that_cannot_be_says_why(backend: Backend) -> None:
    with pytest.raises(TrainingError, match="KINDS"):
        train(
            backend,
            f"{GROUP}-refused",
            solution_config={"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": ["KINDS"]}}},
        )
    with pytest.raises(TrainingError, match="lab-absent"):
        groups.train_and_deploy(
            backend, "lab-absent", "aws-hrnn", name="x", report=lambda *_: None, check_cancelled=lambda: None
        )


def test_only_groups_of_laboratories_are_made_and_removed(backend: Backend) -> None:
    with pytest.raises(DataError, match="films"):
        groups.prepare_group(backend, "films", sweet_and_sour("films"))
    with pytest.raises(DataError, match="films"):
        groups.remove_group(backend, "films")


def test_a_group_goes_with_its_files(backend: Backend) -> None:
    name = groups.group_name("20260101-1200", 1)
    groups.prepare_group(backend, name, sweet_and_sour(name))
    assert backend.objects.list(f"s3://{backend.bucket}/{name}/")
    groups.remove_group(backend, name)
    assert not exists(backend, name)
    assert not backend.objects.list(f"s3://{backend.bucket}/{name}/")
    groups.remove_group(backend, name)


def test_a_group_goes_while_its_imports_wait(backend: Backend) -> None:
    """What a killed run has left: jobs that the worker has not begun, or is at."""
    name = groups.group_name("20260101-1300", 1)
    sources = [
        Source(table.dataset_type, table.csv, table.schema, table.n_rows)
        for table in write_csvs(sweet_and_sour(name), backend.home / "uploads" / name)
    ]
    start_import(backend, name, sources)
    groups.remove_group(backend, name)
    assert not exists(backend, name)


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": f"{code}."}}, "GetRecommendations")


class Throttled:
    """A runtime that refuses every person's first call."""

    def __init__(self, code: str) -> None:
        self.code, self.seen, self.lock = code, set(), threading.Lock()
        self.seen: set[str]

    def get_recommendations(self, campaignArn: str, userId: str, numResults: int) -> dict[str, Any]:
        with self.lock:
            first = userId not in self.seen
            self.seen.add(userId)
        if first:
            raise refusal(self.code)
        return {"itemList": [{"itemId": f"{userId}-{place}"} for place in range(numResults)]}


def test_a_throttled_call_is_tried_again(backend: Backend) -> None:
    there: Any = SimpleNamespace(runtime=Throttled("ThrottlingException"), capabilities=None)
    assert groups.ask_all(there, "arn", ["a", "b"], 1, threads=2) == {"a": ["a-0"], "b": ["b-0"]}


def test_another_refusal_ends_the_asking(backend: Backend) -> None:
    there: Any = SimpleNamespace(runtime=Throttled("ResourceNotFoundException"), capabilities=None)
    with pytest.raises(ServiceError):
        groups.ask_all(there, "arn", ["a", "b"], 1, threads=1)


def test_what_a_killed_run_has_left_is_removed_and_nothing_else(backend: Backend) -> None:
    name = groups.group_name("20260101-120000-abc123", 0)
    groups.prepare_group(backend, name, sweet_and_sour(name))
    other = groups.group_name("20260101-120000-abc124", 0)
    for folder in ("objects/local", "uploads"):
        for left in (groups.group_name("20260101-120000-abc123", "x"), other):
            (backend.home / folder / left).mkdir(parents=True)
    groups.remove_groups_of(backend, "20260101-120000-abc123")
    assert find_group(backend, name) is None
    assert [path.name for path in (backend.home / "uploads").iterdir()] == [other]
    assert not (backend.home / "objects" / "local" / name).exists()
    assert (backend.home / "objects" / "local" / other).exists()
