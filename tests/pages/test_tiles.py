"""Pictures of items: the data's own, else a drawn tile; never a file of the server, never a foreign host."""

import pandas as pd
import pytest

from pages.components.tiles import REMOTE_PICTURES, pictures, tile


@pytest.mark.parametrize(
    "image", ["/etc/passwd", "posters/1.jpg", "http://evil.example/x.png", "data:text/html,x", "file:///x", "", None]
)
def test_anything_else_becomes_the_tile(image: str | None) -> None:
    assert pictures(pd.DataFrame({"image": [image], "tile": ["Ve 50s"]})) == [tile("Ve 50s")]


def test_a_picture_in_the_data_itself_is_shown() -> None:
    image = "data:image/png;base64,iVBORw0KGgo="
    assert pictures(pd.DataFrame({"image": [image], "tile": ["Ve 50s"]})) == [image]


def test_web_addresses_are_shown_once_they_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REMOTE_PICTURES, "1")
    frame = pd.DataFrame({"image": ["https://shop.example/1.png", "/etc/passwd"], "tile": ["Ve 50s", "Re 60s"]})
    assert pictures(frame) == ["https://shop.example/1.png", tile("Re 60s")]
