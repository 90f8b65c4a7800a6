"""Similar and Ranking in a real browser: what AppTest cannot see, the map, and both screens in both themes."""

import pytest
from playwright.sync_api import Page, expect

MAP = 2
"""Place of the neighbour map among the pictures, after the evidence of both causes."""


def pictures(page: Page, number: int) -> None:
    drawn = page.locator("[data-testid=stVegaLiteChart] svg, [data-testid=stVegaLiteChart] canvas")
    expect(drawn).to_have_count(number)


def test_a_click_on_the_map_walks_on_and_one_back_is_one_step(ranking_server: str, browse) -> None:
    page = browse(f"{ranking_server}/similar")
    expect(page.locator("h3").first).to_contain_text("similar to Halloween (1978)")
    pictures(page, 4)
    opened = page.evaluate("history.length")
    first = page.locator("[data-testid=stVegaLiteChart]").nth(MAP)
    first.scroll_into_view_if_needed()
    box = first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 10)  # the first neighbour, at the top
    expect(page.locator("h3").first).to_contain_text("similar to Vampires (1998)")
    page.wait_for_url("**walk=film-*")
    here = page.evaluate("history.length")
    page.go_back()
    expect(page.locator("h3").first).to_contain_text("similar to Halloween (1978)")
    expect(page.get_by_role("button", name="Halloween ›")).to_have_count(0)
    page.go_forward()
    expect(page.locator("h3").first).to_contain_text("similar to Vampires (1998)")
    assert page.evaluate("history.length") == here == opened + 1
    page.get_by_role("button", name="Halloween ›").click()
    expect(page.locator("h3").first).to_contain_text("similar to Halloween (1978)")
    assert "walk=" not in page.url


def test_an_address_shows_the_same_in_another_browser(ranking_server: str, browse) -> None:
    page = browse(f"{ranking_server}/ranking?category=Western")
    expect(page.locator("h3").first).to_contain_text("Same 20 Western films")
    page.wait_for_url("**second=viewer-0002*")
    other = browse(page.url)
    expect(other.locator("h3").first).to_have_text(page.locator("h3").first.inner_text())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_main_picture_stands_in_the_first_window(ranking_server: str, browse, scheme: str) -> None:
    for path, number in (("similar", 4), ("ranking", 1)):
        page = browse(f"{ranking_server}/{path}", scheme)
        pictures(page, number)
        box = page.locator("[data-testid=stVegaLiteChart]").first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 740, path
        wider = page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
        assert not wider, path


def test_a_filter_is_written_with_clicked_words_and_shared_by_the_address(ranking_server: str, browse) -> None:
    page = browse(f"{ranking_server}/ranking")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_role("radio", name="Write").click()
    page.get_by_label("Expression").fill("EXCLUDE ItemID WHERE Items.GENRES IN (")
    page.get_by_label("Expression").press("Control+Enter")
    page.get_by_role("radio", name='"Romance"').click()
    page.get_by_role("radio", name=")", exact=True).click()
    page.get_by_role("button", name="Create and use").click()
    taken = page.get_by_text("Nora: The filter took away").first
    expect(taken).to_be_visible()
    page.wait_for_url("**filter=film-demo-filter*")
    other = browse(page.url)
    expect(other.get_by_text("Nora: The filter took away").first).to_have_text(taken.inner_text())
