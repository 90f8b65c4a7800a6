"""The guided story in a real browser: keys, presenter mode, Reset."""

from playwright.sync_api import expect


def test_a_presenter_walks_through_the_story_with_the_keyboard_and_resets(ranking_server: str, browse) -> None:
    page = browse(f"{ranking_server}/?data=film-demo")
    page.get_by_role("button", name="Present it").click()
    expect(page.get_by_text("Step 1 of 7")).to_be_visible(timeout=20_000)
    expect(page.locator("h3").first).to_contain_text("Nora", timeout=20_000)
    for part in ("/recommendations", "present=1", "story=1", "user=viewer-0001", "data=film-demo"):
        page.wait_for_url(f"**{part}*", timeout=20_000)
    expect(page.get_by_role("link", name="Training")).to_have_count(0)
    expect(page.get_by_role("radio", name="10")).to_be_checked(timeout=20_000)
    for number, where in (
        (2, "compare"),
        (3, "live-events"),
        (4, "similar"),
        (5, "ranking"),
        (6, "cold-start"),
        (7, "evaluation"),
    ):
        page.keyboard.press("Alt+ArrowRight")
        page.wait_for_url(f"**/{where}?*story={number}*", timeout=20_000)
        expect(page.get_by_text(f"Step {number} of 7")).to_be_visible(timeout=20_000)
    for number, where in ((6, "cold-start"), (5, "ranking"), (4, "similar")):
        page.keyboard.press("Alt+ArrowLeft")
        page.wait_for_url(f"**/{where}?*story={number}*", timeout=20_000)
        expect(page.get_by_text(f"Step {number} of 7")).to_be_visible(timeout=20_000)
    expect(page.locator("h3").first).to_contain_text("Halloween", timeout=20_000)
    other = browse(page.url)
    expect(other.get_by_text("Step 4 of 7")).to_be_visible(timeout=20_000)
    page.get_by_test_id("stMenuButtonButton").first.click()
    page.get_by_text("Reset this browser").click()
    expect(page.get_by_text("Data, models and campaigns stay as they are")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Reset", exact=False).last.click()
    expect(page.get_by_text("Guided story", exact=False)).to_be_visible(timeout=20_000)
    expect(page).not_to_have_url("story=", timeout=20_000)
    expect(other.get_by_text("Step 4 of 7")).to_be_visible()
