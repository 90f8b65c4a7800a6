"""What check says of an installation: what is fine, and what is wrong with its remedy."""

import re
import socket
import sqlite3
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from services.commands import check
from services.commands.findings import Finding, report
from services.commands.installation import ROOT
from services.commands.running import BASE_PATH, HEALTH, running
from services.engine.settings import EngineSettings
from services.engine.store.migrations import MIGRATIONS


def test_python_is_the_one_that_the_project_requires() -> None:
    required = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    bounds = [tuple(map(int, bound.split("."))) for bound in re.findall(r"[\d.]+", required)]
    assert bounds == [check.MIN_PYTHON, check.TOO_NEW_PYTHON]
    assert not check.python((3, 10), "3.10.4").fine
    assert check.python((3, 14), "3.14.0").fine
    assert "3.11 to 3.14" in check.python((3, 15), "3.15.0").sentence


def test_files_of_this_installation_are_there(tmp_path: Path) -> None:
    assert check.files(ROOT).fine
    assert "app.py" in check.files(tmp_path).sentence


def test_packages_of_this_environment_are_those_of_requirements() -> None:
    """PyTorch's CPU build, 2.13.0+cpu, is the version 2.13.0."""
    found = check.packages((ROOT / "requirements.txt").read_text())
    assert found.fine, found.sentence


def test_packages_that_differ_are_named_with_both_versions() -> None:
    found = check.packages("# a comment\n\nnumpy==1.0\nno-such-package==2.0\n")
    assert not found.fine
    assert re.search(r"numpy is \d[\d.]+, not 1\.0; no-such-package 2\.0 is missing", found.sentence)


def test_a_package_that_cannot_be_loaded_is_named() -> None:
    assert check.loading(("services.errors",)).fine
    found = check.loading(("json", "no_such_package"))
    assert not found.fine
    assert "No module named 'no_such_package'" in found.sentence


def test_a_new_home_can_be_made_and_is_not_made(tmp_path: Path) -> None:
    found = check.home(EngineSettings(home=tmp_path / "a" / "home"))
    assert found.fine
    assert "can be made" in found.sentence
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_cannot_be_written_gets_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = check.home(EngineSettings(home=tmp_path / "file" / "home"))
    assert not found.fine
    assert "PERSONALIZE_HOME" in found.sentence


@pytest.mark.parametrize(("steps", "fine"), [(-1, True), (0, True), (1, False)])
def test_a_home_keeps_its_format(steps: int, fine: bool, tmp_path: Path) -> None:
    """An older home is not migrated, a newer one is refused as it would be at the start."""
    number = len(MIGRATIONS) + steps
    settings = EngineSettings(home=tmp_path)
    database = sqlite3.connect(settings.database_path, isolation_level=None)
    database.execute(f"PRAGMA user_version = {number}")
    found = check.home(settings)
    assert found.fine == fine
    assert ("newer version" in found.sentence) != fine
    assert database.execute("PRAGMA user_version").fetchone() == (number,)
    database.close()


def test_a_port_in_use_gets_a_free_one_as_its_remedy() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        found = check.port("serve", other.getsockname()[1])
        assert not found.fine
        proposed = int(re.findall(r"serve --port (\d+)", found.sentence)[0])
    assert check.port("serve", proposed).fine
    assert not check.port("run", 70_000).fine


def test_aws_without_its_variables_is_a_problem() -> None:
    assert list(check.backend({})) == []
    (found,) = check.backend({"PERSONALIZE_BACKEND": "aws"})
    assert not found.fine
    assert "PERSONALIZE_ROLE_ARN" in found.sentence


def test_report_counts_the_problems(capsys: pytest.CaptureFixture[str]) -> None:
    assert report([Finding(True, "This."), Finding(False, "That.")]) == 1
    assert capsys.readouterr().out == "ok      This.\nproblem That.\n"


@pytest.fixture
def answering() -> Iterator[int]:
    """Yield the port of a server that is healthy as `run` is."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in (HEALTH["run"], f"/films{HEALTH['run']}") else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_running_asks_each_command_at_its_own_address(answering: int) -> None:
    assert running({"run": answering}).sentence == f"run answers on port {answering}."
    assert not running({"serve": answering}).fine
    assert running({"run": answering, "serve": 70_000}).fine, "a container has one of them"


def test_running_asks_below_the_path_of_the_pages(answering: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BASE_PATH, "/films/")
    assert running({"run": answering}).fine
    monkeypatch.setenv(BASE_PATH, "books")
    assert not running({"run": answering}).fine


def test_a_port_of_a_running_explorer_is_told_from_others(answering: int) -> None:
    assert "has a server that run started" in check.port("run", answering).sentence
    assert "another program" in check.port("serve", answering).sentence


def test_running_is_a_problem_when_nobody_answers() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        found = running({"run": silent.getsockname()[1]})
    assert not found.fine
