"""Apps to test pages with: a workspace with films and popularity, and an empty one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest, app_test

from tests.prepared import built_once, copied, train_quickly

APP = Path(__file__).parents[2] / "app.py"
RUN_S = 30


@pytest.fixture(scope="session", autouse=True)
def _streamlit_removes_its_folder() -> Iterator[None]:
    """AppTest leaves its temporary folder to the interpreter's exit, which then warns of it."""
    yield
    app_test.TMP_DIR.cleanup()


@pytest.fixture(scope="session")
def films_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the film demo and popularity; tests only read it."""
    return copied(demo_home, tmp_path_factory.mktemp("films") / "home")


@pytest.fixture
def films_app(films_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over the film demo, not run yet."""
    yield from _app(films_home, monkeypatch)


@pytest.fixture(scope="session")
def personal_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with aws-hrnn and aws-hrnn-metadata, trained for one epoch on the shorter histories."""

    def build(home: Path) -> None:
        copied(demo_home, home)
        train_quickly(home, "aws-hrnn", "aws-hrnn-metadata")

    return copied(built_once(tmp_path_factory, "personal", build), tmp_path_factory.mktemp("personal") / "home")


@pytest.fixture
def personal_app(personal_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over the film demo with recipes that look at a person's history, not run yet."""
    yield from _app(personal_home, monkeypatch)


@pytest.fixture
def own_personal_app(personal_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over a copy of the same that a test may send events to, not run yet."""
    yield from _app(copied(personal_home, tmp_path / "home"), monkeypatch)


@pytest.fixture
def sims_app(sims_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over the film demo with similar items, not run yet."""
    yield from _app(sims_home, monkeypatch)


@pytest.fixture
def ranking_app(ranking_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over the film demo with similar items and personalized ranking, not run yet."""
    yield from _app(ranking_home, monkeypatch)


@pytest.fixture
def own_films_app(films_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over a copy of the film demo that a test may train on, not run yet."""
    monkeypatch.setenv("PERSONALIZE_WORKER_IDLE_S", "1")
    yield from _app(copied(films_home, tmp_path / "home"), monkeypatch)


@pytest.fixture
def empty_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over an empty home folder, not run yet."""
    yield from _app(tmp_path / "home", monkeypatch)


def _app(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """What st.cache_resource keeps outlives an AppTest within one process, so it is emptied before and after."""
    monkeypatch.setenv("PERSONALIZE_HOME", str(home))
    _empty_caches()
    yield AppTest.from_file(str(APP), default_timeout=RUN_S)
    _empty_caches()


def _empty_caches() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()
