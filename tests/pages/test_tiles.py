"""Pictures of items: the data's own, else a drawn tile; never a file of the server, never a foreign host."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from pages.components import address, process
from pages.components.tiles import REMOTE_PICTURES, allowed_sources, pictures, tile
from services import pictures as permissions


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with one data set group, which is the chosen one."""
    monkeypatch.setattr(process, "backend", lambda: SimpleNamespace(home=tmp_path))
    monkeypatch.setattr(address, "dataset_group", lambda: "shop")
    (tmp_path / "library" / "shop").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize(
    "image", ["/etc/passwd", "posters/1.jpg", "http://evil.example/x.png", "data:text/html,x", "file:///x", "", None]
)
def test_anything_else_becomes_the_tile(image: str | None) -> None:
    assert pictures(pd.DataFrame({"image": [image], "tile": ["Ve 50s"]})) == [tile("Ve 50s")]


def test_a_picture_in_the_data_itself_is_shown() -> None:
    image = "data:image/png;base64,iVBORw0KGgo="
    assert pictures(pd.DataFrame({"image": [image], "tile": ["Ve 50s"]})) == [image]


def test_web_addresses_are_shown_once_somebody_agreed_to_their_host(home: Path) -> None:
    frame = pd.DataFrame({"image": ["https://shop.example/1.png", "https://evil.example/2.png"], "tile": ["a", "b"]})
    assert permissions.hosts_of(frame["image"]) == ("shop.example", "evil.example")
    permissions.allow(home, "shop", ["shop.example"])
    assert pictures(frame) == ["https://shop.example/1.png", tile("b")]
    assert allowed_sources() == " https://shop.example http://shop.example"
    permissions.allow(home, "shop", [])
    assert pictures(frame) == [tile("a"), tile("b")]
    assert allowed_sources() == ""


def test_what_one_data_set_may_load_another_may_not(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    permissions.allow(home, "shop", ["shop.example"])
    monkeypatch.setattr(address, "dataset_group", lambda: "films")
    assert pictures(pd.DataFrame({"image": ["https://shop.example/1.png"], "tile": ["a"]})) == [tile("a")]


@pytest.mark.parametrize(
    "image", ["https://a;script-src *", "https://[", "https://ex ample.com/x", "https://", "ftp://a.example/x", None]
)
def test_no_host_can_change_the_policy(image: str | None) -> None:
    assert permissions.host_of(image) == ""


def test_web_addresses_are_shown_where_every_host_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REMOTE_PICTURES, "1")
    frame = pd.DataFrame({"image": ["https://shop.example/1.png", "/etc/passwd"], "tile": ["Ve 50s", "Re 60s"]})
    assert pictures(frame) == ["https://shop.example/1.png", tile("Re 60s")]
