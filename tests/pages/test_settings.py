"""Settings: who answers, another backend, what an account lacks, what runs and costs, and what is refused."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import process
from pages.components.keys import Widget
from services.backend import Backend, open_backend
from services.engine import Engine
from services.engine.testing import tiny_world
from services.money.price_lists import as_values, forget, keep
from services.money.prices import PRICES
from tests.account import ACCOUNT, BUCKET, ROLE, SECRET, answering, aws_account
from tests.pages.driving import app_over, empty_caches, headline, opened, plain, said, text

FILE = "pages/settings_page.py"


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, dict[str, str]]]:
    """An account with a campaign that runs, without bucket and role."""
    with aws_account(tmp_path_factory.mktemp("account"), s3=False) as (engine, chosen):
        tiny_world(engine)
        yield engine, chosen


@pytest.fixture
def aws_app(
    account: tuple[Engine, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AppTest]:
    """The app on that account, not run yet."""
    for name, value in account[1].items():
        monkeypatch.setenv(name, value)

    def opening(*given: Any, **more: Any) -> Backend:
        return answering(open_backend(*given, **more))

    monkeypatch.setattr(process, "open_backend", opening)
    yield from app_over(tmp_path / "home", monkeypatch)


def button(app: AppTest, key: str) -> Any:
    return app.button(key=key)


def test_the_embedded_engine_costs_nothing_and_says_what_aws_would_bill(films_app: AppTest) -> None:
    app = opened(films_app, FILE)
    assert said(app) == "The embedded engine answers, on this machine; nothing costs anything."
    assert "a month would be billed at AWS for 1 running resource." in text(app)
    assert plain(app.metric[0].value) == "$144"
    assert not [entry for entry in app.button if entry.key == Widget.SETTINGS_STOP]


def test_on_aws_it_says_which_account_as_whom_and_nothing_secret(aws_app: AppTest) -> None:
    app = opened(aws_app, FILE)
    assert said(app).startswith(f"AWS answers: account {ACCOUNT} in us-east-1, as ")
    assert [metric.value for metric in app.metric][:2] == [ACCOUNT, "us-east-1"]
    assert f"s3://{BUCKET}" in text(app)
    assert SECRET not in text(app)


def test_what_is_missing_is_shown_with_its_json_and_made_after_a_typed_word(aws_app: AppTest) -> None:
    app = opened(aws_app, FILE)
    app = button(app, Widget.SETTINGS_CHECK).click().run()
    assert "4 of 8 steps need something." in text(app)
    assert [code.language for code in app.code] == ["json"] * 3
    assert "sts:AssumeRole" in app.code[1].value
    assert button(app, Widget.SETTINGS_MAKE).disabled
    app.text_input(key=Widget.SETTINGS_MAKE_TYPED).set_value("create").run()
    app = button(app, Widget.SETTINGS_MAKE).click().run()
    assert "All 8 steps are fine: the account is ready." in text(app)
    assert not app.code


def test_own_prices_count_on_every_screen_and_the_region_can_be_chosen(aws_app: AppTest) -> None:
    app = opened(aws_app, FILE)
    app = button(app, Widget.SETTINGS_READ_BILL).click().run()
    assert "About $144 a month" in text(app)
    price = app.number_input(key=f"{Widget.SETTINGS_OWN_PRICE}_per_1000_requests_0_us-east-1")
    price.set_value(0.06)
    keep = next(entry for entry in app.button if entry.label == "Keep these prices")
    app = keep.click().run()
    assert "These prices have no source." in app.toast[0].value
    app.text_input(key=f"{Widget.SETTINGS_OWN_SOURCE}_us-east-1").set_value("our contract")
    keep = next(entry for entry in app.button if entry.label == "Keep these prices")
    app = keep.click().run()
    assert "About $156 a month" in text(app), "the figures that were counted are counted again"
    assert "These are your own prices of us-east-1" in text(app)
    (chosen,) = [entry for entry in app.selectbox if entry.label == "Prices of"]
    assert chosen.options == [
        "Where the backend is: us-east-1 · your own prices",
        "us-east-1 · your own prices",
    ]
    app = button(app, f"{Widget.SETTINGS_OWN_FORGET}_us-east-1").click().run()
    assert "About $144 a month" in text(app)


def test_stop_all_needs_its_words_and_stops_what_costs(
    aws_app: AppTest, account: tuple[Engine, dict[str, str]]
) -> None:
    app = opened(aws_app, FILE)
    app = button(app, Widget.SETTINGS_READ_BILL).click().run()
    assert "About $144 a month is billed for 1 running resource" in text(app)
    assert "Campaigns are deleted; data, solutions and models stay." in text(app)
    assert button(app, Widget.SETTINGS_STOP).disabled
    personalize = account[0].client("personalize")
    assert len(personalize.list_campaigns()["campaigns"]) == 1
    app.text_input(key=Widget.SETTINGS_STOP_TYPED).set_value("stop all").run()
    button(app, Widget.SETTINGS_STOP).click().run()
    personalize.list_campaigns()
    account[0].dispatcher.close()
    process.backend().personalize.list_campaigns()
    assert personalize.list_campaigns()["campaigns"] == []


def test_another_backend_is_asked_without_a_restart_and_a_wrong_one_changes_nothing(
    films_app: AppTest, account: tuple[Engine, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in account[1]:
        monkeypatch.delenv(name, raising=False)
    app = opened(films_app, FILE)
    app.segmented_control(key=Widget.SETTINGS_BACKEND).set_value("AWS").run()
    app.selectbox(key=Widget.SETTINGS_REGION).set_value("eu-west-1")
    app.text_input(key=Widget.SETTINGS_BUCKET).set_value(BUCKET)
    app.text_input(key=Widget.SETTINGS_ROLE).set_value(ROLE).run()
    app = button(app, Widget.SETTINGS_SWITCH).click().run()
    assert headline(app).startswith(f"AWS answers: account {ACCOUNT} in eu-west-1")
    assert process.backend().label == "AWS eu-west-1"
    app.segmented_control(key=Widget.SETTINGS_BACKEND).set_value("Embedded engine").run()
    app = button(app, Widget.SETTINGS_SWITCH).click().run()
    assert headline(app).startswith("The embedded engine answers")


def test_a_visitor_of_a_public_demo_chooses_no_backend(films_app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSONALIZE_MODE", "read-only")
    empty_caches()
    app = opened(films_app, FILE)
    assert "Choosing a backend is off" in text(app)
    assert not [entry for entry in app.button if entry.key == Widget.SETTINGS_SWITCH]


def test_prices_of_another_region_can_be_chosen(films_app: AppTest) -> None:
    keep(process.backend().home, "eu-west-1", as_values(PRICES["us-east-1"]), date(2026, 11, 3), "our contract")
    try:
        app = opened(films_app, FILE)
        (choice,) = [entry for entry in app.selectbox if entry.label == "Prices of"]
        app = choice.set_value("eu-west-1").run()
        (choice,) = [entry for entry in app.selectbox if entry.label == "Prices of"]
        assert choice.value == "eu-west-1"
        assert "your own prices of eu-west-1 as of 3 November 2026, from our contract" in text(app)
    finally:
        forget(process.backend().home, "eu-west-1")
