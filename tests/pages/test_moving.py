"""Settings: a group is moved to the account after its plan and a typed word, or the plan is taken along."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import process
from pages.components.keys import Widget
from services.engine import Engine
from services.engine.testing import test_engine, tiny_world
from tests.account import prepared_account
from tests.pages.driving import app_over, opened, text

FILE = "pages/settings_page.py"


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, dict[str, str]]]:
    """An account with bucket and role."""
    with prepared_account(tmp_path_factory.mktemp("account")) as opened_account:
        yield opened_account


@pytest.fixture
def aws_app(
    account: tuple[Engine, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AppTest]:
    """The app on that account, not run yet."""
    for name, value in account[1].items():
        monkeypatch.setenv(name, value)
    yield from app_over(tmp_path / "home", monkeypatch)


def button(app: AppTest, key: str) -> Any:
    return app.button(key=key)


def chosen_to_move(app: AppTest) -> AppTest:
    """Choose the shop of this machine, under another name and with its campaign, and ask for the plan."""
    app.text_input(key=f"{Widget.MOVE_NAME}_shop").set_value("moved")
    app.multiselect(key=f"{Widget.MOVE_CHOICE}_shop").set_value(["Deploy shop"]).run()
    return button(app, Widget.MOVE_PLAN).click().run()


@pytest.fixture
def with_a_shop_here(tmp_path: Path) -> None:
    """A shop in the home folder of the app."""
    with test_engine(tmp_path / "home") as engine:
        tiny_world(engine)


@pytest.mark.usefixtures("with_a_shop_here")
def test_a_group_is_planned_moved_after_a_typed_word_and_followed(aws_app: AppTest) -> None:
    app = chosen_to_move(opened(aws_app, FILE))
    assert "20 steps bring shop to an account of AWS: about $0.24 once, about $144 a month afterwards." in text(app)
    assert "Its tracking ID is a new one" in str(app.dataframe[-1].value.to_dict())
    assert button(app, Widget.MOVE).disabled
    assert process.moving().state() is None
    app.text_input(key=Widget.MOVE_TYPED).set_value("move").run()
    app = button(app, Widget.MOVE).click().run()
    assert process.moving().wait(120)
    app = app.run()
    assert "There is a data set group moved in the account already" not in text(app)
    assert "Moved is there: all 20 steps are done." in text(app)
    assert "Event tracker moved: tracking ID" in text(app)
    names = [group["name"] for group in process.backend().personalize.list_dataset_groups()["datasetGroups"]]
    assert "moved" in names


def test_the_embedded_engine_gives_plan_program_and_template_to_take_along(
    with_a_shop_here: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    (app,) = app_over(tmp_path / "home", monkeypatch)
    app = chosen_to_move(opened(app, FILE))
    assert "20 steps bring shop to an account of AWS" in text(app)
    assert not [entry for entry in app.button if entry.key == Widget.MOVE]
    labels = [element.label for element in app.get("download_button")]
    assert labels == ["boto3 program", "CloudFormation template", "Both with the data"]
