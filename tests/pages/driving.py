"""Open a page of the app as a visitor with an address would, follow it until something is true, read what it says."""

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from pages.components.keys import Key
from pages.components.markdown import JOINER
from pages.components.navigation import SCREENS

APP = str(Path(__file__).parents[2] / "app.py")
HOME = "PERSONALIZE_HOME"
RUN_S = 60
_cached: list[Path] = []
"""The home folder whose data and backend Streamlit's caches hold."""


def new_app() -> AppTest:
    """Return the app as a new visitor meets it, not run yet."""
    return AppTest.from_file(APP, default_timeout=RUN_S)


def app_over(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """Yield the app over this home folder, not run yet; the next test over the same folder finds what it has cached."""
    monkeypatch.setenv(HOME, str(home))
    if _cached != [home]:
        empty_caches()
        _cached[:] = [home]
    yield new_app()


def empty_caches() -> None:
    """Forget what Streamlit's caches keep, which outlives an AppTest within one process."""
    _cached.clear()
    st.cache_data.clear()
    st.cache_resource.clear()


class Patch(pytest.MonkeyPatch):
    """Patches code and settings; what the app has cached before, and meanwhile, is forgotten.

    An object may itself be what is cached, such as the backend: what was cached before its patch stays.
    """

    def setattr(self, target: Any, *arguments: Any, **options: Any) -> None:
        super().setattr(target, *arguments, **options)
        if isinstance(target, str | type | ModuleType):
            self._patched()
        self.patched = True

    def setitem(self, among: Any, name: Any, value: Any) -> None:
        """Patch an item, as setenv() does in os.environ; app_over() alone sees to another home."""
        super().setitem(among, name, value)
        if not (among is os.environ and name == HOME):
            self._patched()

    def delenv(self, *arguments: Any, **options: Any) -> None:
        super().delenv(*arguments, **options)
        self._patched()

    def undo(self) -> None:
        super().undo()
        if self.patched:
            self._patched()

    patched = False

    def _patched(self) -> None:
        empty_caches()
        self.patched = True


def opened(app: AppTest, page: str, **query: str | list[str]) -> AppTest:
    """Return this app on this page file, run with these parameters in its address, as a click on the menu opens it."""
    app.session_state[Key.ACTED] = True
    return landed(app, page, **query)


def landed(app: AppTest, page: str, **query: str | list[str]) -> AppTest:
    """Return this app as somebody sees it who has opened the page's address and clicked nothing."""
    screen = next(screen for screen in SCREENS if screen.file == page)
    # switch_page() works after a first run only, which draws Home and takes as long as the page itself
    app._page_hash = calc_hash("" if screen is SCREENS[0] else screen.url)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def open_page(page: str, **query: str | list[str]) -> AppTest:
    """Return a new visitor's app on this page file, with these parameters in the address."""
    return opened(new_app(), page, **query)


def headline(app: AppTest) -> str:
    """Return the page's headline; nothing unexpected may be on it."""
    assert not app.exception
    return plain(app.subheader[0].value)


def plain(markdown: str) -> str:
    """Return the text that escaped Markdown shows."""
    return re.sub(r"\\(?=[!-/:-@\[-`{-~])", "", markdown).replace(JOINER, "").replace("\u00a0", " ")


def requests(app: AppTest) -> list[str]:
    """Return the code in the drawers with requests, which are opened for it."""
    for drawer in app.expander:
        if drawer.label == "Request":
            app.session_state[drawer.proto.id.rpartition("-")[2]] = True  # the key ends the id
    return [block.value for block in app.run().code]


def said(app: AppTest) -> str:
    """Return the headline of a page that shows no error."""
    assert not app.error, app.error[0].value
    return headline(app)


def text(app: AppTest, *more: str) -> str:
    """Return what stands in the page's Markdown, its captions and its elements of these further kinds."""
    return "\n".join(plain(element.value) for kind in ("markdown", "caption", *more) for element in app.get(kind))


def values(app: AppTest) -> dict[str, str]:
    """Return the page's figures by label."""
    return {metric.label: metric.value for metric in app.metric}


def until(app: AppTest, condition: Callable[[AppTest], bool], timeout_s: float = 60.0) -> AppTest:
    """Run the page again, ever more seldom, until the condition holds: what it waits for needs the processor too."""
    deadline, pause_s = time.monotonic() + timeout_s, 0.1
    while time.monotonic() < deadline:
        app.run()
        assert not app.exception
        if condition(app):
            return app
        time.sleep(pause_s)
        pause_s = min(1.5 * pause_s, 0.5)
    raise AssertionError(f"the page still says {headline(app)}")
