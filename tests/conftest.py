"""What tests of several folders share."""

import shutil
from pathlib import Path

import pytest

from tests.prepared import prepare, train_and_deploy


@pytest.fixture(scope="session")
def sims_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the film demo, popularity and similar items; tests only read it."""
    home = tmp_path_factory.mktemp("sims")
    prepare(home)
    train_and_deploy(home, "aws-sims")
    return home


@pytest.fixture(scope="session")
def ranking_home(sims_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a ranking that was trained too quickly to be good; tests only read it."""
    home = tmp_path_factory.mktemp("ranking") / "home"
    shutil.copytree(sims_home, home)
    train_and_deploy(home, "aws-personalized-ranking", epochs="1", max_user_history_length_percentile="0.3")
    return home
