"""The frame: every page opens inside it, addresses are safe, sidebar and guard do their work."""

import importlib
import logging
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import services
from pages.components import navigation, process
from pages.components.keys import Key, Widget
from services.errors import PlainError, ServiceError
from tests.pages.driving import opened

ROOT = Path(__file__).parents[2]


def plain_error_types() -> list[type[PlainError]]:
    """Return every kind of PlainError that any service defines."""
    for module in pkgutil.walk_packages(services.__path__, "services."):
        if not module.name.startswith("services.engine"):
            importlib.import_module(module.name)
    return sorted(set(subclasses(PlainError)), key=lambda kind: kind.__name__)


def subclasses(kind: type[PlainError]) -> Iterator[type[PlainError]]:
    for below in kind.__subclasses__():
        yield below
        yield from subclasses(below)


@pytest.mark.parametrize("screen", navigation.SCREENS, ids=lambda screen: screen.key)
def test_every_page_opens_with_data(films_app: AppTest, screen: navigation.Screen) -> None:
    opened(films_app, screen.file)
    assert not films_app.exception
    assert not films_app.error
    assert films_app.subheader[0].value
    assert screen.title.upper() in [caption.value for caption in films_app.caption]


@pytest.mark.parametrize("screen", navigation.SCREENS, ids=lambda screen: screen.key)
def test_every_page_opens_without_data(empty_app: AppTest, screen: navigation.Screen) -> None:
    opened(empty_app, screen.file)
    assert not empty_app.exception
    assert not empty_app.error
    assert empty_app.subheader[0].value


def test_no_address_equals_the_stem_of_a_page_file() -> None:
    stems = {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert {Path(screen.file).stem for screen in navigation.SCREENS} <= stems
    assert all(stem.endswith("_page") for stem in stems)
    assert not stems & {screen.url for screen in navigation.SCREENS}


def test_a_click_is_not_lost_to_the_thread_of_the_page_before(
    films_app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = navigation.screen("live_events").url
    resolve = PagesManager.set_pages_and_resolve
    others = iter([calc_hash(before)])

    def resolved_late(manager: PagesManager, *arguments: object, **options: object) -> object:
        for page in others:  # the other thread writes which page it draws
            manager.set_script_intent(page, "")
        return resolve(manager, *arguments, **options)

    monkeypatch.setattr(PagesManager, "set_pages_and_resolve", resolved_late)
    opened(films_app, navigation.screen("cold_start").file)
    assert next(others, None) is None
    captions = [caption.value for caption in films_app.caption]
    assert "COLD START" in captions
    assert "LIVE EVENTS" not in captions


def test_headlines_fit_into_two_lines(films_app: AppTest) -> None:
    for screen in navigation.SCREENS:
        opened(films_app, screen.file)
        assert len(films_app.subheader[0].value) <= 140, screen.key


def test_sidebar_offers_the_data_set_group_and_says_where_it_runs(films_app: AppTest) -> None:
    films_app.run()
    assert films_app.sidebar.selectbox(key=Key.GROUP).value == "film-demo"
    assert any("On this machine" in badge.value for badge in films_app.sidebar.markdown)


def test_an_address_with_an_unknown_group_falls_back_to_the_newest(films_app: AppTest) -> None:
    films_app.query_params[Key.GROUP] = "no-such-group"
    films_app.run()
    assert films_app.sidebar.selectbox(key=Key.GROUP).value == "film-demo"


def test_an_unexpected_error_becomes_a_card_with_an_id(caplog: pytest.LogCaptureFixture) -> None:
    def script() -> None:
        from pages.components import panels

        with panels.guard("Training"):
            raise KeyError("secret detail")

    with caplog.at_level(logging.ERROR):
        app = AppTest.from_function(script).run()
    assert not app.exception
    assert "secret detail" not in app.error[0].value
    incident = app.error[0].value.rsplit("**", 2)[1]
    assert f"incident={incident}" in caplog.text
    assert "secret detail" in caplog.text


def test_a_refusal_in_words_is_shown_as_it_is() -> None:
    def script() -> None:
        from pages.components import panels
        from services.errors import DataError

        with panels.guard("Data"):
            raise DataError("The file x.csv is no longer there. Load the data again.")

    app = AppTest.from_function(script).run()
    assert "The file x.csv is no longer there." in app.error[0].value


@pytest.mark.parametrize("kind", [PlainError, *plain_error_types()], ids=lambda kind: kind.__name__)
def test_every_plain_error_is_shown_as_its_sentence(kind: type[PlainError]) -> None:
    def script(error: Exception) -> None:
        from pages.components import panels

        with panels.toast_errors():
            raise error
        with panels.guard("Data"):
            raise error

    sentence = "The disk is full. Make room, then try again."
    error = ServiceError("DiskFull", sentence) if kind is ServiceError else kind(sentence)
    app = AppTest.from_function(script, args=(error,)).run()
    assert not app.exception
    assert [toast.value for toast in app.toast] == [sentence]
    assert sentence in app.error[0].value
    assert "Something that should not happen" not in app.error[0].value


def test_opening_the_pages_loads_no_torch() -> None:
    program = "import sys, pages.components.frame.frame; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60).returncode == 0


@pytest.mark.parametrize("page", ["home", "training", "data", "compare", "batch"])
def test_a_first_visit_without_an_answer_says_so_instead_of_no_data(
    films_app: AppTest, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    def refuse(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://personalize.example")

    events = process.backend().personalize.meta.events
    events.register("before-parameter-build", refuse, unique_id="refuse")
    try:
        opened(films_app, f"pages/{page}_page.py")
    finally:
        events.unregister("before-parameter-build", unique_id="refuse")
    assert [("Check the network" in error.value) for error in films_app.error] == [True]
    assert not films_app.exception


def test_a_backend_that_does_not_answer_is_said_once_and_can_be_looked_at_again(
    films_app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = [True]

    def refuse(**_: object) -> None:
        if away:
            raise EndpointConnectionError(endpoint_url="https://personalize.example")

    opened(films_app, "pages/training_page.py")
    calls = process.backend().personalize
    calls.meta.events.register("before-parameter-build", refuse, unique_id="refuse")
    try:
        films_app.run()
        assert [error.value for error in films_app.error] == [films_app.error[0].value]
        assert "Check the network" in films_app.error[0].value
        assert not films_app.exception
        away.clear()
        films_app.button(key=Widget.LOOK_AGAIN).click().run()
        assert not films_app.error
    finally:
        calls.meta.events.unregister("before-parameter-build", unique_id="refuse")


def test_every_table_that_is_chosen_from_says_by_which_keys() -> None:
    def script() -> None:
        import pandas as pd

        from pages.components import panels

        rows = pd.DataFrame({"title": ["Alien"]})
        panels.table(rows, alt="Films.", key="read")
        panels.table(rows, alt="Films.", key="cells", on_select="rerun", selection_mode="single-cell")
        panels.table(rows, alt="Films.", key="rows", on_select="rerun", selection_mode="single-row")

    said = [table.proto.alt for table in AppTest.from_function(script).run().dataframe]
    assert said == [
        "Films.",
        "Films. The arrow keys choose a row.",
        "Films. The arrow keys move, Shift and Space together choose a row.",
    ]
    chosen_from = [
        path for path in (ROOT / "pages").rglob("*.py") if "st.dataframe(" in path.read_text(encoding="utf-8")
    ]
    others = [path for path in chosen_from if path.name != "panels.py"]
    assert not [path.name for path in others if "selection_mode" in path.read_text(encoding="utf-8")]
