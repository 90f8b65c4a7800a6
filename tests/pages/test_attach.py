"""A data set group that a plain boto3 program made: every screen offers to read its data back, and then shows it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.keys import Key, Widget
from services.engine.testing import test_engine, tiny_world
from tests.pages.driving import app_over, headline, opened, said


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
