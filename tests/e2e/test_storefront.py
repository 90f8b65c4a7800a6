"""Storefront in a real browser: a click on a cover changes the row, the keyboard walks it, and "i" tells about it."""

import re

from playwright.sync_api import expect

from tests.e2e.watching import no_trouble


def test_a_click_on_a_cover_changes_the_rows_and_the_keyboard_reaches_each_cover(story_server: str, browse) -> None:
    page = browse(f"{story_server}/storefront?data=film-demo")
    mine = page.locator("section.for-you").first
    covers = mine.locator(".cover")
    expect(covers.nth(3)).to_be_visible()
    expect(page.locator("section.everybody")).to_have_count(2)
    clicked = covers.nth(1).get_attribute("title") or ""
    covers.first.focus()
    page.keyboard.press("ArrowRight")
    expect(covers.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h3").first).to_contain_text(f"One click on {clicked.rpartition(' (')[0]}")
    expect(page.locator(".pe-said")).to_contain_text("One click on")  # what a screen reader says
    expect(covers.nth(1)).to_be_focused()  # the cover has left the row, the keyboard has not
    page.wait_for_url(re.compile("clicked="))
    expect(mine.locator(".mark").first).to_be_visible()
    assert " because Nora clicked " in (mine.locator("li.moved .cover").first.get_attribute("aria-label") or "")
    expect(mine.locator(f'.cover[title="{clicked}"]')).to_have_count(0)
    page.get_by_role("button", name="Start over").click()
    expect(mine.locator(".mark")).to_have_count(0)
    mine.locator(".more").first.press("Enter")
    expect(page.get_by_role("dialog").locator("section.neighbours .cover").first).to_be_visible()
    no_trouble(page)
