"""Pictures of other hosts: asked about once for a data set, loaded afterwards, withdrawn again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pages.components.data.state import IMPORT
from pages.components.keys import Key, Widget
from pages.components.tiles import allowed_sources
from services import pictures
from services.library.columns import ITEM_ID
from services.library.store import Library
from tests.pages.driving import app_over, open_page, plain
from tests.prepared import copied

HOST = "covers.example"


@pytest.fixture
def home(demo_home: Path, tmp_path: Path) -> Path:
    """The film demo, of which every film has a picture at another host."""
    home = copied(demo_home, tmp_path / "home")
    library = Library(home)
    data = library.open(library.names()[0]).prepared()
    items = data.items.assign(COVER=[f"https://{HOST}/{item_id}.png" for item_id in data.items[ITEM_ID]])
    library.save(replace(data, items=items, roles=replace(data.roles, image="COVER")))
    return home


@pytest.fixture(autouse=True)
def _app(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from (None for _ in app_over(home, monkeypatch))


def test_pictures_are_loaded_after_one_question_and_can_be_withdrawn(home: Path) -> None:
    group = Library(home).names()[0]
    app = open_page("pages/data_page.py", **{Key.DATA_TAB: IMPORT})
    assert f"The pictures of this data are at {HOST}." in plain(" ".join(said.value for said in app.caption))
    assert allowed_sources() == ""
    app.button(key=Widget.PICTURES).click().run()
    assert pictures.allowed(home, group) == {HOST}
    assert HOST in allowed_sources()
    assert app.button(key=Widget.PICTURES).label == "Stop loading pictures"
    app.button(key=Widget.PICTURES).click().run()
    assert pictures.allowed(home, group) == frozenset()
