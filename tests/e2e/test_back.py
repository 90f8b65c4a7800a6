"""The browser's Back: one click leaves a screen, whatever was changed there (the walk: test_related.py)."""

from playwright.sync_api import Page, expect


def open_from_menu(page: Page, title: str) -> None:
    page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
    shows(page, title)


def shows(page: Page, title: str) -> None:
    """Wait until the screen of this title is drawn and nothing runs any more."""
    expect(page.get_by_text(title.upper(), exact=True).first).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)


def entries(page: Page) -> int:
    return page.evaluate("history.length")


def test_one_back_leaves_a_screen_after_its_person_was_changed(films_server: str, browse) -> None:
    page = browse(films_server)
    shows(page, "Home")
    began = entries(page)
    open_from_menu(page, "Recommendations")
    page.wait_for_url("**/recommendations?*user=viewer-0001*")
    page.locator(".st-key-dice button").first.click()
    page.wait_for_url(lambda url: "user=" in url and "user=viewer-0001" not in url)
    shows(page, "Recommendations")
    left = page.url
    open_from_menu(page, "Compare")
    page.wait_for_url("**/compare?*second=*")
    assert entries(page) == began + 2
    page.go_back()
    shows(page, "Recommendations")
    assert page.url == left
    page.go_back()
    shows(page, "Home")
    assert entries(page) == began + 2
    page.go_forward()
    shows(page, "Recommendations")
    assert page.url == left
