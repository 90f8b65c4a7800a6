"""Data and addresses are text on every page: never links, pictures, formulas, colours, icons or emoji."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.components.markdown import JOINER, Markdown, as_markdown, escaped, filled
from services.library.store import Library
from tests.pages.driving import app_over, open_page, plain
from tests.prepared import copied

ATTACKS = (
    "![d](http://evil.example/x.png)",
    "[Sign in](http://evil.example)",
    "www.evil.example",
    "me@evil.example",
    ":material/delete:",
    ":red[x]",
    ":smile:",
    "$x^2$",
    "<b>x</b>",
    "`x`",
    "**x**",
    "~~x~~",
)
HOSTILE = " ".join(ATTACKS)
PAGES = ("home", "data", "training", "recommendations", "compare", "similar", "ranking", "live_events", "batch")
PLAIN_TEXT = {
    "options",
    "placeholder",
    "value",
    "raw_value",
    "default",
    "id",
    "query_param_key",
    "file_name",
    "spec",
    "alt",
}
"""Fields that Streamlit never renders as Markdown."""


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_text_works_as_markdown(attack: str) -> None:
    assert attack not in escaped(f"Heat {attack} (1995)")
    assert plain(escaped(attack)) == attack


@pytest.mark.parametrize("start", ["- a", "+ a", "# a", "> a", "1. a", "12) a", "=== a"])
def test_a_text_begins_no_list_and_no_heading(start: str) -> None:
    assert escaped(start) != start
    assert plain(escaped(start)) == start


def test_usual_text_and_names_to_copy_stay_as_they_are() -> None:
    usual = "Same 20 Western films: 4 of 10, 12:30:45 - yes! Halloween (1978)"
    assert escaped(usual) == usual
    assert JOINER not in escaped("arn:aws:personalize:us-east-1:000000000000:solution/films")


def test_markdown_on_purpose_says_so() -> None:
    assert as_markdown(Markdown("**a**")) == "**a**"
    assert filled("**{who}** {n}", who="$", n=2) == r"**\$** 2"


@pytest.fixture(scope="module")
def hostile_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film demo with every title, name and category replaced by Markdown."""
    home = copied(demo_home, tmp_path_factory.mktemp("hostile") / "home")
    for path in (home / "library").glob("*/*/*.parquet"):
        frame = pd.read_parquet(path)
        for column in set(frame.columns) & {"title", "name", "TITLE", "NAME"}:
            frame[column] = HOSTILE
        frame.to_parquet(path, index=False)
    return home


@pytest.fixture
def hostile_app(hostile_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    yield from app_over(hostile_home, monkeypatch)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("hostile_app")
def test_no_page_takes_markdown_from_data_or_address(page: str, hostile_home: Path) -> None:
    assert Library(hostile_home).names()
    app = open_page(f"pages/{page}_page.py", user=HOSTILE, item=HOSTILE, second=HOSTILE, category=HOSTILE)
    assert not app.exception
    for where, text in _rendered(app):
        assert not any(attack in text for attack in ATTACKS[:8]), (where, text)


def _rendered(app: AppTest) -> Iterator[tuple[str, str]]:
    """Yield every text of the page that Streamlit may render as Markdown, with the place where it stands."""
    for node in app._tree:  # AppTest has no public way to all elements
        proto = getattr(node, "proto", None)
        if node.type in ("arrow_data_frame", "text", "code", "json", "vega_lite_chart") or proto is None:
            continue
        for field, value in proto.ListFields():
            if isinstance(value, str) and field.name not in PLAIN_TEXT:
                yield f"{node.type}.{field.name}", value
