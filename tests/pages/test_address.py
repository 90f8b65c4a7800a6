"""An address: what it cannot mean is left out with a sentence, and opening one changes nothing."""

import sqlite3
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from pages.components import process
from pages.components.keys import Key
from pages.components.parameters import RANGES, number, shown, whole
from tests.pages.driving import app_over, landed, new_app, text
from tests.prepared import copied

ENDLESS, HUGE = "1e999", "9" * 5000
NORA, BEN = "viewer-0001", "viewer-0002"
PAGES = (
    *("home", "data", "training", "recommendations", "compare", "similar", "ranking", "live_events", "cold_start"),
    *("evaluation", "batch"),
)
NOTHING_MEANT = [
    *(ENDLESS, "-1e999", "nan", "-1", HUGE, "1.5e3", "x" * 3000, "", " ", "0", "\u0663", "null", "\x00\x1b[31m"),
    *("../../etc/passwd", "<script>", "%s%n", "a\nb", "\u202egnp.exe", "\ud800"),
]


@given(st.one_of(st.text(), st.floats().map(str), st.integers().map(str), st.sampled_from(NOTHING_MEANT)))
def test_a_text_is_an_allowed_number_or_none(said: str) -> None:
    for allowed in RANGES.values():
        value = number(said, allowed)
        assert value is None or allowed.least <= value <= allowed.most
        assert not allowed.whole or whole(said, allowed) == value
    assert shown(said).isprintable()


def opened_at(page: str, **query: str | list[str]) -> AppTest:
    """Return the app of somebody who has opened this address and clicked nothing."""
    return landed(new_app(), f"pages/{page}_page.py", **query)


@pytest.fixture(scope="module")
def home(personal_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with recipes that listen to events, which no test here may change."""
    return copied(personal_home, tmp_path_factory.mktemp("address") / "home")


@pytest.fixture(autouse=True)
def _app(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for _ in app_over(home, monkeypatch):
        process.backend()  # opens the home, which may settle jobs
        yield


def content(home: Path) -> dict[str, object]:
    """Return every row of the database, and every file but the database, logs, and copies that a start removes."""
    with sqlite3.connect(f"file:{home / 'engine.sqlite'}?mode=ro", uri=True) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        rows: dict[str, object] = {name: database.execute(f'select * from "{name}"').fetchall() for name in tables}
    files = (path for path in home.rglob("*") if path.is_file() and not path.name.startswith("engine.sqlite"))
    return rows | {str(path): path.stat().st_mtime_ns for path in files if not {"logs", "uploads"} & set(path.parts)}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_at_any_address_and_changes_nothing(page: str, home: Path) -> None:
    before = content(home)
    keys = [value for name, value in vars(Key).items() if name.isupper() and value not in (Key.GROUP, Key.PRESENT)]
    app = opened_at(page, **dict(zip(keys, cycle(NOTHING_MEANT[:-1]), strict=False)))
    assert not app.exception
    assert "Something that should not happen" not in "".join(error.value for error in app.error)
    assert content(home) == before


@pytest.mark.parametrize("mode", ["Replay", "By hand", "New visitor"])
def test_no_mode_of_live_events_sends_what_an_address_names(mode: str, home: Path) -> None:
    before = content(home)
    app = opened_at("live_events", mode=mode, sent=["105", "106@watch@3"], user=NORA, second=BEN, events="5")
    assert not app.error
    assert "nothing is stored" in text(app)
    assert content(home) == before


def test_live_events_shows_a_link_as_if_it_were_sent_and_asks_for_a_click() -> None:
    app = opened_at("live_events", user=NORA, second=BEN, events="5", campaign="aws-hrnn")
    assert "nothing is stored" in text(app)
    labels = [metric.label for metric in app.metric]
    assert "Events, not sent" in labels
    shown_first = [list(frame.value["label"]) for frame in app.dataframe if "label" in frame.value.columns]
    app.button(key="live_send_shown").click().run()
    assert "nothing is stored" not in text(app)
    assert "Events sent" in [metric.label for metric in app.metric]
    sent_first = [list(frame.value["label"]) for frame in app.dataframe if "label" in frame.value.columns]
    assert sent_first == shown_first
    for replay in app.session_state[Key.LIVE_REPLAYS]:
        replay.close()


@pytest.mark.parametrize(
    ("page", "key", "value"),
    [
        ("batch", Key.BATCH_LENGTH, ENDLESS),
        ("batch", Key.BATCH_MOST, "-1e999"),
        ("live_events", Key.LIVE_STEP, HUGE),
        ("home", Key.STORY, HUGE),
        ("recommendations", Key.COUNT, "7"),
        ("recommendations", Key.CAMPAIGN, "gone"),
        ("data", Key.DATA_TAB, "Nowhere"),
    ],
)
def test_what_cannot_be_used_is_left_out_and_said(page: str, key: str, value: str) -> None:
    app = opened_at(page, **{key: value})
    assert not app.exception
    assert not app.error
    assert f'"{shown(value)}" for "{key}" in the address ' in text(app)
    assert "in the address" not in text(app.run())


def test_a_batch_of_an_address_has_its_numbers() -> None:
    app = opened_at("batch", each="40", first="7")
    assert app.number_input(key=Key.BATCH_LENGTH).value == 40
    assert "in the address" not in text(app)
