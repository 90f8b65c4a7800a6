"""Who did what: a line for each change, in a private file, by several writers, only where people sign in."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services import audit, changes
from services.backend import open_backend
from services.laboratory.runs import LabRuns


@pytest.fixture
def ann() -> Iterator[None]:
    """Ann is signed in."""
    audit.use(lambda: "ann@example.org")
    yield
    audit.stop()


def lines(home: Path) -> list[str]:
    """Return the lines of the log without their times."""
    path = home / audit.LOG
    return [line.split(" ", 1)[1] for line in path.read_text().splitlines()] if path.exists() else []


def test_nothing_is_recorded_where_nobody_signs_in(tmp_path: Path) -> None:
    backend = open_backend({}, tmp_path)
    backend.personalize.create_dataset_group(name="films")
    backend.close()
    assert lines(tmp_path) == []


@pytest.mark.usefixtures("ann")
def test_every_change_is_a_line_and_reading_is_none(tmp_path: Path) -> None:
    backend = open_backend({}, tmp_path)
    arn = backend.personalize.create_dataset_group(name="films")["datasetGroupArn"]
    with pytest.raises(backend.personalize.exceptions.ResourceAlreadyExistsException):
        backend.personalize.create_dataset_group(name="films")
    backend.personalize.list_dataset_groups()
    backend.personalize.delete_dataset_group(datasetGroupArn=arn)
    backend.close()
    assert lines(tmp_path) == [
        "user=ann@example.org operation=CreateDatasetGroup resource=films outcome=done",
        "user=ann@example.org operation=CreateDatasetGroup resource=films outcome=ResourceAlreadyExistsException",
        f"user=ann@example.org operation=DeleteDatasetGroup resource={arn} outcome=done",
    ]


@pytest.mark.usefixtures("ann")
def test_what_changes_without_the_api_is_a_line_too(tmp_path: Path) -> None:
    LabRuns(tmp_path).cancel("20260101-000000-abc")
    assert lines(tmp_path) == [
        "user=ann@example.org operation=StopLaboratoryRun resource=20260101-000000-abc outcome=done"
    ]


@pytest.mark.usefixtures("ann")
def test_a_user_who_is_made_up_for_live_events_is_no_line(tmp_path: Path) -> None:
    changes.record(tmp_path, "PutEvents", "sandbox-0a1b")
    changes.record(tmp_path, "PutEvents", "viewer-1")
    assert lines(tmp_path) == ["user=ann@example.org operation=PutEvents resource=viewer-1 outcome=done"]


@pytest.mark.usefixtures("ann")
def test_the_file_is_private_and_a_name_cannot_add_a_line(tmp_path: Path) -> None:
    audit.write(tmp_path, "DeleteCampaign", 'x\n2026 user="eve" operation=no', "done")
    [line] = lines(tmp_path)
    assert line == (
        r'user=ann@example.org operation=DeleteCampaign resource="x\n2026 user=\"eve\" operation=no" outcome=done'
    )
    assert (tmp_path / audit.LOG).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "logs").stat().st_mode & 0o777 == 0o700


def test_contents_and_roles_are_not_named() -> None:
    assert changes.named({"datasetArn": "arn:d", "items": [{"itemId": "1", "properties": "secret"}]}) == "arn:d"
    assert changes.named({"jobName": "j", "roleArn": "arn:r", "datasetArn": "arn:d"}) == "j"
    assert changes.named({"roleArn": "arn:r"}) == ""


def test_a_thread_and_a_process_act_for_the_user_who_started_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = iter(["ann@example.org", None, None])
    audit.use(lambda: next(users))
    try:
        work = audit.in_the_same_name(lambda: audit.write(tmp_path, "ImportDraft", "films", "done"))
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        audit.write(tmp_path, "PrepareDemo", "", "done")
    finally:
        audit.stop()
    monkeypatch.setenv(audit.USER, "ben@example.org")
    audit.write(tmp_path, "CreateSolution", "s", "done")
    assert [line.split()[0] for line in lines(tmp_path)] == [
        "user=ann@example.org",
        f"user={audit.UNKNOWN}",
        "user=ben@example.org",
    ]


def test_writers_at_the_same_time_write_whole_lines_and_full_files_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each write opens its lock anew, so threads take turns as processes do."""
    monkeypatch.setattr(audit, "MAX_BYTES", 4_000)
    audit.use(lambda: "ann@example.org")
    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda n: audit.write(tmp_path, "DeleteCampaign", str(n), "done"), range(100)))
    finally:
        audit.stop()
    files = sorted((tmp_path / "logs").glob("changes.log*"))
    assert [path.name for path in files] == ["changes.log", "changes.log.1", "changes.log.2"]
    written = [line.split() for path in files for line in path.read_text().splitlines()]
    assert sorted(int(line[3].removeprefix("resource=")) for line in written) == list(range(100))
    assert {len(line) for line in written} == {5}


def test_only_so_many_older_files_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "MAX_BYTES", 1)
    audit.use(lambda: "ann@example.org")
    try:
        for number in range(8):
            audit.write(tmp_path, "DeleteCampaign", str(number), "done")
    finally:
        audit.stop()
    files = sorted((tmp_path / "logs").glob("changes.log*"))
    kept = [path.read_text().split()[3] for path in files if path.suffix != ".lock"]
    assert kept == ["resource=7", "resource=6", "resource=5", "resource=4", "resource=3"]
