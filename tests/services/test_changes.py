"""Read-only mode above the engine: every change of the home is refused, whichever service is asked for it."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services import changes
from services.backend import Backend, open_backend
from services.demo.memory import DemoMemory
from services.demo.runner import DemoRunner
from services.errors import BackendError, DataError, PlainError, ReadOnlyError, plain_errors
from services.laboratories import run_now
from services.laboratory import groups, runs
from services.laboratory.runs import LabRuns
from services.language.vocabulary import FILM_WORDS
from services.library.prepared import PreparedData
from services.library.store import Library
from services.personalize import batch_jobs, deletion, imports, training
from services.sandbox import sandboxes, tracker
from services.screens.cold_start import new_items
from services.screens.data import mappings
from services.screens.data.desk import DraftDesk
from services.screens.data.drafts import Draft, DraftNotes
from services.sources import downloads
from tests.engine.test_read_only import contents
from tests.services import worlds

ROOT = Path(__file__).parents[2]
ARN = "arn:aws:personalize:us-east-1:000000000000"


@dataclass(frozen=True)
class World:
    """A home with a data set group and loaded data, opened in read-only mode."""

    backend: Backend
    data: PreparedData

    @property
    def home(self) -> Path:
        return self.backend.home


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home, small_world = tmp_path_factory.mktemp("read-only"), worlds.small_world()
    backend = open_backend({}, home)
    backend.personalize.create_dataset_group(name=small_world.name)
    backend.objects.put_bytes(f"s3://{backend.bucket}/{small_world.name}/interactions.csv", b"x")
    backend.close()
    Library(home).save(small_world)
    run = runs.create(home / "laboratories", runs.EVALUATION, "one", {})
    run.rename(run.with_name("run"))
    backend = open_backend({"PERSONALIZE_MODE": "read-only"}, home)
    yield World(backend, small_world)
    backend.close()


@pytest.fixture
def world(built: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("PERSONALIZE_MODE", "read-only")
    return built


CHANGES: dict[str, Callable[[World], Any]] = {
    "library save": lambda w: Library(w.home).save(w.data),
    "library write": lambda w: Library(w.home).write(w.data, ()),
    "library delete": lambda w: Library(w.home).delete(w.data.name),
    "library sweep": lambda w: Library(w.home).sweep_parts(),
    "draft demo": lambda w: DraftDesk(w.backend).load_demo(),
    "draft download": lambda w: DraftDesk(w.backend).load_movielens("100K"),
    "draft path": lambda w: DraftDesk(w.backend).load_path("/etc"),
    "draft own files": lambda w: DraftDesk(w.backend).take(lambda: w.data, "own"),
    "draft words": lambda w: DraftDesk(w.backend).change_words(w.data.name, FILM_WORDS),
    "draft rename": lambda w: DraftDesk(w.backend).rename("key", "new"),
    "draft roles": lambda w: DraftDesk(w.backend).change_roles(w.data.name, w.data.roles),
    "draft copy": lambda w: DraftDesk(w.backend).copy(w.data.name),
    "draft read back": lambda w: DraftDesk(w.backend).read_back(w.data.name),
    "mapping": lambda w: mappings.remember(w.home, "Items", "a.csv", {"a": "ITEM_ID"}),
    "mapping forgotten": lambda w: mappings.forget(w.home, "Items", ["a"]),
    "draft forget": lambda w: DraftDesk(w.backend).forget("key"),
    "draft cancel": lambda w: DraftDesk(w.backend).cancel("key"),
    "draft forget data": lambda w: DraftDesk(w.backend).forget_data(w.data.name),
    "draft note": lambda w: DraftNotes(w.home / "drafts").write(Draft("key", "t", "demo")),
    "draft note forgotten": lambda w: DraftNotes(w.home / "drafts").forget("key"),
    "download": lambda w: downloads.fetch_zip("http://localhost:9/a.zip", w.home / "downloads" / "a.zip"),
    "laboratory start": lambda w: LabRuns(w.home).start(runs.EVALUATION, "two", {}),
    "laboratory cancel": lambda w: LabRuns(w.home).cancel("run"),
    "laboratory resume": lambda w: LabRuns(w.home).resume("run"),
    "laboratory rename": lambda w: LabRuns(w.home).rename("run", "three"),
    "laboratory delete": lambda w: LabRuns(w.home).delete("run"),
    "laboratory now": lambda w: run_now(w.backend, runs.EVALUATION, {}, w.home / "laboratories" / "new"),
    "laboratory group": lambda w: groups.prepare_group(w.backend, groups.group_name("run", 0), w.data),
    "demo start": lambda w: DemoRunner(w.backend).start(),
    "demo run": lambda w: DemoRunner(w.backend).run(),
    "demo cancel": lambda w: DemoRunner(w.backend).cancel(),
    "demo memory": lambda w: DemoMemory(w.home).forget_failure(),
    "sandbox note": lambda w: sandboxes.note(w.home, w.data.name, "sandbox-1"),
    "event tracker": lambda w: tracker.tracking_id(w.backend, w.data.name),
    "forget events": lambda w: tracker.forget(w.backend, w.data.name, "sandbox-1"),
    "delete group": lambda w: deletion.delete_group(w.backend, w.data.name),
    "delete copies": lambda w: deletion.remove_copies(w.backend, w.data.name),
    "import": lambda w: imports.import_data(w.backend, "new", [imports.Source("Interactions", w.home, "{}", 1)]),
    "train": lambda w: training.train(w.backend, f"{ARN}:dataset-group/{w.data.name}", "aws-sims", "sims"),
    "stop": lambda w: training.stop(w.backend, f"{ARN}:solution/a/1"),
    "delete campaign": lambda w: training.delete_campaign(w.backend, f"{ARN}:campaign/a"),
    "delete solution": lambda w: training.delete_solution(w.backend, f"{ARN}:solution/a"),
    "batch": lambda w: batch_jobs.start(w.backend, w.data.name, None, [b"x"], 1),  # type: ignore[arg-type]
    "remember items": lambda w: new_items.remember(w.home, w.data.name, [{"ITEM_ID": "i"}]),
    "upload": lambda w: w.backend.objects.put_bytes("s3://local/x", b"x"),
}
WITHOUT_SENTENCE = {"upload"}
"""Below what screens call: refused by an error of the engine."""


@pytest.mark.parametrize("name", CHANGES)
def test_it_is_refused_with_the_sentence_and_leaves_the_home_as_it_is(world: World, name: str) -> None:
    before = contents(world.home)
    with pytest.raises(Exception if name in WITHOUT_SENTENCE else PlainError) as caught:
        CHANGES[name](world)
    assert str(caught.value) == changes.REFUSAL
    assert contents(world.home) == before


def test_a_start_of_the_app_resumes_and_sweeps_nothing(world: World) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PERSONALIZE_MODE", "normal")
        DemoMemory(world.home).requested = True
        (world.home / "uploads" / "left").mkdir(parents=True)
        (world.home / "uploads" / "left" / "a.csv").write_bytes(b"x")
    before = contents(world.home)
    DraftDesk(world.backend)
    runner = DemoRunner(world.backend)
    runner.resume()
    assert not runner.state().active
    assert contents(world.home) == before


def test_other_kinds_of_errors_keep_the_sentence() -> None:
    with pytest.raises(DataError) as caught, plain_errors(DataError):
        raise ReadOnlyError(changes.REFUSAL)
    assert str(caught.value) == changes.REFUSAL


def test_aws_is_refused_before_a_request_is_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/nonexistent",
    }.items():
        monkeypatch.setenv(name, value)
    environment = {
        "PERSONALIZE_BACKEND": "aws",
        "PERSONALIZE_BUCKET": "films",
        "PERSONALIZE_ROLE_ARN": "arn:aws:iam::123456789012:role/personalize",
        "PERSONALIZE_MODE": "read-only",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    }
    backend = open_backend(environment, tmp_path)
    with pytest.raises(ReadOnlyError):
        backend.personalize.delete_campaign(campaignArn=f"{ARN}:campaign/a")
    with pytest.raises(ReadOnlyError):
        backend.events.put_events(trackingId="t", sessionId="s", eventList=[{"eventType": "e", "sentAt": 1}])
    with pytest.raises(Exception, match="read-only mode"):
        backend.objects.delete("s3://films/a")


@pytest.mark.parametrize("mode", ["readonly", "READ-ONLY", "1", "read-only "])
def test_a_mode_that_does_not_exist_is_told_and_allows_nothing(mode: str, tmp_path: Path) -> None:
    environment = {"PERSONALIZE_MODE": mode}
    assert not changes.may_change(environment)
    with pytest.raises(BackendError, match=r'PERSONALIZE_MODE is .*; it must be "normal" or "read-only"'):
        open_backend(environment, tmp_path)
    assert changes.may_change({})
    assert changes.may_change({"PERSONALIZE_MODE": "normal"})


WRITERS = {"mkdir", "write_text", "write_bytes", "unlink", "rmtree", "touch", "to_parquet", "Popen"}
"""Calls that change files or start a process."""
ASKED_BEFORE = {
    "services.audit": "records changes that were allowed",
    "services.library.prepared": "writes into a folder of the caller's",
    "services.moving.data": "writes into the folder of a move or of a parcel, which asked",
    "services.library.turns": "a lock, taken by an import that was allowed",
    "services.laboratory.context": "inside a run that was allowed",
    "services.screens.evaluation.asking": "inside a run that was allowed",
    "services.screens.data.recovery": "DraftDesk asks",
    "services.screens.evaluation.others.files": "writes into memory, for a download",
    "services.sources.reading.dialects": "a sample in a temporary folder, for DuckDB's sniffer",
}
"""Modules that change files and leave the question to their callers."""


def test_a_module_that_changes_files_asks_whether_it_may() -> None:
    silent = set()
    for path in sorted((ROOT / "services").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        called = {
            node.func.attr for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        asks = any(isinstance(node, ast.Name) and node.id == "changing_home" for node in nodes)
        if called & WRITERS and not asks and not module.startswith("services.engine"):
            silent.add(module)
    assert silent == set(ASKED_BEFORE)
