"""Hostile deep links over every screen: no error that nobody wrote a sentence for, no traceback, nothing written.

A case opens one link in the app as a new visitor does (Streamlit's AppTest, from app.py): a screen, and up to five
parameters, of its own or of others, with values that exist, are out of range, or are no values at all.
"""

import os
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.torture.campaign import Campaign, Case
from benchmarks.torture.state import CATCH_ALL
from benchmarks.torture.world import IDLE, NAME, full_world
from pages.components.keys import Key
from pages.components.navigation import SCREENS

ROOT = Path(__file__).resolve().parents[2]
RUN_S = 120
PARAMETERS = sorted(value for name, value in vars(Key).items() if not name.startswith("_") and isinstance(value, str))
GOOD = (
    *("u0", "u1", "u5", "i0", "i3", NAME, "1", "5", "10", "25", "watch", "Horror", "GENRES", "aws-hrnn", "aws-sims"),
    *("table", "map", "last_tenth", "time", "true", "Film 3", "i0,i1,i2", "New visitor", "All", "u0,u1"),
)
BAD = (
    *("", " ", "0", "-1", "1e999", "nan", "inf", "9" * 30, "1.5", "None", "null", "[]", "{}", "undefined", "x" * 5000),
    *(
        "<script>alert(1)</script>",
        "![x](http://x/y.png)",
        "[x](http://x)",
        "$\\frac{1}{0}$",
        ":red[x]",
        "`x`",
        "**x**",
    ),
    *("../../etc/passwd", "/etc/passwd", "C:\\x", "'; DROP TABLE x; --", "%00", "\x00", "\u202e", "😀", "é", "a\nb"),
    *("u0,,u1", ",,,", "i0," * 500, "*", "?", "[a]", "__class__", "0x10", "1_000", "١", "arn:aws:personalize:::x/y"),
)


def run(campaign: Campaign, template: Path | None = None) -> None:
    """Do cases until the time has passed; template is a home that nobody else has open."""
    template = template or full_world(campaign.folder)
    with _app_over(template) as new_app:
        for case in campaign.cases():
            with case.running():
                _case(case, template, new_app)


def draw_link(draw: random.Random) -> tuple[str, dict[str, str | list[str]]]:
    """Return a page's file and the parameters of its address."""
    query: dict[str, str | list[str]] = {}
    for name in draw.sample(PARAMETERS, draw.randint(1, 5)):
        values = [draw.choice(GOOD if draw.random() < 0.35 else BAD) for _ in range(draw.choice((1, 1, 1, 1, 3)))]
        query[name] = values if len(values) > 1 else values[0]
    if draw.random() < 0.6:
        query["data"] = NAME
    return draw.choice(SCREENS).file, query


def _case(case: Case, home: Path, new_app: Callable[[], Any]) -> None:
    page, query = draw_link(case.draw)
    what = f"{page} with {query!r}"[:300]
    before = contents(home)
    app = new_app().run()
    app.switch_page(page)
    del app.session_state[Key.FIRST_PAGE]  # AppTest begins at app.py, which is Home
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    case.count("links")
    for error in app.exception:
        case.fault(f"{what}: {error.value} {error.stack_trace[-1:] if hasattr(error, 'stack_trace') else ''}")
    shown = "\n".join(str(element.value) for kind in ("error", "markdown", "text") for element in app.get(kind))
    for words in CATCH_ALL:
        case.expect(words not in shown, f"{what}: the page says {words!r}")
    after = contents(home)
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    case.expect(not changed, f"{what}: opening it changed {changed[:5]}")


def contents(home: Path) -> dict[str, str]:
    """Return a hash of each file of a home by its path; of the database, one of each table's rows."""
    files = {
        str(path.relative_to(home)): f"{path.stat().st_size} {path.stat().st_mtime_ns}"
        for path in home.rglob("*")
        if path.is_file() and not path.name.startswith(("engine.sqlite", "worker.lock")) and "logs" not in path.parts
    }
    return files | _tables(home / "engine.sqlite")


def _tables(path: Path) -> dict[str, str]:
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    try:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            f"table {name}": sha256(repr(database.execute(f"SELECT * FROM {name}").fetchall()).encode()).hexdigest()
            for name in names
        }
    finally:
        database.close()


@contextmanager
def _app_over(home: Path) -> Iterator[Callable[[], Any]]:
    """Give a function that returns the app over a home as a new visitor meets it, not run yet."""
    import streamlit as st
    from streamlit.components.v2 import manifest_scanner
    from streamlit.testing.v1 import AppTest

    # each new AppTest reads the metadata of every installed package, which takes as long as a page
    scan = manifest_scanner.scan_component_manifests
    manifest_scanner.scan_component_manifests = cache(scan)
    given = dict(os.environ)
    os.environ.update(IDLE, PERSONALIZE_HOME=str(home))
    try:
        yield lambda: AppTest.from_file(str(ROOT / "app.py"), default_timeout=RUN_S)
    finally:
        manifest_scanner.scan_component_manifests = scan
        os.environ.clear()
        os.environ.update(given)
        st.cache_data.clear()
        st.cache_resource.clear()
