"""What tests of several folders share: prepared homes, one thread for each of several processes, missing packages."""

import gc
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.engine.threads import answer_with_one_thread
from tests.needs import need
from tests.played import play_cold_start, play_evaluation
from tests.prepared import built_once, copied, draw_flat_map, prepare, train_and_deploy, train_quickly
from tests.working import leave, own_process, work_in_threads

DEV_PACKAGES = {"hypothesis", "moto", "playwright"}
"""What test files import that only requirements-dev.txt installs."""
E2E = "tests/e2e/"

if importlib.util.find_spec("hypothesis") and not os.environ.get("CI"):  # in CI, Hypothesis does so itself
    hypothesis = importlib.import_module("hypothesis")
    unhurried = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
    hypothesis.settings.register_profile("unhurried", **unhurried)  # a busy machine is no fault of the code
    hypothesis.settings.load_profile("unhurried")

gc.set_threshold(50_000, 20, 50)  # tests make objects that stay; to look through them takes a tenth of the collection

if "PYTEST_XDIST_WORKER" in os.environ:  # several processes share the cores
    answer_with_one_thread()  # a second thread in each would wait for the others
    os.environ["PERSONALIZE_WORKER_NICENESS"] = "0"  # a worker that gets only what tests leave would keep them waiting


class TestFile(pytest.Module):
    """A test file; one that imports a development package that is missing is skipped, and fails in CI."""

    def collect(self):
        try:
            return list(super().collect())
        except self.CollectError as error:
            missing = error.__cause__
            if isinstance(missing, ModuleNotFoundError) and missing.name:
                package = missing.name.partition(".")[0]
                if package in DEV_PACKAGES:
                    need(package)
            raise


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module:
    return TestFile.from_parent(parent, path=module_path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep a file in one process, and all browser tests: two browsers at once starve the trainings both wait for."""
    from xdist.scheduler import LoadFileScheduling

    if config.getvalue("dist") != "loadfile":
        return None

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return E2E if nodeid.startswith(E2E) else super()._split_scope(nodeid)

    return Scheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Let the garbage collector pass by the tests and modules that stay until the end."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Let it look at them again: libraries report at the interpreter's end what was not given back."""
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def _jobs_run_in_threads() -> Iterator[None]:
    """A process for each home's worker would import torch anew; see tests/working.py."""
    work_in_threads()
    yield
    leave()


@pytest.fixture
def worker_processes() -> Iterator[None]:
    """For tests of the worker's process itself."""
    with own_process():
        yield


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home that prepare() makes, built once for all processes; tests copy it and leave it as it is."""
    return built_once(tmp_path_factory, "demo", prepare)


@pytest.fixture(scope="session")
def sims_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the film demo, popularity and similar items; tests only read it."""

    def build(home: Path) -> None:
        copied(demo_home, home)
        train_and_deploy(home, "aws-sims")

    return copied(built_once(tmp_path_factory, "sims", build), tmp_path_factory.mktemp("sims") / "home")


@pytest.fixture(scope="session")
def ranking_home(sims_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a ranking that was trained too quickly to be good; tests only read it."""

    def build(home: Path) -> None:
        copied(sims_home, home)
        train_and_deploy(home, "aws-personalized-ranking", epochs="1", max_user_history_length_percentile="0.3")

    return copied(built_once(tmp_path_factory, "ranking", build), tmp_path_factory.mktemp("ranking") / "home")


@pytest.fixture(scope="session")
def story_home(ranking_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film demo with every campaign and run that the guided story shows, none of them good; tests only read it."""

    def build(home: Path) -> None:
        copied(ranking_home, home)
        train_quickly(home, "aws-hrnn")
        draw_flat_map(home)
        play_cold_start(home)
        play_evaluation(home, "aws-hrnn", "aws-hrnn-metadata")

    return copied(built_once(tmp_path_factory, "story", build), tmp_path_factory.mktemp("story") / "home")
