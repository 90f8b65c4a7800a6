"""A read-only demo: each screen says so in one line, offers no change, and leaves the home as it is."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.changing import ANNOUNCEMENT
from pages.components.frame.protection import refusal
from pages.components.keys import Key, Widget
from pages.components.navigation import SCREENS
from services.changes import REFUSAL
from tests.engine.test_read_only import contents
from tests.pages.driving import headline, new_app, open_page, opened, plain, said, text
from tests.pages.test_live_events import the_list

LIVE = "pages/live_events_page.py"
CHANGING = (
    *(Widget.TRAIN, Widget.DEPLOY, Widget.RETRY, Widget.STOP, Widget.SURE, Widget.DELETE_GROUP, Widget.EXPORT),
    *(Widget.USE_WORDS, Widget.START_IMPORT, Widget.LOAD_DEMO, Widget.LOAD_MOVIELENS, Widget.LOAD_PATH),
    *(Widget.CHECK_OWN, Widget.START_DEMO, Widget.START_LATER, Widget.CANCEL_LATER, Widget.NEEDS_TRAIN),
    *(Widget.NEEDS_DEPLOY, Widget.NEEDS_RETRY, Widget.BATCH_RUN, Widget.BATCH_AGAIN, Widget.EVALUATION_NEW),
    *(Widget.COLD_FIRST, Widget.COLD_START_NEW, Widget.COLD_PUT_FILE, Widget.COLD_TRAIN_NEW, Widget.COLD_EXPLORE_START),
    *(Widget.TRAIN_DISCOUNT, Widget.LIVE_REAL, Widget.EVALUATION_DELETE, Widget.EVALUATION_RENAME),
)
"""How the keys of buttons that change something begin."""
TRIED = [
    *((f"pages/{screen.key}_page.py", {}) for screen in SCREENS),
    *(("pages/data_page.py", {Key.DATA_TAB: tab}) for tab in ("Source", "Import")),
    ("pages/batch_page.py", {Key.BATCH_INPUT: "JSON lines"}),
    ("pages/cold_start_page.py", {Key.COLD_VIEW: "Truly new"}),
    (LIVE, {Key.LIVE_MODE: "By hand", Key.LIVE_SENT: "105@watch"}),
]


@pytest.fixture
def reading(personal_app: AppTest, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The app over the film demo with models that look at a history, in read-only mode."""
    monkeypatch.setenv("PERSONALIZE_MODE", "read-only")
    return personal_app


def buttons(app: AppTest) -> list[str]:
    """Return the keys of what a page offers to press."""
    return [str(button.key) for button in app.button]


def test_no_screen_and_no_address_offers_a_change_or_makes_one(reading: AppTest, personal_home: Path) -> None:
    before = contents(personal_home)
    for page, query in TRIED:
        app = open_page(page, **query)
        assert headline(app), page
        assert text(app).count(ANNOUNCEMENT.removeprefix(":material/lock: ")) == 1, page
        assert not [key for key in buttons(app) if key.startswith(CHANGING)], page
        assert not app.get("file_uploader"), page
    assert contents(personal_home) == before


def test_live_events_answers_without_storing_an_event(reading: AppTest, personal_home: Path) -> None:
    before = contents(personal_home)
    page = opened(reading, LIVE, campaign="aws-hrnn", events="5")
    assert said(page).startswith("Nora's list has ")
    assert "the same 25 films as the original." in text(page)
    first = list(the_list(page)["label"])
    page.button(key=Widget.LIVE_STEP).click().run()
    assert said(page).startswith("After 1 of Ben's events, ")
    assert first != list(the_list(page)["label"])
    assert "nothing is sent" in text(page)
    assert contents(personal_home) == before


def test_what_one_visitor_tries_another_never_meets(reading: AppTest) -> None:
    mine = opened(reading, LIVE, campaign="aws-hrnn", mode="New visitor", sent="105@watch")
    yours = opened(new_app(), LIVE, campaign="aws-hrnn", mode="New visitor")
    assert "1 click" in said(mine)
    assert said(yours).startswith("A new visitor gets the same 25 films as everybody new.")
    [own], [other] = mine.session_state[Key.LIVE_REPLAYS], yours.session_state[Key.LIVE_REPLAYS]
    assert own.user_id != other.user_id
    assert len(own.plan.events) == 1
    assert other.plan.events == ()


def test_a_visitor_who_plays_too_fast_is_asked_to_wait(reading: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.sandbox.pace.PER_VISITOR", 4)
    page = opened(reading, LIVE, campaign="aws-hrnn", mode="New visitor", sent=["105@watch"] * 9)
    assert "at most 4 lists a minute for one visitor" in page.error[0].value
    assert page.button(key=Widget.LIVE_CONTINUE)


def test_a_home_without_data_says_who_can_load_some(empty_app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSONALIZE_MODE", "read-only")
    assert said(empty_app.run()) == "There is nothing to look at yet: this demo is read-only and has no data."
    assert buttons(empty_app) == []


def test_a_mode_that_does_not_exist_is_told_on_the_screen(empty_app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSONALIZE_MODE", "readonly")
    app = empty_app.run()
    assert all("PERSONALIZE_MODE is 'readonly'; it must be" in plain(error.value) for error in app.error)
    assert len(app.error) > 0
    assert buttons(app) == [Widget.LOOK_AGAIN]


def test_without_the_mode_nothing_is_announced(empty_app: AppTest) -> None:
    assert "Read-only" not in text(empty_app.run())
    assert Widget.START_DEMO in buttons(empty_app)


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_no_upload_reaches_the_server(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scope = {
        "type": "http",
        "method": method,
        "path": "/_stcore/upload_file/session/file",
        "headers": [(b"host", b"localhost:8501"), (b"origin", b"http://localhost:8501")],
    }
    assert refusal(scope) == ""
    monkeypatch.setenv("PERSONALIZE_MODE", "read-only")
    assert refusal(scope) == REFUSAL
    assert refusal(scope | {"method": "GET"}) == ""
