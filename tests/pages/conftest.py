"""Apps to test pages with: a workspace with films and popularity, and an empty one."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, app_test

from tests.pages.driving import Patch, app_over, empty_caches
from tests.prepared import built_once, copied, train_quickly


@pytest.fixture(scope="session", autouse=True)
def _streamlit_looks_for_components_once() -> Iterator[None]:
    """Each new AppTest reads the metadata of every installed package, which takes as long as a page; none changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def _streamlit_removes_its_folder() -> Iterator[None]:
    """AppTest leaves its temporary folder to the interpreter's exit, which then warns of it."""
    yield
    app_test.TMP_DIR.cleanup()


@pytest.fixture
def monkeypatch() -> Iterator[pytest.MonkeyPatch]:
    """pytest's own, which empties the app's caches when it patches something."""
    patch = Patch()
    yield patch
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_cached_for_other_folders() -> Iterator[None]:
    """The app's engine is closed with the caches that hold it."""
    yield
    empty_caches()


@pytest.fixture(scope="session")
def films_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the film demo and popularity; tests only read it."""
    return copied(demo_home, tmp_path_factory.mktemp("films") / "home")


@pytest.fixture
def films_app(films_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over the film demo, not run yet."""
    yield from app_over(films_home, monkeypatch)


@pytest.fixture(scope="session")
def personal_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with aws-hrnn and aws-hrnn-metadata, trained for one epoch on the shorter histories."""

    def build(home: Path) -> None:
        copied(demo_home, home)
        train_quickly(home, "aws-hrnn", "aws-hrnn-metadata")

    return copied(built_once(tmp_path_factory, "personal", build), tmp_path_factory.mktemp("personal") / "home")


@pytest.fixture
def story_app(story_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over what the guided story shows, not run yet."""
    yield from app_over(story_home, monkeypatch)


@pytest.fixture
def personal_app(personal_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over the film demo with recipes that look at a person's history, not run yet."""
    yield from app_over(personal_home, monkeypatch)


@pytest.fixture
def own_personal_app(personal_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over a copy of the same that a test may send events to, not run yet."""
    yield from app_over(copied(personal_home, tmp_path / "home"), monkeypatch)


@pytest.fixture
def sims_app(sims_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over the film demo with similar items, not run yet."""
    yield from app_over(sims_home, monkeypatch)


@pytest.fixture
def ranking_app(ranking_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over the film demo with similar items and personalized ranking, not run yet."""
    yield from app_over(ranking_home, monkeypatch)


@pytest.fixture
def own_films_app(films_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over a copy of the film demo that a test may train on, not run yet."""
    monkeypatch.setenv("PERSONALIZE_WORKER_IDLE_S", "1")
    yield from app_over(copied(films_home, tmp_path / "home"), monkeypatch)


@pytest.fixture
def empty_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over an empty home folder, not run yet."""
    yield from app_over(tmp_path / "home", monkeypatch)
