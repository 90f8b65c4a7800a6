"""Data and addresses are text on every page: never links, pictures, formulas, colours, icons or emoji."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.markdown import JOINER, Markdown, as_markdown, escaped, filled, unbroken
from services.demo.steps import GROUP
from services.laboratory import runs
from services.laboratory.context import FAILED, RunContext
from services.laboratory.runs import EVALUATION
from services.language.vocabulary import Words
from services.library.store import Library
from services.screens.evaluation.parameters import Parameters
from tests.pages.driving import app_over, open_page, plain
from tests.played import play_cold_start
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
COMPONENTS = Path(__file__).parents[2] / "pages" / "components"
PAGES = (
    *("home", "data", "training", "recommendations", "compare", "similar", "ranking", "live_events", "batch"),
    *("cold_start", "evaluation", "storefront", "try_it", "map"),
)
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


def test_a_number_stays_on_a_line_with_its_per_cent_sign() -> None:
    assert (
        unbroken("right for 78 % of people, bestsellers for 4 %.")
        == "right for 78\u00a0% of people, bestsellers for 4\u00a0%."
    )
    assert unbroken("a % b, 7 films") == "a % b, 7 films"


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
    assert filled("an event{event} on both", event=' "watch"') == 'an event "watch" on both'


@pytest.fixture(scope="module")
def hostile_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hostile home with popularity."""
    return made_hostile(copied(demo_home, tmp_path_factory.mktemp("hostile") / "home"))


def made_hostile(home: Path) -> Path:
    """Replace every text of the film demo that a person can give by Markdown, and add laboratories that say it too."""
    library = Library(home)
    loaded = library.open(GROUP)
    assert loaded is not None
    data = loaded.prepared()
    assert data.items is not None
    assert data.users is not None
    # "|" would end a category, and every tenth item keeps its own ones, for tastes to differ
    genres = data.items["GENRES"].where(data.items.index % 10 == 0, HOSTILE)
    library.save(
        replace(
            data,
            items=data.items.assign(TITLE=HOSTILE, DIRECTOR=HOSTILE, CAST=HOSTILE, GENRES=genres),
            users=data.users.assign(NAME=HOSTILE, REGION=HOSTILE, DEVICE=HOSTILE),
            personas=tuple(replace(p, name=HOSTILE, story=HOSTILE) for p in data.personas),
            words=Words(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
            note=HOSTILE,
            licence=HOSTILE,
        )
    )
    play_cold_start(home, HOSTILE)
    failed = runs.create(home / "laboratories", EVALUATION, HOSTILE, Parameters(GROUP).to_json())
    RunContext(failed).end(FAILED, HOSTILE)
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


@pytest.mark.parametrize(
    ("made", "pages"),
    [("personal_home", ("recommendations", "compare", "live_events")), ("ranking_home", ("similar", "ranking"))],
)
def test_no_list_takes_markdown_from_data(
    made: str, pages: tuple[str, ...], request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = made_hostile(copied(request.getfixturevalue(made), tmp_path / "home"))
    for _ in app_over(home, monkeypatch):
        for page in pages:
            app = open_page(f"pages/{page}_page.py", user="viewer-0001", second="viewer-0002")
            assert "Something that should not happen" not in "".join(error.value for error in app.error)
            texts = [text for _, text in _rendered(app)]
            assert any("Sign in" in plain(text) for text in texts)
            assert [text for text in texts if any(attack in text for attack in ATTACKS)] == []


def _rendered(app: AppTest) -> Iterator[tuple[str, str]]:
    """Yield every text of the page that Streamlit may render as Markdown, with the place where it stands."""
    for node in app._tree:  # AppTest has no public way to all elements
        proto = getattr(node, "proto", None)
        if node.type in ("arrow_data_frame", "text", "code", "json", "vega_lite_chart") or proto is None:
            continue
        if node.type == "bidi_component":  # our scripts put texts into the page, see below
            continue
        for field, value in proto.ListFields():
            if field.name == "columns" and isinstance(value, str):  # of a table: its labels are drawn, its help is not
                yield from ((f"{node.type}.help", str(entry.get("help", ""))) for entry in json.loads(value).values())
            elif node.type == "html":  # is no Markdown: only tags could come from data
                yield from (("html", tag) for tag in ATTACKS if tag.startswith("<") and tag in str(value))
            elif isinstance(value, str) and field.name not in PLAIN_TEXT:
                yield f"{node.type}.{field.name}", value


@pytest.mark.parametrize("script", sorted(COMPONENTS.rglob("*.js")), ids=lambda script: script.name)
def test_scripts_never_make_tags_from_text(script: Path) -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script.read_text("utf-8"))
