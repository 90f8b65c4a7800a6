"""Open a page of the app as a visitor with an address would, and follow it until something is true."""

import time
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = str(Path(__file__).parents[2] / "app.py")


def open_page(file: str, **query: str) -> AppTest:
    """Return the app on this page file, run with these parameters in its address."""
    at = AppTest.from_file(APP, default_timeout=60)
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    at.switch_page(file).run()
    return at


def headline(at: AppTest) -> str:
    """Return the page's headline; nothing unexpected may be on it."""
    assert not at.exception
    return at.subheader[0].value


def until(at: AppTest, condition: Callable[[AppTest], bool], timeout_s: float = 60.0) -> AppTest:
    """Run the page again and again until the condition holds."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        at.run()
        assert not at.exception
        if condition(at):
            return at
        time.sleep(0.1)
    raise AssertionError(f"the page still says {headline(at)}")
