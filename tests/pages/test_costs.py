"""What stands on the screens of an account: a button that leads to a billed call says before what it costs.

tests/test_costs_are_said.py finds these buttons in the code; here every screen is opened, and those that it draws are
looked at.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from streamlit.testing.v1 import AppTest

from pages.components import process
from pages.components.keys import Key, Widget
from pages.components.navigation import SCREENS
from services.engine.testing import tiny_world, train
from tests.account import prepared_account
from tests.pages.driving import app_over, headline, opened, text
from tests.test_costs_are_said import widgets

SAID = re.compile(r"(AWS|S3|CloudWatch) bills|costs money|price is not in our table")
AFTER_A_QUESTION = {Widget.STORE_AGAIN, Widget.STORE_CLICK, Widget.LIVE_CONTINUE}
"""Drawn once somebody has agreed to send events, where the costs were said."""
NO_COSTS = {Widget.DELETE_GROUP}
"""Beside a button that costs, in the same function."""


@pytest.fixture
def account_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app on an account with a shop that boto3 alone made, with a version that nobody deployed."""
    with prepared_account(tmp_path / "account") as (engine, chosen), pytest.MonkeyPatch.context() as patch:
        boto3.client("s3").create_bucket(Bucket="shop")
        world = tiny_world(engine)
        _, campaign = train(engine, world.group, "aws-sims", "goes-with")
        engine.client("personalize").delete_campaign(campaignArn=campaign)
        for name, value in chosen.items():
            patch.setenv(name, value)
        yield from app_over(tmp_path / "home", monkeypatch)


def billed(app: AppTest) -> set[str]:
    """Return the keys of the buttons on a screen that lead to a billed call, after their sentence was looked for."""
    names = {getattr(Widget, name) for name in widgets()} - AFTER_A_QUESTION - NO_COSTS
    keys = [entry.key or "" for entry in app.button]
    here = {name for name in names if any(key == name or key.startswith(f"{name}_") for key in keys)}
    here -= {name for name in here if any(other != name and other.startswith(name) for other in here)}
    if here:
        assert SAID.search(text(app)), f"{headline(app)}: {here}"
    return here


def test_every_screen_of_an_account_says_what_its_buttons_cost_and_shows_an_attached_group(
    account_app: AppTest,
) -> None:
    app = opened(account_app, "pages/data_page.py", **{Key.DATA_TAB: "Look"})
    met = billed(app)
    app = opened(app, "pages/recommendations_page.py")
    met |= billed(app)
    app.button(key=Widget.ATTACH).click().run()
    for screen in SCREENS:
        app = opened(app, screen.file, **{Key.GROUP: "shop"})
        assert "not loaded" not in headline(app), screen.key
        assert not app.error, (screen.key, app.error[0].value)
        met |= billed(app)
    app = opened(app, "pages/data_page.py", **{Key.GROUP: "shop", Key.DATA_TAB: "Import"})
    met |= billed(app)
    version = next(v for v in process.backend().personalize.list_solution_versions()["solutionVersions"])
    address = version["solutionVersionArn"].partition(":solution/")[2]
    app = opened(app, "pages/training_page.py", **{Key.GROUP: "shop", Key.VERSION: address})
    met |= billed(app)
    assert met == {
        *(Widget.READ_BACK, Widget.ATTACH, Widget.TRAIN, Widget.DEPLOY, Widget.NEEDS_TRAIN, Widget.NEEDS_DEPLOY),
        *(Widget.COLD_FIRST, Widget.COLD_START_NEW, Widget.EVALUATION_NEW, Widget.BATCH_RUN, Widget.EXPORT),
        Widget.RETRY,
    }


def test_the_demo_on_an_account_says_what_its_campaigns_cost_a_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By hand: 5 campaigns at 1 a second are 12,960 thousand requests at $0.0556, $721; 9 training hours are $2.16."""
    with prepared_account(tmp_path / "account") as (_, chosen), pytest.MonkeyPatch.context() as patch:
        for name, value in chosen.items():
            patch.setenv(name, value)
        (app,) = app_over(tmp_path / "home", monkeypatch)
        app = opened(app, "pages/home_page.py")
        assert billed(app) == {Widget.START_DEMO}
        assert "about $2.16 for the trainings, and about $721 a month for 5 campaigns" in text(app)
