"""The wheel: built from what the image's build gets, complete, in one folder, and started beside strangers' modules."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.metadata import Distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
COMMAND = "import sys; from personalize_explorer.services.commands.entry import main; sys.exit(main())"
START_S = 60


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the wheel is unpacked, as site-packages is."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line.startswith("!"):
            path = ROOT / line[1:]
            (source / line[1:]).parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if path.is_dir() else shutil.copy
            copy(path, source / line[1:])
    building = [sys.executable, "-c", BUILD, str(built)]
    subprocess.run(building, cwd=source, check=True, capture_output=True, timeout=60)
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder := tmp_path_factory.mktemp("site"))
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder whose modules have the names of ours, as a person's own project may."""
    for name in ("services/__init__.py", "pages/__init__.py", "app.py", "streamlit.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("raise RuntimeError('this is the module of somebody else')\n")
    return tmp_path


@contextmanager
def started(site: Path, folder: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Start the command of the wheel as a person would in a folder, without a home in the environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PERSONALIZE_")}
    environment |= {"PYTHONPATH": str(site), "XDG_DATA_HOME": str(folder / "user data"), "COLUMNS": "200"}
    command = [sys.executable, "-P", "-c", COMMAND, *arguments]
    with subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_wheel_has_all_files_that_run_in_one_folder(site: Path) -> None:
    files = [path for folder in ("pages", "services") for path in (ROOT / folder).rglob("*") if path.is_file()]
    expected = {str(path.relative_to(ROOT)) for path in files if path.suffix != ".pyc"}
    expected |= {"app.py", "requirements.txt", ".streamlit/config.toml", "docs/images/social_card.png"}
    package = site / "personalize_explorer"
    assert {str(path.relative_to(package)) for path in package.rglob("*") if path.is_file()} == expected
    assert {path.name.partition("-")[0] for path in site.iterdir()} == {"personalize_explorer"}


def test_wheel_needs_what_requirements_txt_pins(site: Path) -> None:
    (information,) = site.glob("*.dist-info")
    lines = [line.strip() for line in (ROOT / "requirements.txt").read_text().splitlines()]
    assert Distribution.at(information).requires == [line for line in lines if line and not line.startswith("#")]


def test_home_of_a_wheel_is_in_the_folder_of_the_users_data(site: Path, elsewhere: Path) -> None:
    with started(site, elsewhere, "run", "--help") as process:
        printed = process.communicate(timeout=START_S)[0]
    assert process.returncode == 0, printed
    assert f"default: PERSONALIZE_HOME or {elsewhere / 'user data' / 'personalize-explorer'}" in printed


def test_run_starts_from_any_folder_with_the_settings_of_the_explorer(site: Path, elsewhere: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with started(site, elsewhere, "run", "--port", str(port)) as process:
        status, policy = first_answer(port)
        process.send_signal(signal.SIGTERM)
        printed = process.communicate(timeout=START_S)[0]
    assert status == 200, printed
    assert "frame-ancestors 'none'" in policy
    assert f"URL: http://127.0.0.1:{port}" in printed, "server.address of .streamlit/config.toml"
    assert "RuntimeError" not in printed


def first_answer(port: int) -> tuple[int, str]:
    """Wait until the pages answer; return the status and the content security policy."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            try:
                connection.request("GET", "/")
                answer = connection.getresponse()
                return answer.status, answer.headers.get("content-security-policy", "")
            except OSError:
                time.sleep(0.05)
    return 0, ""
