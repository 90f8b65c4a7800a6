"""Library and data set of an import change together, also when the app is killed between; deletion leaves no copy."""

import logging
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.backend import Backend, open_backend
from services.library import turns
from services.library.prepared import PreparedData, write_csvs
from services.library.store import Library
from services.personalize.deletion import delete_group
from services.personalize.imports import Source, import_data, start_import
from services.screens.data.recovery import recover
from tests.services.screens.cold_start.worlds import sweet_and_sour


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    opened = open_backend({"PERSONALIZE_WORKER_IDLE_S": "2"}, tmp_path_factory.mktemp("home"))
    yield opened
    opened.close()


def sources(data: PreparedData, folder: Path) -> list[Source]:
    return [Source(file.dataset_type, file.csv, file.schema, file.n_rows) for file in write_csvs(data, folder)]


def test_an_import_that_went_on_after_a_kill_brings_its_library(backend: Backend, tmp_path: Path) -> None:
    library, data = Library(backend.home), sweet_and_sour("killed")
    old = library.save(data)
    pending = library.write(replace(data, note="new"))
    assert library.version("killed") == old.version
    pending.with_jobs(start_import(backend, "killed", sources(data, tmp_path)))
    library.save(replace(data, note="other words"))  # another window changes the words meanwhile
    (backend.home / "uploads" / "killed").mkdir(parents=True)
    recover(backend)
    assert library.open("killed").note == "new"  # type: ignore[union-attr]
    assert library.pending() == []
    assert not (backend.home / "uploads" / "killed").exists()


@pytest.mark.parametrize("kept", [True, False])
def test_a_version_without_an_import_is_removed(backend: Backend, kept: bool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    name = f"alone-{kept}".lower()
    library, data = Library(backend.home), sweet_and_sour(name)
    old = library.save(data).version if kept else None
    library.write(data)
    recover(backend)
    assert library.version(name) == old
    assert library.pending() == []
    assert f"event=pending_removed name={name}" in caplog.text
    assert (backend.home / "library" / name).exists() == kept


def test_parts_of_ended_processes_are_swept(backend: Backend, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    folder = backend.home / "library" / "parts"
    left, written = folder / "left.part", folder / "written.part"
    for part in (left, written):
        part.mkdir(parents=True)
        os.utime(part, (time.time() - 60,) * 2)
    descriptor = turns.locked(os.open(written, os.O_RDONLY))
    assert descriptor is not None
    recover(backend)
    os.close(descriptor)
    assert (left.exists(), written.exists()) == (False, True)
    assert f"event=part_removed path={left}" in caplog.text


def test_imports_of_one_name_take_turns(tmp_path: Path) -> None:
    order: list[str] = []
    waited = threading.Event()

    def second() -> None:
        with turns.turn(tmp_path, "one", waited.set):
            order.append("second")

    with turns.turn(tmp_path, "one"):
        thread = threading.Thread(target=second)
        thread.start()
        assert waited.wait(10)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_imports_again_keep_one_copy_and_deletion_none(backend: Backend, tmp_path: Path) -> None:
    data = sweet_and_sour("copies")
    for _ in range(3):
        import_data(backend, "copies", sources(data, tmp_path))
    folder = backend.home / "objects" / "local" / "copies"
    assert len(list(folder.glob("*.csv"))) == len(data.frames)
    (folder / ".0123.partial").write_text("left")
    (folder / "batch" / "x" / "input").mkdir(parents=True)
    (folder / "batch" / "x" / "input" / "batch.json").write_text("{}")
    (backend.home / "uploads" / "copies").mkdir(parents=True)
    delete_group(backend, "copies")
    assert not folder.exists()
    assert not (backend.home / "uploads" / "copies").exists()
