"""The Map in a real browser: a small map needs no WebGL, and a click chooses an item; narrow and wide windows."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import serving
from tests.e2e.large_map import MAX_PLAIN
from tests.prepared import copied

DRAWN_MS = 120_000
"""A picture of thousands of dots without a graphics card takes 10 seconds of a core that others want too."""
NO_WEBGL = """
const getContext = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind.includes("webgl") ? null : getContext.call(this, kind, ...more);
};
"""


@pytest.fixture
def large_map_server(story_home: Path, tmp_path: Path) -> Iterator[str]:
    """The same home where its map counts as large."""
    with serving(copied(story_home, tmp_path / "home"), "tests.e2e.large_map") as address:
        yield address


def test_without_webgl_a_small_map_is_drawn_and_its_items_can_be_clicked(story_server: str, browse) -> None:
    page = without_webgl(story_server, browse)
    click_an_item(page, 1_000)
    expect(page.get_by_text("WebGL")).to_have_count(0)


def test_without_webgl_the_popular_items_of_a_large_map_are_drawn_and_can_be_clicked(
    large_map_server: str, browse
) -> None:
    page = without_webgl(large_map_server, browse)
    expect(page.get_by_text(f"This browser has no WebGL, so the map shows the {MAX_PLAIN}")).to_be_visible(
        timeout=DRAWN_MS
    )
    click_an_item(page, 400)
    expect(page.get_by_text("WebGL is not supported")).to_have_count(0)


def without_webgl(server: str, browse: Callable[..., Page]) -> Page:
    """Return the Map in a browser without WebGL."""
    page = browse(f"{server}/?data=film-demo", own=True)
    page.context.add_init_script(NO_WEBGL)
    page.goto(f"{server}/map?data=film-demo&user=viewer-0001")
    return page


def click_an_item(page: Page, n_drawn: int) -> None:
    """Wait until more items than these are drawn, click on one, and wait until it is chosen."""
    points = page.locator(".js-plotly-plot .scatterlayer .point")
    expect(points.nth(n_drawn)).to_be_attached(timeout=DRAWN_MS)
    box = points.nth(n_drawn // 2).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile("found="), timeout=DRAWN_MS)


PICTURE = "document.querySelector('.js-plotly-plot')"
SPAN = """() => {
  const range = document.querySelector('.js-plotly-plot')?._fullLayout?.xaxis.range;
  return range ? range[1] - range[0] : 0;
}"""


def test_a_window_that_becomes_narrow_and_wide_again_shows_the_whole_map(story_server: str, browse) -> None:
    page = browse(f"{story_server}/map?data=film-demo&user=viewer-0001")
    page.wait_for_function(f"({SPAN})() > 0", timeout=DRAWN_MS)
    page.wait_for_function("document.querySelector('.js-plotly-plot').explorerCover", timeout=DRAWN_MS)
    wide = page.evaluate(SPAN)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"({SPAN})() < {wide} - 0.01", timeout=DRAWN_MS)  # nothing is left and right of the items
    page.set_viewport_size({"width": 1280, "height": 720})
    page.wait_for_function(f"Math.abs(({SPAN})() - {wide}) < 0.01", timeout=DRAWN_MS)


def test_a_phone_has_no_empty_bands_around_the_map_and_still_shows_covers(story_server: str, browse) -> None:
    page = browse(f"{story_server}/map?data=film-demo&user=viewer-0001", width=390)
    page.wait_for_function(f"{PICTURE}?.clientHeight < 1.5 * {PICTURE}?.clientWidth", timeout=DRAWN_MS)
    page.wait_for_function(f"{PICTURE}.explorerCover", timeout=DRAWN_MS)  # it listens to the picture that is there now
