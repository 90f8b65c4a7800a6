"""Whether the explorer can run here: Python, packages, settings, home folder, ports; each a sentence with a remedy.

It changes nothing: a home that does not exist is not made, an older one is not migrated.
"""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from services.backend import open_backend
from services.commands.findings import Finding
from services.commands.installation import ROOT
from services.commands.running import running
from services.engine.errors import HomeUnusable, InvalidSetting
from services.engine.settings import EngineSettings, from_environment
from services.engine.store.database import require_known_format
from services.errors import BackendError

MIN_PYTHON, TOO_NEW_PYTHON = (3, 11), (3, 15)
MIN_FREE_BYTES = 1_000_000_000
"""Room for data of some million events, its models and its copies; the film demo's home has 30 MB."""
LOADED = ("numpy", "scipy", "pandas", "pyarrow", "duckdb", "safetensors", "torch", "streamlit", "services.backend")
"""Packages with compiled parts, which can be installed and still not load, and what puts ours together."""
FILES = ("app.py", ".streamlit/config.toml", "pages/home_page.py", "services/sources/film_demo/catalogue.csv")
LOAD_TIMEOUT_S = 120.0


def findings(ports: Mapping[str, int]) -> Iterator[Finding]:
    """Yield what was found, one thing after the other; ports are those of the commands run and serve."""
    yield python(sys.version_info[:2], sys.version.split()[0])
    yield files(ROOT)
    yield (versions := packages((ROOT / "requirements.txt").read_text(encoding="utf-8")))
    if versions.fine:
        yield loading(LOADED)
    try:
        settings = from_environment()
    except InvalidSetting as error:
        yield Finding(False, str(error))
    else:
        yield home(settings)
        yield from backend(os.environ)
    for command, number in ports.items():
        yield port(command, number)


def python(found: tuple[int, int], text: str) -> Finding:
    """Return whether this Python is one that the explorer is made for."""
    if MIN_PYTHON <= found < TOO_NEW_PYTHON:
        return Finding(True, f"Python {text}.")
    return Finding(False, f"This is Python {text}; 3.11 to 3.14 is needed. Install one of them, then install again.")


def files(root: Path) -> Finding:
    """Return whether the installation has its files."""
    missing = [name for name in FILES if not (root / name).exists()]
    if missing:
        return Finding(False, f"{', '.join(missing)} is missing in {root}. Install the explorer again.")
    return Finding(True, f"Installed in {root}.")


def packages(requirements: str) -> Finding:
    """Return whether the packages have the versions that requirements.txt pins."""
    lines = [line.strip() for line in requirements.splitlines()]
    pins = [line.partition("==")[::2] for line in lines if line and not line.startswith("#")]
    wrong = []
    for name, wanted in pins:
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{name} {wanted} is missing")
            continue
        if found.partition("+")[0] != wanted:  # 2.13.0+cpu is PyTorch's CPU build of 2.13.0
            wrong.append(f"{name} is {found}, not {wanted}")
    if wrong:
        remedy = f"pip install -r {ROOT / 'requirements.txt'}"
        return Finding(False, f"Packages differ: {'; '.join(wrong)}. Install them: {remedy}")
    return Finding(True, f"All {len(pins)} packages have the versions of requirements.txt.")


def loading(modules: tuple[str, ...]) -> Finding:
    """Return whether modules can be loaded, tried in a process of its own as a worker would."""
    program = "\n".join(f"import {module}" for module in modules)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    try:
        tried = subprocess.run(
            [sys.executable, "-P", "-c", program],
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LOAD_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding(False, f"The packages could not be loaded: {error}. Close other programs, then try again.")
    if tried.returncode:
        reason = (tried.stderr.strip().splitlines() or [f"the process ended with status {tried.returncode}"])[-1]
        return Finding(False, f"The packages cannot be loaded: {reason}. Install what is named, then try again.")
    return Finding(True, "The packages can be loaded.")


def home(settings: EngineSettings) -> Finding:
    """Return whether the home folder can be used: written, locked, of a known format, with room on its disk."""
    folder = settings.home
    there = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        _try_writing(there)
        require_known_format(settings)
    except OSError as error:
        return Finding(
            False, f"The home folder {folder} cannot be written: {error}. Set PERSONALIZE_HOME to one that can."
        )
    except HomeUnusable as error:
        return Finding(False, str(error))
    free = shutil.disk_usage(there).free
    room = f"{free / 1e9:,.1f} GB are free"
    if free < MIN_FREE_BYTES:
        return Finding(False, f"Only {room} where the home folder {folder} is; make room for at least 1 GB.")
    made = "can be written" if there == folder else "can be made"
    return Finding(True, f"The home folder {folder} {made}; {room}.")


def backend(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield whether AWS can be asked, where the environment chooses it; the embedded engine needs a home only."""
    if environment.get("PERSONALIZE_BACKEND", "embedded") in ("", "embedded"):
        return
    try:
        opened = open_backend(environment)
    except BackendError as error:
        yield Finding(False, str(error))
    else:
        yield Finding(True, f"The screens will ask {opened.label}.")
        opened.close()


def port(command: str, number: int) -> Finding:
    """Return whether a port of this machine is free."""
    if _is_free(number):
        return Finding(True, f"Port {number} is free for {command}.")
    other = next((near for near in range(number + 1, min(number + 100, 65_536)) if _is_free(near)), 0)
    if running({command: number}).fine:
        return Finding(
            False, f"Port {number} has a server that {command} started. Open it, or use {command} --port {other}."
        )
    return Finding(
        False, f"Port {number} cannot be used: another program has it. End it, or use {command} --port {other}."
    )


def _try_writing(folder: Path) -> None:
    """Write and lock a file that has no name, so that nothing is left."""
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"x")
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_free(number: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", number))
        except (OSError, OverflowError):
            return False
    return True
