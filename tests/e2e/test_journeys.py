"""The main journeys in a real browser on a fresh server."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.watching import no_trouble

DEMO_MS = 240_000


def headline(page: Page) -> str:
    return page.locator("h3").first.inner_text()


@pytest.mark.slow
def test_one_click_leads_from_nothing_to_noras_storefront(empty_server: str, browse) -> None:
    page = browse(empty_server)
    assert headline(page).startswith("Show what personalization does")
    page.get_by_role("button", name="Load the film demo").click()
    expect(page.locator("h3").first).to_contain_text("Preparing the demo")
    expect(page.get_by_role("link", name="Look already").first).to_be_visible(timeout=DEMO_MS)
    expect(page.get_by_text("Counted already for Nora")).to_be_visible()
    watcher = browse(empty_server)
    expect(watcher.locator("h3").first).to_contain_text("Preparing the demo")
    page.wait_for_url("**/storefront*", timeout=DEMO_MS)
    expect(page.locator("h3").first).to_contain_text("Nora")
    for part in ("data=film-demo", "campaign=film-demo-hrnn", "user=viewer-0001"):
        page.wait_for_url(f"**{part}*")
    expect(watcher.locator("h3").first).to_contain_text("recipes ready")
    no_trouble(page)
    no_trouble(watcher)


def test_a_deep_link_to_a_fresh_server_opens_inside_the_frame(fresh_films_server: str, browse) -> None:
    page = browse(f"{fresh_films_server}/recommendations?user=viewer-0002&data=film-demo&n=10")
    expect(page.locator("h3").first).to_contain_text("Ben")
    expect(page.get_by_role("link", name="Training")).to_be_visible()
    expect(page.get_by_text("On this machine").first).to_be_visible()
    assert "user=viewer-0002" in page.url
    assert "n=10" in page.url
    no_trouble(page)


def test_two_browsers_look_at_two_people(films_server: str, browse) -> None:
    first = browse(f"{films_server}/recommendations?user=viewer-0001")
    second = browse(f"{films_server}/recommendations?user=viewer-0002")
    expect(first.locator("h3").first).to_contain_text("Nora")
    expect(second.locator("h3").first).to_contain_text("Ben")
    second.get_by_test_id("stBaseButton-secondary").filter(visible=True).first.click()
    expect(first.locator("h3").first).to_contain_text("Nora")


def test_the_address_says_everything_and_going_back_goes_back(films_server: str, browse) -> None:
    page = browse(f"{films_server}/recommendations")
    expect(page.locator("h3").first).to_contain_text("Nora")
    page.wait_for_url("**user=viewer-0001*")
    for part in ("data=film-demo", "campaign=film-demo-popularity"):
        assert part in page.url
    person = page.get_by_label("Person", exact=False).first
    person.click()
    person.fill("Ella")
    expect(page.get_by_role("option").first).to_contain_text("Ella")  # Enter takes the first of what is shown by then
    person.press("Enter")
    expect(page.locator("h3").first).to_contain_text("Ella")
    assert "user=viewer-0001" not in page.url
    page.get_by_role("link", name="Training").click()
    expect(page.get_by_text("TRAINING", exact=True)).to_be_visible()
    page.get_by_role("link", name="Recommendations", exact=True).click()
    expect(page.locator("h3").first).to_contain_text("Ella")
    no_trouble(page)


def test_homes_next_step_opens_its_screen_with_a_complete_address(films_server: str, browse) -> None:
    page = browse(films_server)
    page.get_by_role("button", name="Look at recommendations", exact=False).first.click()
    expect(page.locator("h3").first).to_contain_text("Nora")
    for part in ("data=film-demo", "campaign=film-demo-popularity", "user=viewer-0001"):
        page.wait_for_url(f"**{part}*")
    no_trouble(page)


def test_a_batch_job_is_run_watched_and_read_by_name(films_server: str, browse) -> None:
    page = browse(f"{films_server}/batch")
    expect(page.locator("h3").first).to_contain_text("No batch job yet")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("h3").first).to_contain_text("100 lists ready", timeout=60_000)
    page.wait_for_url("**recipe_of=Popularity*")
    expect(page.get_by_text("Almost the same for everybody")).to_be_visible()
    page.get_by_text("Download", exact=True).last.click()
    with page.expect_download() as downloaded:
        page.get_by_role("button", name="exactly as written").click()
    lines = downloaded.value.path().read_text(encoding="utf-8").splitlines()
    assert len(lines) == 100
    assert set(json.loads(lines[0])) == {"input", "output", "error"}
    person = json.loads(lines[0])["input"]["userId"]
    other = browse(f"{page.url}&line={person}")
    expect(other.get_by_role("dialog").get_by_text("Recommended")).to_be_visible()
    no_trouble(page)
    no_trouble(other)
