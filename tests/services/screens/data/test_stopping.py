"""An import that is stopped leaves library and data sets as they were, whenever the button was pressed."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.backend import Backend, open_backend
from services.errors import DataError
from services.library.store import Library
from services.personalize.datasets import find_group
from services.personalize.imports import import_data
from services.progress import Step, StepState
from services.screens.data import desk as desk_module
from services.screens.data.desk import DraftDesk
from services.screens.data.drafts import Draft, DraftState
from tests.services.screens.cold_start.worlds import sweet_and_sour
from tests.services.screens.data.test_recovery import imported_rows, sources


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    opened = open_backend({"PERSONALIZE_WORKER_IDLE_S": "2"}, tmp_path_factory.mktemp("home"))
    yield opened
    opened.close()


def ended(desk: DraftDesk, key: str, timeout_s: float = 60) -> Draft:
    """Return a draft once nobody works on it any more."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        draft = desk.draft(key)
        assert draft is not None
        if not draft.busy:
            return draft
        time.sleep(0.02)
    raise AssertionError(f"{key} is still busy")


def after(step: str, state: str) -> "type[DraftDesk]":
    """Return a desk on which Stop is pressed as soon as a step is in this state."""

    class Stopped(DraftDesk):
        def _change(self, key: str, **changes: object) -> None:
            super()._change(key, **changes)
            steps = changes.get("steps", ())
            assert isinstance(steps, tuple)
            if any((entry.key, entry.state) == (step, state) for entry in steps):
                self.cancel(key)

    return Stopped


@pytest.mark.parametrize(
    ("step", "state"),
    [("keep", StepState.RUNNING), ("upload", StepState.DONE), ("Interactions", StepState.DONE)],
)
def test_a_stopped_import_changes_neither_library_nor_data_sets(backend: Backend, step: str, state: str) -> None:
    name = f"stopped-{step.lower()}"
    data = sweet_and_sour(name)
    library = Library(backend.home)
    desk = after(step, state)(backend)
    old = library.save(data)
    import_data(backend, name, sources(data, backend.home / "csv"))
    key = desk.take(lambda: replace(data, interactions=data.interactions.iloc[:1200]), name)
    assert ended(desk, key).state == DraftState.READY
    desk.start_import(key, name)
    draft = ended(desk, key)
    assert (draft.state, draft.reason) == (DraftState.READY, "Stopped. The data set is as it was before.")
    assert library.version(name) == old.version
    assert library.pending() == []
    assert imported_rows(backend, name) == {"Interactions": len(data.interactions), "Items": len(data.items)}


def test_a_stopped_first_import_leaves_no_data_set_group(backend: Backend) -> None:
    data = sweet_and_sour("never")
    desk = after("upload", StepState.DONE)(backend)
    key = desk.take(lambda: data, "never")
    ended(desk, key)
    desk.start_import(key, "never")
    assert ended(desk, key).state == DraftState.READY
    assert find_group(backend, "never") is None
    assert Library(backend.home).open("never") is None


def test_what_cannot_be_taken_back_is_named(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "restore", lambda backend, library, name, types: tuple(types))
    data = sweet_and_sour("elsewhere")
    import_data(backend, "elsewhere", sources(data, backend.home / "csv"))
    desk = after("Interactions", StepState.DONE)(backend)
    key = desk.take(lambda: data, "elsewhere")
    ended(desk, key)
    desk.start_import(key, "elsewhere")
    assert "The new Interactions" in ended(desk, key).reason


def test_a_job_stopped_by_somebody_else_ends_the_import(backend: Backend, tmp_path: Path) -> None:
    data = sweet_and_sour("by-else")
    capabilities = backend.capabilities
    assert capabilities is not None

    def stop_all(steps: tuple[Step, ...]) -> None:
        for job in capabilities.jobs():
            capabilities.stop(job.arn)

    with pytest.raises(DataError, match="was stopped"):
        import_data(backend, "by-else", sources(data, tmp_path), report=stop_all)
    assert find_group(backend, "by-else") is None
