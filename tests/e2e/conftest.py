"""A real server on a free port, a real browser, and what the browser complained about."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from tests.needs import need
from tests.prepared import copied

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

ROOT = Path(__file__).parents[2]
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--js-flags=--no-opt",  # a page lives for seconds: to optimize its code takes longer than to run it
]
START_S = 60
PATIENCE_MS = 60_000
"""How long a page may take to show what a test expects of it: other processes have the cores meanwhile."""
PROBES = ("_stcore/health", "_stcore/host-config")
"""Streamlit looks for its base path below a deep link and expects these to be missing there."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium; its absence fails in CI and skips elsewhere."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing; install it with: apt-get install chromium")
        pytest.skip("no chromium on PATH; install it to run the browser tests")
    return path


@contextmanager
def serving(home: Path, module: str = "streamlit", **more: str) -> Iterator[str]:
    """Run a fresh server over this home folder, with more in its environment, and yield its address.

    module: what Python runs as Streamlit. Its worker leaves when the test ends.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"PERSONALIZE_HOME": str(home), "PERSONALIZE_WORKER_IDLE_S": "1"} | more
    command = [sys.executable, "-m", module, "run", "app.py", "--server.port", str(port)]
    with (home.parent / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        _until_it_answers(address, process, home.parent / "server.log")
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _until_it_answers(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with closing(http.client.HTTPConnection(address.removeprefix("http://"), timeout=2)) as connection:
                connection.request("GET", "/_stcore/health")
                connection.getresponse().read()
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
    pytest.fail(f"The server did not start: {log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def films_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film demo with popularity deployed."""
    return copied(demo_home, tmp_path_factory.mktemp("e2e") / "home")


@pytest.fixture
def fresh_films_server(films_home: Path) -> Iterator[str]:
    """A server that nobody has visited yet."""
    with serving(films_home) as address:
        yield address


@pytest.fixture(scope="session")
def films_server(films_home: Path) -> Iterator[str]:
    """One server for all tests that do not need a fresh one."""
    with serving(films_home) as address:
        yield address


@pytest.fixture(scope="session")
def ranking_server(ranking_home: Path) -> Iterator[str]:
    """A server over the film demo with similar items and personalized ranking."""
    with serving(ranking_home) as address:
        yield address


@pytest.fixture(scope="session")
def story_server(story_home: Path) -> Iterator[str]:
    """A server over the film demo with every campaign and run that the guided story shows."""
    with serving(story_home) as address:
        yield address


@pytest.fixture
def empty_server(tmp_path: Path) -> Iterator[str]:
    """A server over an empty home folder; its film demo has few viewers."""
    home = tmp_path / "home"
    home.mkdir()
    with serving(home, "tests.e2e.few_viewers") as address:
        yield address


_running = ExitStack()
"""The browser of all browser tests, once one has started it."""


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """Close the browser after the last test of this folder: Playwright's event loop must not outlive them."""
    if nextitem is None or not Path(nextitem.path).is_relative_to(Path(__file__).parent):
        _running.close()


@pytest.fixture(scope="session")
def browser(chromium: str) -> "Browser":
    """One Chromium for all browser tests."""
    need("playwright")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    playwright = _running.enter_context(sync_playwright())
    launched = playwright.chromium.launch(executable_path=chromium, headless=True, args=CHROMIUM_FLAGS)
    _running.callback(launched.close)
    _running.callback(_windows.clear)
    return launched


_windows: list["Page"] = []
"""Windows that no visitor has. A new one would compile Streamlit's scripts anew, half of what a visit costs."""


@pytest.fixture
def browse(browser: "Browser") -> Iterator[Callable[..., "Page"]]:
    """Return a function that opens a page as a new visitor; afterwards nothing may have been complained of.

    own: a window that no other test gets, for what cannot be taken back.
    """
    complaints: list[str] = []
    visitors: list[tuple[Page, bool]] = []
    listeners: dict[Any, Callable[..., None]] = {
        "pageerror": lambda error: complaints.append(f"page error: {error}"),
        "console": lambda message: _listen(message, complaints),
        "request": lambda request: _stay(request.url, complaints),
    }

    def open_page(
        url: str, scheme: Literal["light", "dark"] = "light", width: int = 1280, height: int = 720, *, own: bool = False
    ) -> "Page":
        page = _windows.pop() if _windows and not own else browser.new_context().new_page()
        visitors.append((page, own))
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="null")
        for event, listener in listeners.items():
            page.on(event, listener)
        page.context.set_default_timeout(PATIENCE_MS)
        page.goto(url)
        page.locator("h3").first.wait_for()
        return page

    yield open_page
    for page, own in visitors:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
        if own or page.context.pages != [page]:  # behind another one for long, a page has its timers once a minute
            page.context.close()
        else:
            _forget(page)
            _windows.append(page)
    assert complaints == []


def _forget(page: "Page") -> None:
    """Leave nothing of a visitor in a window: no storage, cookies or history."""
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.context.clear_cookies()
    page.goto("about:blank")
    page.context.new_cdp_session(page).send("Page.resetNavigationHistory")


def _listen(message: "ConsoleMessage", complaints: list[str]) -> None:
    if message.type == "error" and not any(probe in message.location.get("url", "") for probe in PROBES):
        complaints.append(f"console: {message.text} {message.location.get('url', '')}")


def _stay(url: str, complaints: list[str]) -> None:
    if not url.startswith(("http://127.0.0.1", "data:", "blob:")):
        complaints.append(f"left the machine: {url}")
