"""Pictures of items: the data's own, else a drawn cover; never a file of the server, never a foreign host."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from pages.components import address, process
from pages.components.tiles import REMOTE_PICTURES, allowed_sources, pictures
from services import pictures as permissions
from services.covers.cover import Facts, cover, data_address, thumbnail


def films(*images: str | None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "image": list(images),
            "title": ["Vertigo"] * len(images),
            "year": pd.array([1958] * len(images), "Int64"),
            "categories": [("Thriller",)] * len(images),
            "maker": ["Alfred Hitchcock"] * len(images),
        }
    )


DRAWN = data_address(thumbnail(Facts("Vertigo", 1958, ("Thriller",), "Alfred Hitchcock")))


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
def test_anything_else_becomes_a_drawn_picture(image: str | None) -> None:
    assert pictures(films(image)) == [DRAWN]


def test_a_picture_in_the_data_itself_is_shown() -> None:
    image = "data:image/png;base64,iVBORw0KGgo="
    assert pictures(films(image)) == [image]


def test_web_addresses_are_shown_once_somebody_agreed_to_their_host(home: Path) -> None:
    frame = films("https://shop.example/1.png", "https://evil.example/2.png")
    assert permissions.hosts_of(frame["image"]) == ("shop.example", "evil.example")
    permissions.allow(home, "shop", ["shop.example"])
    assert pictures(frame) == ["https://shop.example/1.png", DRAWN]
    assert allowed_sources() == " https://shop.example http://shop.example"
    permissions.allow(home, "shop", [])
    assert pictures(frame) == [DRAWN, DRAWN]
    assert allowed_sources() == ""


def test_what_one_data_set_may_load_another_may_not(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    permissions.allow(home, "shop", ["shop.example"])
    monkeypatch.setattr(address, "dataset_group", lambda: "films")
    assert pictures(films("https://shop.example/1.png")) == [DRAWN]


@pytest.mark.parametrize(
    "image", ["https://a;script-src *", "https://[", "https://ex ample.com/x", "https://", "ftp://a.example/x", None]
)
def test_no_host_can_change_the_policy(image: str | None) -> None:
    assert permissions.host_of(image) == ""


def test_web_addresses_are_shown_where_every_host_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REMOTE_PICTURES, "1")
    assert pictures(films("https://shop.example/1.png", "/etc/passwd")) == ["https://shop.example/1.png", DRAWN]


def test_a_large_picture_has_the_title_on_it_and_may_be_without_a_year() -> None:
    frame = films(None).assign(year=pd.array([None], "Int64"))
    assert pictures(frame, large=True) == [
        data_address(cover(Facts("Vertigo", None, ("Thriller",), "Alfred Hitchcock")))
    ]
