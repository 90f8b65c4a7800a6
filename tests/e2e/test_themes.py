"""Every screen in both themes, on a wide window and on a telephone's."""

import pytest
from playwright.sync_api import expect

from tests.e2e.watching import no_trouble


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_screen_in_both_themes(films_server: str, browse, scheme: str, width: int) -> None:
    dark = {"light": False, "dark": True}[scheme]
    for path in ("", "data", "training", "recommendations", "similar", "ranking"):
        page = browse(f"{films_server}/{path}", scheme, width)
        expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=20_000)
        ground = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
        assert (sum(int(part) for part in ground.strip("rgb()").split(",")[:3]) < 200) == dark, path
        wider = page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
        assert not wider, f"{path} scrolls sideways at {width}"
        no_trouble(page)
