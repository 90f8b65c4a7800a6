"""What must not be seen on any page."""

from playwright.sync_api import Page


def no_trouble(page: Page) -> None:
    """Nothing on the page may look like a fault."""
    assert page.get_by_text("Traceback").count() == 0
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_text("Page not found").count() == 0
    assert page.get_by_text("Something that should not happen").count() == 0
