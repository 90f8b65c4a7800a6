"""The command line: run, serve, demo, check, and where each has its home."""

import itertools
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.commands.__main__ import main
from services.commands.installation import ROOT, choose_home, is_clone
from services.engine.settings import PRIVATE_UMASK


@pytest.fixture(autouse=True)
def unchanged() -> Iterator[None]:
    """Put back what a command changes for its own process."""
    home, umask = os.environ.get("PERSONALIZE_HOME"), os.umask(0o022)
    os.umask(umask)
    yield
    os.umask(umask)
    os.environ.pop("PERSONALIZE_HOME", None)
    if home is not None:
        os.environ["PERSONALIZE_HOME"] = home


def said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Return what a command that only says something says."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("command", ["run", "serve", "demo", "check"])
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command in said(["--help"], capsys)
    assert "--home" in said([command, "--help"], capsys)


def test_version_is_the_one_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert said(["--version"], capsys) == f"personalize-explorer {version}\n"


@pytest.mark.parametrize("command", ["demo", "check"])
def test_unknown_options_are_refused(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--fast"])
    assert ended.value.code == 2
    assert "unrecognized arguments: --fast" in capsys.readouterr().err


def test_run_becomes_streamlit_with_the_options_of_both(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    executed: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, command: executed.append(command))
    main(["run", "--home", str(tmp_path), "--port", "8600", "--server.baseUrlPath", "films", "--address", "127.0.0.2"])
    (command,) = executed
    assert command[:6] == [sys.executable, "-P", "-m", "streamlit", "run", str(ROOT / "app.py")]
    assert command[6:10] == ["--server.port", "8600", "--server.address", "127.0.0.2"]
    assert command[10:] == ["--server.baseUrlPath", "films"]
    assert os.environ["PERSONALIZE_HOME"] == str(tmp_path)
    assert os.umask(0o022) == PRIVATE_UMASK


def test_run_for_every_address_asks_nobody_for_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit asks a host on the internet for the address that it prints, unless it is told one."""
    executed: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, command: executed.append(command))
    main(["run", "--address", "0.0.0.0", "--browser.serverAddress", "films.example.org"])
    addresses = [value for option, value in itertools.pairwise(executed[0]) if option == "--browser.serverAddress"]
    assert addresses == ["localhost", "films.example.org"], "the last one counts"


def test_demo_says_why_it_cannot_begin(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("PERSONALIZE_BACKEND", "azure")
    assert main(["demo"]) == 1
    assert 'PERSONALIZE_BACKEND is "azure"' in caplog.text


def test_home_is_the_option_then_the_environment_then_the_clone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSONALIZE_HOME", "")
    assert is_clone()
    assert choose_home(None) == ".workspace"
    monkeypatch.setenv("PERSONALIZE_HOME", "/data")
    assert choose_home(None) == "/data"
    assert choose_home("/other") == "/other" == os.environ["PERSONALIZE_HOME"]
