"""Library and data set of an import change together, also when the app is killed between; deletion leaves no copy."""

import logging
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from services.backend import Backend, open_backend
from services.library import turns
from services.library.prepared import PreparedData, write_csvs
from services.library.store import Library
from services.personalize.datasets import find_group
from services.personalize.deletion import delete_group
from services.personalize.exports import export_csv
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


def imported_rows(backend: Backend, name: str) -> dict[str, int]:
    """Return how many rows each data set holds, from an export."""
    group = find_group(backend, name)
    rows = {}
    for view in () if group is None else group.datasets:
        [url] = export_csv(backend, name, view.dataset_type).urls
        with backend.objects.open_read(url) as file:
            rows[view.dataset_type] = len(pd.read_csv(file))
    return rows


def test_an_import_that_went_on_after_a_kill_brings_its_library(backend: Backend, tmp_path: Path) -> None:
    library, data = Library(backend.home), sweet_and_sour("killed")
    old = library.save(data)
    pending = library.write(replace(data, note="new"), tuple(data.frames))
    assert library.version("killed") == old.version
    start_import(backend, "killed", sources(data, tmp_path), token=pending.token)
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
    library.write(data, tuple(data.frames))
    recover(backend)
    assert library.version(name) == old
    assert library.pending() == []
    assert f"event=pending_removed name={name}" in caplog.text
    assert (backend.home / "library" / name).exists() == kept


def test_an_app_killed_between_two_jobs_of_an_import_is_caught_up_with(backend: Backend, tmp_path: Path) -> None:
    library, data = Library(backend.home), sweet_and_sour("between")
    pending = library.write(data, tuple(data.frames))
    start_import(backend, "between", sources(data, tmp_path)[:1], token=pending.token)
    recover(backend)
    assert library.version("between") == pending.version
    assert imported_rows(backend, "between") == {"Interactions": len(data.interactions), "Items": len(data.items)}


def test_a_half_failed_import_of_a_killed_app_is_taken_back(backend: Backend, tmp_path: Path) -> None:
    library, data = Library(backend.home), sweet_and_sour("half")
    old = library.save(data)
    import_data(backend, "half", sources(data, tmp_path))
    fewer = replace(data, interactions=data.interactions.iloc[:1200])
    pending = library.write(fewer, tuple(fewer.frames))
    interactions, items = sources(fewer, tmp_path)
    items.csv.write_text("ITEM_ID,TITLE,KIND,NOISE\n,,,\n")
    start_import(backend, "half", [interactions, items], token=pending.token)
    recover(backend)
    assert library.version("half") == old.version
    assert library.pending() == []
    assert imported_rows(backend, "half") == {"Interactions": len(data.interactions), "Items": len(data.items)}


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
