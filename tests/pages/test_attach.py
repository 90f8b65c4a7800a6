"""A data set group that a plain boto3 program made: every screen offers to read its data back, and then shows it.

On AWS too, where files that are gone are exported first: asked before, with what that costs.
"""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from streamlit.testing.v1 import AppTest

from pages.components import process
from pages.components.keys import Key, Widget
from services.engine.testing import test_engine, tiny_world
from tests.account import prepared_account
from tests.pages.driving import app_over, headline, opened, said, text


@pytest.fixture
def shop_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over a shop that a program made with boto3 alone, not run yet."""
    with test_engine(tmp_path / "home") as engine:
        tiny_world(engine)
        yield from app_over(tmp_path / "home", monkeypatch)


def test_the_data_is_read_back_with_one_button_and_explored(shop_app: AppTest) -> None:
    app = opened(shop_app, "pages/recommendations_page.py")
    assert headline(app) == "The data of shop was not loaded on this machine."
    app.button(key=Widget.ATTACH).click().run()
    assert said(app) != "The data of shop was not loaded on this machine."
    for page in ("pages/data_page.py", "pages/compare_page.py", "pages/try_it_page.py", "pages/storefront_page.py"):
        shown = opened(app, page, **{Key.GROUP: "shop"})
        assert "not loaded" not in headline(shown)
        assert not shown.error


@pytest.fixture
def account_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app on an account with such a shop; the file of its items was deleted after the import."""
    with prepared_account(tmp_path / "account") as (engine, chosen), pytest.MonkeyPatch.context() as patch:
        boto3.client("s3").create_bucket(Bucket="shop")
        tiny_world(engine)
        engine.objects.delete("s3://shop/Items.csv")
        for name, value in chosen.items():
            patch.setenv(name, value)  # taken back before the account takes back its own
        yield from app_over(tmp_path / "home", monkeypatch)


def test_what_must_be_exported_is_asked_for_first_with_its_cost(account_app: AppTest) -> None:
    app = opened(account_app, "pages/recommendations_page.py")
    personalize = process.backend().personalize
    assert "Items must be exported first: the files of the import are gone." in text(app)
    assert "S3 bills about $0.02 a month for each GB of it" in text(app).replace("\\", "")
    assert app.button(key=Widget.ATTACH).label == "Export and read it back"
    assert personalize.list_dataset_export_jobs()["datasetExportJobs"] == [], "nothing is exported before the answer"
    app.button(key=Widget.ATTACH).click().run()
    jobs = personalize.list_dataset_export_jobs()["datasetExportJobs"]
    assert [job["status"] for job in jobs] == ["ACTIVE"]
    assert said(app) != "The data of shop was not loaded on this machine."
    for page in ("pages/data_page.py", "pages/compare_page.py", "pages/storefront_page.py", "pages/training_page.py"):
        shown = opened(app, page, **{Key.GROUP: "shop"})
        assert "not loaded" not in headline(shown)
        assert not shown.error
