"""The guided story in a real browser, played with a remote control's keys: presenter mode, notes, Reset."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.watching import no_trouble

WHERE = ("storefront", "recommendations", "compare", "map")
WHERE += ("live-events", "similar", "ranking", "cold-start", "evaluation", "try")
FITS = """() => {
    const box = (what) => document.querySelector(what)?.getBoundingClientRect();
    const subject = box(".st-key-subject"), head = box(".stage-head"), bar = box(".st-key-story_bar");
    return Boolean(subject && head && bar) && subject.height > 100 && subject.top >= head.bottom - 1
        && subject.bottom <= bar.top + 1 && subject.right <= innerWidth + 1 && bar.bottom <= innerHeight;
}"""


def at_step(page: Page, number: int) -> None:
    page.wait_for_url(re.compile(rf"/{WHERE[number - 1]}\?.*story={number}"))
    expect(page.get_by_text(f"{number} of 10", exact=False).first).to_be_visible()


def test_a_presenter_plays_the_script_with_a_remote_control(story_server: str, browse) -> None:
    page = browse(f"{story_server}/?data=film-demo")
    page.get_by_role("button", name="Present it").click()
    at_step(page, 1)
    expect(page.locator("h3").first).to_contain_text("Nora")
    expect(page.get_by_role("link", name="Training")).to_have_count(0)
    notes = page.context.new_page()
    notes.goto(f"{story_server}/?notes=1")
    for number in range(1, len(WHERE) + 1):
        at_step(page, number)
        page.wait_for_function(FITS)
        expect(page.get_by_text("Say:")).to_have_count(0)
        expect(notes.get_by_text(f"Step {number} of 10")).to_be_visible()
        expect(notes.get_by_text("Point at")).to_be_visible()
        no_trouble(page)
        if number == 1:
            notes.keyboard.press("PageDown")  # the presenter's own window turns the page too
        elif number < len(WHERE):
            page.keyboard.press("ArrowRight" if number % 2 else "PageDown")
    page.keyboard.press("PageUp")
    at_step(page, 9)
    page.go_back()
    at_step(page, 10)
    page.go_forward()
    at_step(page, 9)
    page.keyboard.press("b")
    expect(page.locator(".stage-black")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".stage-black")).to_have_count(0)
    expect(page).to_have_url(re.compile("present=1"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Training")).to_be_visible()
    expect(page).not_to_have_url(re.compile("present=1"))
    expect(page.locator(".stage-head")).to_have_count(0)
    expect(page.get_by_text("Step 9 of 10")).to_be_visible()


def test_an_address_opens_at_its_step_and_reset_is_this_browsers_alone(story_server: str, browse) -> None:
    address = f"{story_server}/ranking?data=film-demo&story=7"
    page, other = browse(address), browse(address)
    for visitor in (page, other):
        expect(visitor.get_by_text("Step 7 of 10")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Back"))).to_be_visible()  # its key works from then on
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator("h3").first).to_contain_text("Halloween")
    page.get_by_test_id("stMenuButtonButton").first.click()
    page.get_by_text("Reset this browser").click()
    expect(page.get_by_text("Data, models and campaigns stay as they are")).to_be_visible()
    page.get_by_role("button", name="Reset", exact=False).last.click()
    expect(page.get_by_text("Guided story", exact=False)).to_be_visible()
    expect(page).not_to_have_url(re.compile("story="))
    expect(other.get_by_text("Step 7 of 10")).to_be_visible()
